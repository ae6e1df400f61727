// What the record says of a sensitive subject: that it went, came or ended, never for how few people or on which list (LAW6).
import { beforeAll, expect, test } from "@jest/globals";
import { stopList } from "../../src/audience/stop.ts";
import { linkIn, withPublic } from "../support/people.ts";
import { runWhole } from "../support/sample.ts";

const { house, one, get, post, deliver, mailTo } = withPublic({ people: 6 });
const QUIET = `campaign:
  key: quiet
  library: sixteen-days-vawg
  lead_agency: council
  contributing: [police]
  author: maya.okafor@council.example.org
  approver: grace.holloway@police.example.org
  due: now
`;
beforeAll(async () => {
  await runWhole(house(), "quiet", QUIET);
}, 180_000);

test("fewer than ten people of a sensitive subject are not counted in the record's list", async () => {
  const html = (await get("/log?campaign=quiet")).body;
  expect(html).toContain("froze the audience and began to send");
  expect(html).not.toMatch(/by email: [1-9]\b|\b[1-9] accepted/i);
  expect(html).toContain("fewer than 10");
});

test("who joins or leaves a sensitive list is on record, the list is not", async () => {
  const email = "quiet@example.org";
  await post("/join/private", { email, "list.circle-7": "yes" });
  await deliver();
  await post(linkIn(await mailTo(email), "confirm"), { confirm: "yes" });
  const subscriberId = await one<string>("SELECT id FROM subscriber WHERE email = $1", [email]);
  await stopList(house().deps, { subscriberId, listKey: "circle-7", how: "page" });
  const said = await one<string>(
    "SELECT string_agg(body, ' ') FROM log_entry WHERE kind LIKE 'subscriber.%'",
  );
  expect(said).toContain("subscriber.joined");
  expect(said).toContain("subscriber.stopped");
  expect(said).not.toContain("circle-7");
});
