// The delivery protocol against real PostgreSQL: freezing, claiming, the gate, the fence, lapses and doubt.
import { expect, test } from "@jest/globals";
import { openDispatching } from "../../src/dispatching.ts";
import { release } from "../../src/journey/release.ts";
import { renderRendition } from "../../src/journey/render.ts";
import { sweep } from "../../src/journey/sweep.ts";
import { idsOf, line, report, withDesk } from "../support/desk.ts";

const { house, deps, rows, now, states, worker, claim, canClaim, pass, tell, die, age } = withDesk();

test("a person in several segments is frozen once, in the most specific", async () => {
  const people = await rows<{ segment_key: string; groups: string[]; interests: string[]; language: string }>(
    `SELECT b.segment_key, s.groups, s.interests, s.language
       FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id JOIN batch b ON b.dispatch_id = d.dispatch_id AND b.batch_no = d.batch_no
      WHERE d.dispatch_id = $1`,
    [now.dispatchId],
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

test("everybody gets the copy in their own language where there is one, else in English, and one only", async () => {
  const people = await rows<{ id: string; own: string; copy: string; there: boolean }>(
    `SELECT s.id, s.language AS own, r.language AS copy,
            EXISTS (SELECT 1 FROM rendition o WHERE o.communication_id = r.communication_id AND o.channel_key = r.channel_key
                       AND o.segment_key = r.segment_key AND o.language = s.language) AS there
       FROM delivery d JOIN subscriber s ON s.id = d.subscriber_id
       JOIN batch b ON b.dispatch_id = d.dispatch_id AND b.batch_no = d.batch_no JOIN rendition r ON r.id = b.rendition_id
      WHERE d.dispatch_id = $1`,
    [now.dispatchId],
  );
  expect(new Set(people.map(({ id }) => id)).size).toBe(120);
  expect(people).toHaveLength(120);
  for (const { own, copy, there } of people) expect(copy).toBe(there ? own : "en");
  expect(people.some(({ copy }) => copy === "pl")).toBe(true);
});

test("releasing the same communication at once from many sides freezes one audience", async () => {
  await Promise.all(
    Array.from({ length: 8 }, () => release(deps(), { communicationId: now.communicationId })),
  );
  expect(
    await rows("SELECT 1 FROM dispatch WHERE communication_id = $1", [now.communicationId]),
  ).toHaveLength(3);
  expect((await states())["queued"]).toBe(120);
});

test("a freeze that was broken off after a stretch is gone on with, and nobody is frozen twice", async () => {
  await rows("UPDATE communication SET state = 'releasing' WHERE id = $1", [now.communicationId]);
  const [middle] = await rows<{ id: string }>("SELECT id FROM subscriber ORDER BY id OFFSET 59 LIMIT 1");
  await rows("DELETE FROM delivery WHERE dispatch_id = $1 AND subscriber_id > $2", [
    now.dispatchId,
    middle?.id,
  ]);
  await rows(
    "UPDATE dispatch SET state = 'freezing', frozen_through = $2, recipient_count = 60 WHERE id = $1",
    [now.dispatchId, middle?.id],
  );
  expect(await canClaim(await worker())).toBe(false);
  await Promise.all([1, 2, 3].map(() => release(deps(), { communicationId: now.communicationId })));
  expect(await states()).toEqual({ queued: 120 });
  expect(await rows("SELECT recipient_count FROM dispatch WHERE id = $1", [now.dispatchId])).toEqual([
    { recipient_count: 120 },
  ]);
});

/** Whoever stopped agrees anew; what they agreed to before stays as it ended. */
const consentAgain = () =>
  rows(`INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at)
        SELECT subscriber_id, list_key, basis, wording, source, now() FROM consent ON CONFLICT DO NOTHING`);

test("two workers never hold the same batch", async () => {
  const owner = await worker();
  const held = await Promise.all([1, 2, 3, 4].map(() => claim(owner).catch(() => null)));
  const ids = held.flatMap((one) => one?.waiting.map(({ id }) => id) ?? []);
  expect(ids.length).toBeGreaterThan(0);
  expect(new Set(ids).size).toBe(ids.length);
});

test("nothing passes the gate for a person who has stopped since the audience was frozen", async () => {
  const owner = await worker();
  const { batch, waiting } = await claim(owner);
  const [stopped, ...others] = waiting;
  await deps().store.audience.stop(stopped?.subscriberId ?? "", "page", {
    kind: "subscriber.stopped",
    actor: "subscriber",
  });
  expect(await pass(owner, waiting)).toEqual(new Set(others.map(({ id }) => id)));
  expect((await states())["suppressed"]).toBe(1);
  await rows("DELETE FROM suppression");
  await consentAgain();
  await rows("UPDATE delivery SET state = 'queued' WHERE dispatch_id = $1", [now.dispatchId]);
  // Consent that ended some other way is found by the gate itself.
  await rows("UPDATE consent SET withdrawn_at = now() WHERE subscriber_id = $1 AND withdrawn_at IS NULL", [
    stopped?.subscriberId,
  ]);
  expect(await pass(owner, waiting.slice(0, 1))).toEqual(new Set());
  expect(await deps().store.gate.deny(owner, batch.fence, [stopped?.id ?? 0], line)).toEqual({
    suppressed: 1,
  });
  await consentAgain();
});

test("nothing passes the gate once it is no longer useful", async () => {
  const owner = await worker();
  const { batch, waiting } = await claim(owner);
  await rows(
    "UPDATE communication SET due_at = now() - interval '2 days', latest_useful_at = now() - interval '1 second' WHERE id = $1",
    [now.communicationId],
  );
  expect(await pass(owner, waiting)).toEqual(new Set());
  const ids = waiting.map(({ id }) => id);
  expect(await deps().store.gate.deny(owner, batch.fence, ids, line)).toEqual({ expired: waiting.length });
});

test("an attempt that was taken over can neither pass the gate nor record", async () => {
  const zombie = await worker();
  const { batch, waiting } = await claim(zombie);
  await die(zombie);
  const next = await claim(await worker());
  expect(next.waiting).toHaveLength(waiting.length);
  expect(await pass(zombie, waiting)).toEqual(new Set());
  expect(await deps().store.gate.deny(zombie, batch.fence, idsOf(waiting), line)).toEqual({});
  await tell(
    zombie,
    waiting.map((ticket) => report(ticket, "accepted")),
  );
  expect(await states()).toEqual({ queued: 120 });
});

test("a lease that ends after the gate leaves doubt, which the channel's answer ends, but not too soon", async () => {
  const owner = await worker();
  const { waiting } = await claim(owner);
  await pass(owner, waiting);
  await die(owner);
  expect((await states())["in_doubt"]).toBe(waiting.length);
  const sentBefore = house().outbox?.count();
  // What a killed worker wrote may still be on its way: a first "no" is not believed.
  await deps().resolve();
  expect((await states())["in_doubt"]).toBe(waiting.length);
  await age();
  // The sink never saw them and can prove that: they go back to the queue, and nothing was sent to find out.
  await deps().resolve();
  expect(await states()).toEqual({ queued: 120 });
  expect(house().outbox?.count()).toBe(sentBefore);
});

test("late evidence of acceptance ends a doubt that a lapsed lease raised", async () => {
  const owner = await worker();
  const { waiting } = await claim(owner);
  await pass(owner, waiting);
  await die(owner);
  await tell(
    owner,
    waiting.map((ticket) => report(ticket, "accepted")),
  );
  expect((await states())["accepted"]).toBe(waiting.length);
  expect(await deps().store.doubts.count()).toBe(0);
});

test("a batch that workers die with is split until one delivery is alone, and that one is given up", async () => {
  for (let deaths = 0; deaths < 8; deaths += 1) {
    const owner = await worker();
    // Each worker dies with whatever batch holds the one at fault: the first of all.
    const [first] = await rows<{ batch_no: number }>(
      "SELECT batch_no FROM delivery WHERE dispatch_id = $1 AND state = 'queued' ORDER BY id LIMIT 1",
      [now.dispatchId],
    );
    await rows(
      "UPDATE batch SET lease_owner = $3, ring_at = NULL, fence = fence + 1 WHERE dispatch_id = $1 AND batch_no = $2",
      [now.dispatchId, first?.batch_no, owner],
    );
    await rows("UPDATE worker SET lease_until = now() - interval '1 second' WHERE id = $1", [owner]);
    await sweep({
      ...deps(),
      store: {
        ...deps().store,
        batches: { ...deps().store.batches, lapse: (_s, say) => deps().store.batches.lapse(0, say) },
      },
    });
    if ((await states())["dead"]) break;
  }
  expect(await states()).toEqual({ dead: 1, queued: 119 });
});

test("a whole lane is worked once by two workers at once, and what is finished is closed", async () => {
  const before = house().outbox?.count() ?? 0;
  const stop = new AbortController();
  const lanes = await Promise.all([1, 2].map(() => openDispatching(deps(), stop.signal)));
  for (const end = Date.now() + 30_000; Date.now() < end; await new Promise((r) => setTimeout(r, 50)))
    if ((await deps().store.plan.communication(now.communicationId))?.state === "completed") break;
  await Promise.all(lanes.map((one) => one.close()));
  expect(await states()).toEqual({ accepted: 120 });
  expect(house().outbox?.count()).toBe(before + 120);
  expect((await deps().store.plan.communication(now.communicationId))?.state).toBe("completed");
});

test("a worker asked to stop hands back what has not passed the gate", async () => {
  const stop = new AbortController();
  const lanes = await openDispatching(deps(), stop.signal);
  await new Promise((resolve) => setTimeout(resolve, 30));
  stop.abort();
  await lanes.close();
  expect(Object.keys(await states())).not.toContain("in_doubt");
  expect(Object.keys(await states())).not.toContain("intent");
  expect(await rows("SELECT 1 FROM batch WHERE lease_owner IS NOT NULL")).toEqual([]);
});

test("words changed behind the approval are never sent", async () => {
  await rows(
    "UPDATE rendition SET state = 'wanted', body = NULL, approved_hash = repeat('0', 64) WHERE communication_id = $1 AND language = 'en' AND channel_key = 'email'",
    [now.communicationId],
  );
  const [rendition] = await rows<{ id: string }>(
    "SELECT id FROM rendition WHERE communication_id = $1 AND segment_key = 'all-residents' AND language = 'en'",
    [now.communicationId],
  );
  await renderRendition(deps(), { renditionId: rendition?.id ?? "" });
  const held = await rows(
    `SELECT 1 FROM delivery d JOIN batch b USING (dispatch_id, batch_no) WHERE b.rendition_id = $1 AND d.state = 'held'`,
    [rendition?.id],
  );
  expect(held.length).toBeGreaterThan(10);
  expect(
    await rows(
      `SELECT 1 FROM delivery d JOIN batch b USING (dispatch_id, batch_no) WHERE b.rendition_id = $1 AND d.state <> 'held'`,
      [rendition?.id],
    ),
  ).toEqual([]);
});
