// A sender's domain that receivers would not believe: a large release waits for a person, and the page says what to publish.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { checkSender, whyNoBulk } from "../../src/audience/sender/check.ts";
import { release } from "../../src/journey/release.ts";
import { formToken } from "../../src/web/answers.ts";
import { buildApp } from "../../src/web/app.ts";
import { withDesk } from "../support/desk.ts";
import { type DnsStandIn, dnsStandIn } from "../support/dns-stand-in.ts";
import { DOMAIN, GOOD, txt } from "../support/sender-zone.ts";

let dns: DnsStandIn;
afterAll(() => dns.stop());
const { house, deps, rows, now } = withDesk();
beforeAll(async () => {
  dns = await dnsStandIn();
});

describe("before a large release", () => {
  const settings = () => ({
    ...deps().settings,
    sending: "allowlist" as const,
    dkimSelector: "s1",
    dnsServer: dns.server,
  });
  const many = () =>
    rows(
      "INSERT INTO audience_cell (list_key, basis, groups, interests, language, confirmed, people) VALUES ('alderwick-news', 'consent', '{}', '{}', 'en', '2026-01-01', 5000)",
    );
  beforeEach(() => rows("DELETE FROM sender_domain"));
  const whyNot = (lists: readonly string[]) =>
    whyNoBulk({ store: deps().store, settings: settings() }, lists);
  const list = async () =>
    (await rows<{ key: string }>("SELECT list_key AS key FROM consent LIMIT 1"))[0]?.key ?? "";
  afterAll(() => rows("DELETE FROM audience_cell WHERE people = 5000"));

  test("nobody is asked in the sandbox, and nothing is said to stop it", async () => {
    const before = dns.asked();
    expect(
      await checkSender({ store: deps().store, settings: { ...settings(), sending: "sandbox" } }),
    ).toBeNull();
    expect(await deps().whyNoBulk([await list()])).toBeNull();
    expect(dns.asked()).toBe(before);
  });

  test("a few people may always be written to; many only from a domain that receivers believe", async () => {
    const key = await list();
    dns.serve(txt(DOMAIN));
    expect(await whyNot([key])).toBeNull();
    await many();
    await rows("UPDATE audience_cell SET list_key = $1 WHERE people = 5000", [key]);
    expect(await whyNot([key])).toMatch(/^mail to up to 5,\d\d\d people .* has no SPF record/);
    dns.serve(GOOD);
    expect(await whyNot([key])).toBeNull();
    dns.serve({ ...GOOD, failing: [DOMAIN] });
    expect(await whyNot([key])).toBeNull(); // what was right today is still believed
    await rows("DELETE FROM audience_cell WHERE people = 5000");
  });

  test("it waits for a person with the reason, and goes once they say so", async () => {
    await rows(
      "UPDATE communication SET state = 'scheduled', latest_useful_at = now() + interval '1 day' WHERE id = $1",
      [now.communicationId],
    );
    await rows(
      "DELETE FROM delivery WHERE dispatch_id IN (SELECT id FROM dispatch WHERE communication_id = $1)",
      [now.communicationId],
    );
    await rows("DELETE FROM dispatch WHERE communication_id = $1", [now.communicationId]);
    const unfit = { ...deps(), whyNoBulk: () => Promise.resolve("the domain has no SPF record") };
    await release(unfit, { communicationId: now.communicationId });
    const [waiting] = (await deps().store.holds.undecided()).filter((one) => one.id === now.communicationId);
    expect(waiting).toMatchObject({ state: "needs_decision", why: "the domain has no SPF record" });
    await deps().store.holds.decide(now.communicationId, "go", null, {
      kind: "communication.decided",
      actor: "test",
    });
    await release(unfit, { communicationId: now.communicationId });
    expect(await rows("SELECT state FROM communication WHERE id = $1", [now.communicationId])).toEqual([
      { state: "released" },
    ]);
  });
});

test("the page says that nothing is looked up in the sandbox; elsewhere it shows what to publish", async () => {
  const open = (settings: typeof allowed) => buildApp({ ...deps(), settings, outbox: null, timeline: null });
  const allowed = { ...deps().settings, dkimSelector: "s1", dnsServer: dns.server };
  const [sandbox, staging] = [await open(allowed), await open({ ...allowed, sending: "allowlist" })];
  expect((await sandbox.inject("/sender")).body).toContain("Nothing is looked up in the sandbox");
  dns.serve(txt(DOMAIN));
  expect((await staging.inject({ method: "POST", url: "/sender" })).statusCode).toBeGreaterThanOrEqual(400);
  const payload = `form=${formToken(house().deps.secret)}`;
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  expect((await staging.inject({ method: "POST", url: "/sender", payload, headers })).statusCode).toBe(303);
  const { body } = await staging.inject("/sender");
  expect(body).toContain("Not fit for bulk mail");
  expect(body).toContain("v=spf1 include:YOUR-RELAY ~all");
  await sandbox.close();
  await staging.close();
});
