// Short links all the way: approved and sent as one, they lead where the text led, and count nobody in particular (LAW20).
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { startCampaign } from "../../src/cli/run-campaign.ts";
import { openLinkCounts } from "../../src/audience/link-counts.ts";
import { buildApp } from "../../src/web/app.ts";
import { firstCampaign, FIRST_CAMPAIGN, runWhole, withHouse } from "../support/sample.ts";

const { house } = withHouse({ people: 12 });
const COUNTED = (yaml: string) => `${yaml.trimEnd()}\n  count_links: true\n`;
let app: FastifyInstance;
const open = async () => buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
const linksOf = async (key: string) => {
  const ids = (await house().deps.store.plan.campaign(key))?.communications.map(({ id }) => id) ?? [];
  return house().deps.store.links.of(ids);
};
/** What is counted becomes readable when the pages close, as when they are stopped. */
const countsOf = async (key: string) => {
  await app.close();
  app = await open();
  return (await linksOf(key)).map(({ channelKey, times }) => [channelKey, times]);
};
const mails = async () => {
  const sink = house().outbox;
  const entries = sink?.list({ offset: 0, limit: 100 }) ?? [];
  const raw = await Promise.all(
    entries.map(async ({ id }) => ((await sink?.read(id)) ?? Buffer.alloc(0)).toString()),
  );
  return raw.map((mail) => mail.replace(/=\r\n/g, "").replaceAll("=3D", "="));
};

beforeAll(async () => {
  app = await open();
  await runWhole(house(), "counted", await firstCampaign("counted", COUNTED));
});
afterAll(() => app.close());

describe("a campaign that counts its links", () => {
  test("sends what was approved, with our short links in place of the addresses", async () => {
    const links = await linksOf("counted");
    expect(links.length).toBeGreaterThan(0);
    const sent = await mails();
    expect(sent).toHaveLength(12);
    const { publicUrl } = house().deps.settings;
    for (const { code } of links.filter((one) => one.channelKey === "email"))
      for (const mail of sent.filter((one) => one.includes(code))) {
        expect(mail).toContain(`href="${publicUrl}/l/${code}"`);
        // The text part too: what a reader copies is counted as what a reader presses.
        expect(mail).toContain(`\r\n${publicUrl}/l/${code}`);
      }
    expect(sent.some((mail) => mail.includes(`${publicUrl}/l/`))).toBe(true);
  });

  test("leads on to the approved address without a cookie, and counts it once", async () => {
    const [link] = await linksOf("counted");
    const answer = await app.inject(`/l/${link?.code ?? ""}`);
    expect(answer.statusCode).toBe(302);
    expect(answer.headers.location).toBe(link?.url);
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(answer.headers["cache-control"]).toBe("no-store");
    expect(answer.headers["referrer-policy"]).toBe("no-referrer");
    expect((await countsOf("counted"))[0]).toEqual([link?.channelKey, 1]);
  });

  test.each([
    ["HEAD", "HEAD", {}],
    ["Sec-Purpose: prefetch", "GET", { "sec-purpose": "prefetch;prerender" }],
    ["Purpose: prefetch", "GET", { purpose: "prefetch" }],
    ["X-Moz: prefetch", "GET", { "x-moz": "prefetch" }],
  ] as const)("does not count a look ahead: %s", async (_what, method, headers) => {
    const [link] = await linksOf("counted");
    const answer = await app.inject({ method, url: `/l/${link?.code ?? ""}`, headers });
    expect(answer.statusCode).toBe(302);
    expect((await countsOf("counted"))[0]).toEqual([link?.channelKey, 1]);
  });

  test("shows on its page where each link leads and how often it was opened", async () => {
    const [link] = await linksOf("counted");
    for (let i = 0; i < 4; i += 1) await app.inject(`/l/${link?.code ?? ""}`);
    await countsOf("counted");
    const html = (await app.inject("/campaigns/counted")).body;
    expect(html).toContain("Opened 5 times in all");
    expect(html).toContain(`href="${link?.url}"`);
    expect(html).toContain(`/l/${link?.code}`);
  });
});

describe("an address that is none of ours", () => {
  test.each([
    "3333333333",
    "https:%2F%2Fevil.example.org",
    "x",
    "3333333333?to=https://evil.example.org",
    "aaaaaaaaaa",
  ])("/l/%s is a plain page and leads nowhere", async (code) => {
    const answer = await app.inject(`/l/${code}`);
    expect(answer.statusCode).toBe(404);
    expect(answer.headers.location).toBeUndefined();
    expect(answer.body).toContain("There is no link of ours at this address");
  });
});

describe("a campaign that does not ask for it", () => {
  test("has the real addresses, and no link is kept", async () => {
    await startCampaign(house().deps, {
      text: await firstCampaign("plain"),
      name: FIRST_CAMPAIGN,
      now: true,
    });
    expect(await linksOf("plain")).toEqual([]);
    expect((await app.inject("/campaigns/plain")).body).not.toContain("never for one of them");
  });

  test("and is sensitive may not ask", async () => {
    const quiet = `campaign:
  key: loud
  library: sixteen-days-vawg
  lead_agency: council
  contributing: [police]
  author: maya.okafor@council.example.org
  approver: grace.holloway@police.example.org
  due: now
  count_links: true
`;
    await expect(
      startCampaign(house().deps, { text: quiet, name: FIRST_CAMPAIGN, now: true }),
    ).rejects.toMatchObject({
      faults: [expect.stringContaining("a sensitive message counts nothing")],
    });
  });
});

test("what could not be written is kept, and counted when the database answers again", async () => {
  const [link] = await linksOf("counted");
  const written: (readonly (readonly [string, number])[])[] = [];
  let away = true;
  const count = (counts: readonly (readonly [string, number])[]) =>
    away ? Promise.reject(new Error("away")) : Promise.resolve(void written.push(counts));
  const { store } = house().deps;
  const counts = openLinkCounts({
    store: { links: { ...store.links, count } },
    logger: { error: () => undefined },
  });
  counts.opened(link?.code ?? "");
  await counts.write();
  counts.opened(link?.code ?? "");
  away = false;
  await counts.close();
  expect(written).toEqual([[[link?.code, 2]]]);
});
