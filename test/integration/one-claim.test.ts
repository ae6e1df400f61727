// One process, two claims of one batch: whoever holds the older is never let through, not even in the commit that lets the newer through.
import { expect, test } from "@jest/globals";
import { openHolding } from "../../src/journey/dispatch/holding.ts";
import { sleep } from "../../src/lib/clock.ts";
import type { Batch } from "../../src/store/batches.ts";
import { withDesk } from "../support/desk.ts";

const { deps, rows, now, worker, claim, pass } = withDesk();

/** The same batch in the same hands twice, as after a claim that was given back under its holder. */
async function claimedTwice(owner: string) {
  const older = await claim(owner);
  await deps().store.batches.giveBack(owner, []);
  const newer = await claim(owner);
  expect([newer.batch.batchNo, newer.batch.fence]).toEqual([older.batch.batchNo, older.batch.fence + 1]);
  return { older: older.waiting, newer: newer.waiting };
}

test.each([
  ["the older asks first", false],
  ["the newer asks first", true],
])("in one commit only the newer claim of a delivery passes: %s", async (_how, newerFirst) => {
  const owner = await worker();
  const { older, newer } = await claimedTwice(owner);
  const asked = newerFirst ? [...newer, ...older] : [...older, ...newer];
  const passed = await deps().store.gate.commit(owner, asked, [], 24);
  expect(passed).toEqual(new Set(newer));
  expect(passed.size).toBe(newer.length);
  expect(older.some((ticket) => passed.has(ticket))).toBe(false);
});

test("in a later commit the older claim passes nothing", async () => {
  const owner = await worker();
  const { older, newer } = await claimedTwice(owner);
  expect((await pass(owner, newer)).size).toBe(newer.length);
  expect(await pass(owner, older)).toEqual(new Set());
});

test("what another claim has just been given is not given back while its answer is on its way", async () => {
  const owner = await worker();
  const { batches } = deps().store;
  const holding = openHolding({ store: { batches }, owner });
  const take = () => batches.claim(owner, "email", "ordinary", []);
  const slow = holding.take(async () => {
    const batch = await take();
    await sleep(300);
    return batch;
  });
  await sleep(100);
  // The database went away under a second claim; the third begins by giving back what nobody holds.
  await expect(
    holding.take(() => take().then(() => Promise.reject(new Error("the connection was lost")))),
  ).rejects.toThrow("lost");
  const third = await holding.take(take);
  const first = (await slow) as Batch;
  const [row] = await rows<{ owner: string; fence: number }>(
    "SELECT lease_owner AS owner, fence FROM batch WHERE dispatch_id = $1 AND batch_no = $2",
    [now.dispatchId, first.batchNo],
  );
  expect(row).toEqual({ owner, fence: first.fence });
  expect(third?.batchNo).not.toBe(first.batchNo);
});
