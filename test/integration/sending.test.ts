// The delivery protocol against real PostgreSQL: freezing, claiming, the gate, the fence, lapses and doubt.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import pg from "pg";
import { startCampaign } from "../../src/cli/run-campaign.ts";
import type { Deps } from "../../src/deps.ts";
import { dispatch } from "../../src/journey/dispatch.ts";
import { release } from "../../src/journey/release.ts";
import { renderRendition } from "../../src/journey/render.ts";
import { sweep } from "../../src/journey/sweep.ts";
import type { Report } from "../../src/store/deliveries.ts";
import { firstCampaign, FIRST_CAMPAIGN, withHouse } from "../support/sample.ts";

let client: pg.Client;
afterAll(() => client.end());
const { house, databaseUrl } = withHouse({ people: 120 });
const deps = (): Deps => house().deps;
const never = new AbortController().signal;
let communicationId = "";
let email = { id: "", batches: [] as number[] };
let runs = 0;

const rows = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
  (await client.query<T>(sql, values)).rows;
const states = async (): Promise<Record<string, number>> => {
  const counted = await rows<{ state: string; n: string }>(
    "SELECT state, count(*) AS n FROM delivery WHERE dispatch_id = $1 GROUP BY 1",
    [email.id],
  );
  return Object.fromEntries(counted.map(({ state, n }) => [state, Number(n)]));
};
const line = () => ({ kind: "deliveries.recorded", actor: "test" }) as const;
const report = (ticket: { id: number; attempt: number }, state: Report["state"]): Report => ({
  ...ticket,
  state,
  code: null,
  proof: "x",
  waitMinutes: 1,
});

beforeAll(async () => {
  client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
});

/** A campaign released and rendered, nothing sent: the queue is not listened to, the steps are called by hand. */
beforeEach(async () => {
  runs += 1;
  const key = `sending-${runs}`;
  await startCampaign(deps(), { text: await firstCampaign(key), name: FIRST_CAMPAIGN, now: true });
  const campaign = await deps().store.plan.campaign(key);
  communicationId = campaign?.communications[0]?.id ?? "";
  await release(deps(), { communicationId });
  for (const { id } of (await deps().store.plan.communication(communicationId))?.renditions ?? [])
    await renderRendition(deps(), { renditionId: id });
  const [found] = await rows<{ id: string }>(
    "SELECT id FROM dispatch WHERE communication_id = $1 AND channel_key = 'email'",
    [communicationId],
  );
  const batches = await rows<{ batch_no: number }>(
    "SELECT batch_no FROM batch WHERE dispatch_id = $1 ORDER BY 1",
    [found?.id],
  );
  email = { id: found?.id ?? "", batches: batches.map((batch) => batch.batch_no) };
});

test("a person in several segments is frozen once, in the most specific", async () => {
  const people = await rows<{ segment_key: string; groups: string[]; interests: string[]; language: string }>(
    "SELECT d.segment_key, s.groups, s.interests, s.language FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id WHERE d.dispatch_id = $1",
    [email.id],
  );
  expect(people).toHaveLength(120);
  const parents = people.filter(
    (p) => p.groups.includes("adult-residents") && p.interests.includes("family"),
  );
  expect(parents.length).toBeGreaterThan(5);
  expect(new Set(parents.map((person) => person.segment_key))).toEqual(new Set(["parents-and-carers"]));
  const plain = people.filter((p) => p.segment_key === "all-residents");
  expect(
    plain.every(
      (p) => !p.groups.includes("over-65") && !p.groups.includes("businesses") && p.language === "en",
    ),
  ).toBe(true);
});

test("releasing the same communication at once from many sides freezes one audience", async () => {
  await Promise.all(Array.from({ length: 8 }, () => release(deps(), { communicationId })));
  expect(await rows("SELECT 1 FROM dispatch WHERE communication_id = $1", [communicationId])).toHaveLength(3);
  expect((await states())["queued"]).toBe(120);
});

test("two workers with the same job share nothing", async () => {
  const { deliveries } = deps().store;
  const [one, two] = await Promise.all(
    [1, 2].map(() => deliveries.claim(email.id, email.batches[0] ?? 0, randomUUID(), 15)),
  );
  const ids = [...(one ?? []), ...(two ?? [])].map((claimed) => claimed.id);
  expect(ids.length).toBeGreaterThan(0);
  expect(new Set(ids).size).toBe(ids.length);
});

test("nothing passes the gate for a person who has stopped since the audience was frozen", async () => {
  const { deliveries, audience } = deps().store;
  const owner = randomUUID();
  const claimed = await deliveries.claim(email.id, email.batches[0] ?? 0, owner, 15);
  const stopped = claimed[0];
  await audience.stop(stopped?.subscriberId ?? "", "page", {
    kind: "subscriber.stopped",
    actor: "subscriber",
  });
  const passed = await deliveries.pass(owner, claimed);
  expect(passed[0]).toBe(false);
  expect(passed.slice(1).every(Boolean)).toBe(true);
  const counts = await deliveries.deny(owner, claimed.slice(0, 1), line);
  expect(counts).toEqual({ suppressed: 1 });
  await rows("DELETE FROM suppression");
  await rows("UPDATE consent SET withdrawn_at = NULL");
});

