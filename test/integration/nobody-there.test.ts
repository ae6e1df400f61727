// Whom a relay itself says is not there, against real PostgreSQL: suppressed once, whatever dies meanwhile; nobody else ever is (X3, X4).
import { beforeEach, expect, test } from "@jest/globals";
import { openDispatching } from "../../src/dispatching.ts";
import { NO_SUCH_ADDRESS } from "../../src/domain/outcome.ts";
import { silencedLine } from "../../src/journey/record.ts";
import { sweep } from "../../src/journey/sweep.ts";
import type { Batch, Waiting } from "../../src/store/batches.ts";
import { report, withDesk } from "../support/desk.ts";
import { until } from "../support/waiting.ts";

const { deps, rows, now, states, worker, claim, pass, tell } = withDesk();
beforeEach(() => rows("DELETE FROM suppression"));

const silence = (batch: Batch) =>
  deps().store.batches.silence(batch, (people) => silencedLine(batch, people));
const suppressed = async (): Promise<string[]> =>
  (
    await rows<{ id: string }>(
      "SELECT s.id FROM suppression x JOIN subscriber s ON s.email_hash = x.email_hash WHERE x.reason = 'hard-bounce' ORDER BY 1",
    )
  ).map(({ id }) => id);
const lines = async (): Promise<{ people: number }[]> =>
  (
    await rows<{ body: string }>(
      "SELECT body FROM log_entry WHERE kind = 'subscriber.suppressed' AND campaign_key = $1 ORDER BY seq",
      [now.key],
    )
  ).map(({ body }) => (JSON.parse(body) as { facts: { people: number } }).facts);

/** The next batch with more than a handful of people: how small the segments come out is chance. */
async function claimLarge(owner: string): ReturnType<typeof claim> {
  const held = await claim(owner);
  return held.waiting.length > 6 ? held : claimLarge(owner);
}

/** A batch of which the first are refused with these codes and the others taken; not let go of. */
async function refusing(owner: string, codes: readonly string[]) {
  const held = await claimLarge(owner);
  await pass(owner, held.waiting);
  const told = held.waiting.map((one, at) => {
    const code = codes[at];
    return code === undefined ? report(one, "accepted") : { ...report(one, "refused"), code, proof: null };
  });
  await tell(owner, told);
  return held;
}
const people = (waiting: readonly Waiting[]) => waiting.map(({ subscriberId }) => subscriberId ?? "").sort();

test("they are suppressed once and said once; who was refused for another reason is not", async () => {
  const codes = [NO_SUCH_ADDRESS, NO_SUCH_ADDRESS, "smtp-550", "too-large", "missing-ward"];
  const { batch, waiting } = await refusing(await worker(), codes);
  expect(await silence(batch)).toBe(2);
  expect(await silence(batch)).toBe(0);
  expect(await suppressed()).toEqual(people(waiting.slice(0, 2)));
  expect(await lines()).toEqual([{ channel: "email", dispatch: now.dispatchId, people: 2 }]);
});

test("asked by many at once it is done and said once", async () => {
  const { batch } = await refusing(await worker(), [NO_SUCH_ADDRESS, NO_SUCH_ADDRESS, NO_SUCH_ADDRESS]);
  const done = await Promise.all(Array.from({ length: 6 }, () => silence(batch)));
  expect(done.reduce((all, one) => all + one, 0)).toBe(3);
  expect(await lines()).toHaveLength(1);
});

test("somebody who has joined anew since is left alone", async () => {
  const { batch, waiting } = await refusing(await worker(), [NO_SUCH_ADDRESS, NO_SUCH_ADDRESS]);
  const [again, gone] = waiting;
  await rows(
    `WITH old AS (UPDATE consent SET withdrawn_at = now(), end_reason = 'superseded' WHERE subscriber_id = $1 AND withdrawn_at IS NULL RETURNING *)
     INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at)
     SELECT subscriber_id, list_key, basis, wording, source, now() FROM old`,
    [again?.subscriberId],
  );
  expect(await silence(batch)).toBe(1);
  expect(await suppressed()).toEqual([gone?.subscriberId]);
});

test("what waits for them elsewhere does not pass the gate", async () => {
  const owner = await worker();
  const { batch, waiting } = await refusing(owner, [NO_SUCH_ADDRESS]);
  await silence(batch);
  const two = waiting.slice(0, 2);
  await rows("UPDATE delivery SET state = 'queued' WHERE id = ANY ($1::bigint[])", [two.map(({ id }) => id)]);
  expect(await pass(owner, two)).toEqual(new Set([two[1]?.id]));
});

test("a worker that dies with the results written and nobody suppressed: whoever works the batch next does it", async () => {
  const owner = await worker();
  const { batch } = await refusing(owner, [NO_SUCH_ADDRESS]);
  await rows("UPDATE batch SET ring_at = NULL WHERE dispatch_id = $1 AND batch_no <> $2", [
    now.dispatchId,
    batch.batchNo,
  ]);
  await rows("UPDATE worker SET lease_until = now() - interval '1 second' WHERE id = $1", [owner]);
  await deps().store.batches.lapse(0, (lapsed) => silencedLine(lapsed, 0));
  expect(await suppressed()).toEqual([]);
  const stop = new AbortController();
  const lanes = await openDispatching(deps(), stop.signal);
  await until(async () => (await suppressed()).length === 1);
  await lanes.close();
  expect(await lines()).toHaveLength(1);
});

test("of a batch that is split, whoever was refused before is suppressed as well", async () => {
  const owner = await worker();
  const held = await claimLarge(owner);
  const [gone] = held.waiting;
  if (!gone) throw new Error("an empty batch");
  await pass(owner, [gone]);
  await tell(owner, [{ ...report(gone, "refused"), code: NO_SUCH_ADDRESS, proof: null }]);
  await rows("UPDATE batch SET deaths = 5 WHERE dispatch_id = $1 AND batch_no = $2", [
    now.dispatchId,
    held.batch.batchNo,
  ]);
  await rows("UPDATE worker SET lease_until = now() - interval '1 second' WHERE id = $1", [owner]);
  const { batches } = deps().store;
  const lapse: typeof batches.lapse = (_seconds, say) => batches.lapse(0, say);
  await sweep({ ...deps(), store: { ...deps().store, batches: { ...batches, lapse } } });
  expect(await suppressed()).toEqual(people([gone]));
  expect((await states())["refused"]).toBe(1);
});
