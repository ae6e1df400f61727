// What an answer does to the others: put off, policy, too much at once, turned away, too many refused (X2, X4, X9, X12, C5, R2).
import { expect, test } from "@jest/globals";
import { MOST_ATTEMPTS, PAUSE_AT, POLICY_WAIT_SECONDS } from "../../config/limits.ts";
import { deferred, unavailable } from "../../src/domain/outcome.ts";
import { openAllowance } from "../../src/journey/dispatch/allowance.ts";
import { blockAccount } from "../../src/journey/dispatch/block.ts";
import { pauseFor, review } from "../../src/journey/dispatch/review.ts";
import { heed, newRun } from "../../src/journey/dispatch/run.ts";
import { decideWaiting } from "../../src/journey/hold.ts";
import { reportOf } from "../../src/journey/record.ts";
import type { Report } from "../../src/store/gate.ts";
import { report, withDesk } from "../support/desk.ts";

const { deps, rows, now, states, worker, claim, canClaim, pass, tell } = withDesk();
const BY = "tom.ellery@council.example.org";
const lines = async (kind: string): Promise<number> =>
  (
    await rows<{ n: number }>(
      "SELECT count(*)::int AS n FROM log_entry WHERE kind = $1 AND campaign_key = $2",
      [kind, now.key],
    )
  )[0]?.n ?? 0;
const undecided = async () =>
  (await deps().store.holds.undecided()).filter((one) => one.campaignKey === now.key);

test("what is put off comes back after 1, 5, 15, then 60 minutes, as the same message, and is given up in the end", async () => {
  const owner = await worker(600);
  let held = await claim(owner);
  const [first, ...others] = held.waiting;
  if (!first) throw new Error("an empty batch");
  await pass(owner, held.waiting);
  await tell(
    owner,
    others.map((one) => report(one, "accepted")),
  );
  const place = [now.dispatchId, held.batch.batchNo];
  await rows("UPDATE batch SET ring_at = NULL WHERE dispatch_id = $1 AND batch_no <> $2", place);
  const minutes: number[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const [one] = held.waiting;
    if (!one) throw new Error("nothing was left");
    expect([one.deliveryKey, one.tries]).toEqual([first.deliveryKey, attempt - 1]);
    if (attempt > 1) expect(await pass(owner, [one])).toEqual(new Set([one.id]));
    await deps().store.gate.commit(owner, [], [reportOf(one, deferred("smtp-450"), true)], MOST_ATTEMPTS);
    await deps().store.batches.finish(owner, held.batch, 0);
    const [row] = await rows<{ state: string; wait: number }>(
      "SELECT state, round(extract(epoch FROM not_before - now()) / 60)::int AS wait FROM delivery WHERE id = $1",
      [first.id],
    );
    if (row?.state === "dead") break;
    minutes.push(row?.wait ?? 0);
    expect(await canClaim(owner)).toBe(false);
    await rows("UPDATE delivery SET not_before = now() WHERE id = $1", [first.id]);
    await rows("UPDATE batch SET ring_at = now() WHERE dispatch_id = $1 AND batch_no = $2", place);
    held = await claim(owner);
  }
  expect(minutes).toEqual([1, 5, 15, ...Array<number>(MOST_ATTEMPTS - 4).fill(60)]);
  expect((await states())["dead"]).toBe(1);
  expect(
    await rows("SELECT 1 FROM batch WHERE dispatch_id = $1 AND batch_no = $2 AND done_at IS NOT NULL", place),
  ).toHaveLength(1);
});

test("so many answers of policy pause the communication, once; nobody is refused or suppressed for it", async () => {
  const { batch } = await claim(await worker());
  const run = newRun(new AbortController().signal, () => true);
  const work = {
    store: deps().store,
    pause: (of: typeof batch, why: string) => pauseFor(deps(), of, why),
    block: () => Promise.reject(new Error("policy is no reason to leave the account alone")),
  };
  const kinds = new Set<string>();
  for (let n = 0; n < PAUSE_AT.policy + 5; n += 1)
    kinds.add((await heed(work, batch, run, unavailable("policy-550", "policy", POLICY_WAIT_SECONDS))).kind);
  expect([...kinds]).toEqual(["deferred"]);
  expect((await undecided()).map(({ why }) => why)).toEqual([
    `${PAUSE_AT.policy} times the relay would not take this message (policy-550)`,
  ]);
  expect(await lines("communication.paused")).toBe(1);
  expect(await rows("SELECT 1 FROM suppression")).toEqual([]);
});

