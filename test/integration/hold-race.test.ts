// I4, G4, X13: a hold in the middle of a stream of gates. BELLMAN_HOLDS=1000 is the long form.
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import type { Waiting } from "../../src/store/batches.ts";
import type { Report } from "../../src/store/gate.ts";
import { decideWaiting, hold, releaseHold } from "../../src/journey/hold.ts";
import { callWitness } from "../support/commit-witness.ts";
import { report, withDesk } from "../support/desk.ts";

const HOLDS = Number(process.env.BELLMAN_HOLDS ?? 100);
const STREAMS_OF_EACH = 3;
const BY = "tom.ellery@council.example.org";

const { deps, rows, worker, claim, now } = withDesk();

interface Commit {
  readonly sent: number;
  readonly passed: number;
}

/** Asks for the same tickets again and again, as fast as it can; what passed is put back with the next commit, as a worker would. */
async function stream(owner: string, tickets: readonly Waiting[], commits: Commit[], isOver: () => boolean) {
  let back: Report[] = [];
  while (!isOver() || back.length > 0) {
    const asked = isOver() ? [] : tickets.filter(() => Math.random() < 0.5);
    const sent = performance.now();
    const passed = await deps().store.gate.commit(owner, asked, back, 24);
    commits.push({ sent, passed: passed.size });
    back = asked.filter((ticket) => passed.has(ticket)).map((ticket) => report(ticket, "queued"));
  }
}

/** The share `part` of sorted numbers that lies below. */
const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? 0;

test(`after ${HOLDS} holds at any moment of a running stream, no gate sent later passed anything`, async () => {
  const owners = [await worker(600), await worker(600)];
  const held = [];
  for (const owner of owners) held.push({ owner, ...(await claim(owner)) });
  const witness = await callWitness(rows);
  const commits: Commit[] = [];
  let over = false;
  const streams = held.flatMap(({ owner, waiting }) =>
    Array.from({ length: STREAMS_OF_EACH }, (_, n) => {
      const mine = waiting.filter((_ticket, i) => i % STREAMS_OF_EACH === n);
      return stream(owner, mine, commits, () => over);
    }),
  );
  const acks: number[] = [];
  let late = 0;
  let refused = 0;
  for (let n = 0; n < HOLDS; n += 1) {
    await sleep(Math.random() * 15);
    commits.length = 0;
    const asked = performance.now();
    const scope =
      n % 2 ? ({ kind: "campaign", key: now.key } as const) : ({ kind: "everything", key: "" } as const);
    const id = await hold(deps(), { scope, reason: "incident", by: BY });
    const acknowledged = performance.now();
    acks.push(acknowledged - asked);
    await sleep(10 + Math.random() * 20);
    const after = commits.filter(({ sent }) => sent > acknowledged);
    refused += after.length;
    late += after.reduce((sum, { passed }) => sum + passed, 0);
    for (const reference of await releaseHold(deps(), { id, by: BY }))
      await decideWaiting(deps(), { reference, decision: "go", by: BY, why: "over" });
  }
  over = true;
  await Promise.all(streams);
  acks.sort((a, b) => a - b);
  const ms = (part: number) => `${quantile(acks, part).toFixed(1)} ms`;
  const saw = await witness.saw();
  process.stderr.write(
    `holds: ${HOLDS}, acknowledged p50 ${ms(0.5)}, p99 ${ms(0.99)}, most ${ms(1)}; ${saw.passed} passed in all, ${refused} commits sent after an acknowledgement let ${late} through\n`,
  );
  expect(late).toBe(0);
  expect(saw.after).toBe(0);
  expect(saw.passed).toBeGreaterThan(HOLDS);
  expect(refused).toBeGreaterThan(HOLDS);
  expect(quantile(acks, 0.99)).toBeLessThan(2_000);
}, 1_800_000);