test("nothing passes the gate once it is no longer useful", async () => {
  const { deliveries } = deps().store;
  const owner = randomUUID();
  const claimed = await deliveries.claim(email.id, email.batches[0] ?? 0, owner, 15);
  await rows(
    "UPDATE communication SET due_at = now() - interval '2 days', latest_useful_at = now() - interval '1 second' WHERE id = $1",
    [communicationId],
  );
  expect((await deliveries.pass(owner, claimed)).some(Boolean)).toBe(false);
  expect(await deliveries.deny(owner, claimed, line)).toEqual({ expired: claimed.length });
});

test("an attempt that was taken over can neither pass the gate nor record", async () => {
  const { deliveries } = deps().store;
  const zombie = randomUUID();
  const before = await deliveries.claim(email.id, email.batches[0] ?? 0, zombie, 15);
  await rows("UPDATE delivery SET lease_until = now() - interval '1 second' WHERE state = 'claimed'");
  await deps().store.sweeping.lapse(line);
  const now = await deliveries.claim(email.id, email.batches[0] ?? 0, randomUUID(), 15);
  expect(now).toHaveLength(before.length);
  expect((await deliveries.pass(zombie, before)).some(Boolean)).toBe(false);
  expect(await deliveries.deny(zombie, before, line)).toEqual({});
  expect(
    await deliveries.record(
      before.map((ticket) => report(ticket, "accepted")),
      line,
    ),
  ).toEqual({});
});

test("a lease that ends after the gate leaves doubt, which the channel's answer ends", async () => {
  const { deliveries, sweeping } = deps().store;
  const owner = randomUUID();
  const claimed = await deliveries.claim(email.id, email.batches[0] ?? 0, owner, 15);
  await deliveries.pass(owner, claimed);
  await rows("UPDATE delivery SET lease_until = now() - interval '1 second' WHERE state = 'intent'");
  await sweeping.lapse(line);
  expect((await states())["in_doubt"]).toBe(claimed.length);
  const sentBefore = house().outbox?.count();
  // The sink never saw them: it can prove that, so they go back to the queue, and nothing was sent to find out.
  await deps().resolve();
  expect(await states()).toEqual({ queued: 120 });
  expect(house().outbox?.count()).toBe(sentBefore);
});

test("late evidence of acceptance ends a doubt that a lapsed lease raised", async () => {
  const { deliveries, sweeping } = deps().store;
  const owner = randomUUID();
  const claimed = await deliveries.claim(email.id, email.batches[0] ?? 0, owner, 15);
  await deliveries.pass(owner, claimed);
  await rows("UPDATE delivery SET lease_until = now() - interval '1 second' WHERE state = 'intent'");
  await sweeping.lapse(line);
  const counts = await deliveries.record(
    claimed.map((ticket) => report(ticket, "accepted")),
    line,
  );
  expect(counts).toEqual({ accepted: claimed.length });
});

test("a batch that is rung three times is sent once, and the sweeper closes what is finished", async () => {
  const before = house().outbox?.count() ?? 0;
  for (const batchNo of email.batches)
    await Promise.all(
      [1, 2, 3].map(() => dispatch(deps(), { dispatchId: email.id, batchNo, signal: never })),
    );
  expect(await states()).toEqual({ accepted: 120 });
  expect(house().outbox?.count()).toBe(before + 120);
  const posts = await rows<{ id: string }>(
    "SELECT id FROM dispatch WHERE communication_id = $1 AND channel_key <> 'email'",
    [communicationId],
  );
  for (const { id } of posts) await dispatch(deps(), { dispatchId: id, batchNo: 1, signal: never });
  await sweep(deps());
  expect((await deps().store.plan.communication(communicationId))?.state).toBe("completed");
});

test("a worker asked to stop hands back what has not passed the gate", async () => {
  const stopping = new AbortController();
  const work = dispatch(deps(), {
    dispatchId: email.id,
    batchNo: email.batches[0] ?? 0,
    signal: stopping.signal,
  });
  setTimeout(() => stopping.abort(), 30);
  await work;
  expect(Object.keys(await states()).sort()).not.toContain("in_doubt");
  expect((await states())["claimed"] ?? 0).toBe(0);
});

test("words changed behind the approval are never sent", async () => {
  await rows(
    "UPDATE rendition SET state = 'wanted', body = NULL, approved_hash = repeat('0', 64) WHERE communication_id = $1 AND language = 'en' AND channel_key = 'email'",
    [communicationId],
  );
  const [rendition] = await rows<{ id: string }>(
    "SELECT id FROM rendition WHERE communication_id = $1 AND segment_key = 'all-residents' AND language = 'en'",
    [communicationId],
  );
  await renderRendition(deps(), { renditionId: rendition?.id ?? "" });
  const held = await rows("SELECT 1 FROM delivery WHERE rendition_id = $1 AND state = 'held'", [
    rendition?.id,
  ]);
  expect(held.length).toBeGreaterThan(10);
  expect(
    await rows("SELECT 1 FROM delivery WHERE rendition_id = $1 AND state <> 'held'", [rendition?.id]),
  ).toEqual([]);
});