test("what policy turned down is not offered again within the hour", async () => {
  const { batch, waiting } = await claim(await worker());
  const [one] = waiting;
  if (!one) throw new Error("an empty batch");
  const run = newRun(new AbortController().signal, () => true);
  const work = { store: deps().store, pause: () => Promise.resolve(), block: () => Promise.resolve() };
  const outcome = await heed(work, batch, run, unavailable("policy-550", "policy", POLICY_WAIT_SECONDS));
  expect(reportOf(one, outcome, true).waitMinutes).toBeGreaterThanOrEqual(POLICY_WAIT_SECONDS / 60);
});

test("two processes together ask an account no more often than it may be asked", async () => {
  const PER_MINUTE = 600;
  const account = { account: "shared", mostPerMinute: PER_MINUTE };
  const stop = new AbortController();
  let passed = 0;
  const began = performance.now();
  const runner = async (may: ReturnType<typeof openAllowance>): Promise<void> => {
    while (await may(account, stop.signal)) passed += 1;
  };
  const two = [openAllowance(deps()), openAllowance(deps())];
  const running = two.flatMap((may) => [1, 2, 3, 4].map(() => runner(may)));
  await new Promise((done) => setTimeout(done, 3_000));
  stop.abort();
  await Promise.all(running);
  const seconds = (performance.now() - began) / 1_000;
  // At most a tenth of a minute's worth is saved up.
  expect(passed).toBeLessThanOrEqual(PER_MINUTE / 10 + (seconds * PER_MINUTE) / 60 + 1);
  expect(passed).toBeGreaterThan(PER_MINUTE / 10);
  expect(await openAllowance(deps())({ account: "free", mostPerMinute: null }, stop.signal)).toBe(true);
});

test("an account that turned us away is left alone by every worker until then; it is told once and nobody's attempt counts", async () => {
  const owner = await worker(600);
  const { batch } = await claim(owner);
  await deps().store.batches.finish(owner, batch, 0);
  const said = unavailable("smtp-535", "sign-in", 60);
  await blockAccount(deps(), batch, said);
  await blockAccount(deps(), batch, said);
  expect(await canClaim(owner)).toBe(false);
  expect(await canClaim(await worker())).toBe(false);
  expect((await deps().store.batches.ripe()).map(({ channelKey }) => channelKey)).not.toContain("email");
  expect(await lines("account.blocked")).toBe(1);
  expect(await states()).toEqual({ queued: 120 });
  expect(await rows("SELECT 1 FROM delivery WHERE dispatch_id = $1 AND tries > 0", [now.dispatchId])).toEqual(
    [],
  );
  await rows("UPDATE account SET blocked_until = now() - interval '1 second'");
  expect(await canClaim(owner)).toBe(true);
});

/** Works all that can be claimed, as a worker does, until nothing is left or something stopped it. */
async function work(owner: string, end: (nth: number) => Pick<Report, "state" | "code" | "passed">) {
  let nth = 0;
  for (;;) {
    const batch = await deps().store.batches.claim(owner, "email", "ordinary", []);
    if (!batch) return nth;
    const waiting = await deps().store.batches.deliveries(batch);
    const told = waiting.map((one) => ({ ...report(one, "accepted"), ...end((nth += 1)) }));
    const gated = new Set(told.filter(({ passed }) => passed).map(({ id }) => id));
    await pass(
      owner,
      waiting.filter(({ id }) => gated.has(id)),
    );
    await tell(owner, told);
    await deps().store.batches.finish(owner, batch, 0);
    await review(deps(), batch);
  }
}

test.each([
  [
    "refused for good",
    { state: "refused", code: "smtp-550", passed: true } as const,
    /of 1\d\d addresses were refused/,
  ],
  [
    "without a value",
    { state: "refused", code: "missing-ward", passed: false } as const,
    /of 1\d\d recipients lack a value/,
  ],
])(
  "one in ten %s: it waits for its owner, and once they let it go on it is not stopped again",
  async (_name, bad, why) => {
    const owner = await worker(600);
    const each = (nth: number) =>
      nth % 10 === 0 ? bad : { state: "accepted" as const, code: null, passed: true };
    await work(owner, each);
    const [waiting] = await undecided();
    expect(waiting?.why).toMatch(why);
    expect(await lines("communication.paused")).toBe(1);
    expect(await canClaim(owner)).toBe(false);
    const reference = waiting?.reference ?? "";
    await decideWaiting(deps(), { reference, decision: "go", by: BY, why: "the list is an old one" });
    await work(owner, each);
    expect(await undecided()).toEqual([]);
    expect(await lines("communication.paused")).toBe(1);
    expect((await states())["queued"]).toBeUndefined();
  },
);
