// A hold while a large dispatch is under way, again and again: how soon is it acknowledged, and does anything pass the gate after it?
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { sayJson, table } from "../src/cli/print.ts";
import { decideWaiting, hold, releaseHold } from "../src/journey/hold.ts";
import { runBulk, startWorkersOf } from "./bulk.ts";
import type { BenchOptions } from "./email.ts";
import { openBenchHouse } from "./house.ts";
import { median, say } from "./report.ts";

const BY = "priya.nair@police.example.org";
/** Long enough for whatever had passed the gate to be answered, and for a wrong passage to show. In ms. */
const WATCHED_MS = 150;

export async function benchHold(options: BenchOptions): Promise<void> {
  const house = await openBenchHouse(options.recipients, options.sink);
  const acknowledged: number[] = [];
  let passed = 0;
  try {
    const workers = await startWorkersOf(house, options.workers);
    await runBulk(house, { key: "large", segment: "young-adults", workers }, async ({ client, standing }) => {
      while ((await standing()).state !== "completed" && acknowledged.length < options.holds) {
        await sleep(100 + Math.random() * 400);
        const began = performance.now();
        const id = await hold(house.deps, {
          scope: { kind: "everything", key: "" },
          reason: "measured",
          by: BY,
        });
        acknowledged.push(performance.now() - began);
        const atOnce = await gonePast(client);
        await sleep(WATCHED_MS);
        passed += (await gonePast(client)) - atOnce;
        for (const reference of await releaseHold(house.deps, { id, by: BY }))
          await decideWaiting(house.deps, { reference, decision: "go", by: BY, why: "measured" });
        if (acknowledged.length % 50 === 0) say(`  ${acknowledged.length} holds, ${passed} passed after one`);
      }
    });
    for (const worker of workers) await worker.stop();
    print(acknowledged, passed, options);
  } finally {
    await house.close();
  }
}

/** How many deliveries of batches in hand have gone past the gate: after a hold this number stands still. */
async function gonePast(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ n: number }>(
    `SELECT (SELECT count(*) FROM batch b JOIN delivery d ON d.dispatch_id = b.dispatch_id AND d.batch_no = b.batch_no
              WHERE b.done_at IS NULL AND b.fence > 0 AND d.attempt > 0)::int
          + (SELECT coalesce(sum(total), 0) FROM batch WHERE done_at IS NOT NULL)::int AS n`,
  );
  return rows[0]?.n ?? 0;
}

function print(acknowledged: readonly number[], passed: number, { json, recipients }: BenchOptions): void {
  const sorted = acknowledged.toSorted((a, b) => a - b);
  const p99 = sorted[Math.floor(sorted.length * 0.99)] ?? 0;
  const heads = ["holds", "acknowledged, median ms", "p99 ms", "passed the gate after it"];
  const row = [acknowledged.length, median(acknowledged).toFixed(1), p99.toFixed(1), passed];
  process.stderr.write(`\n${table(heads, [row])}\n`);
  const result = {
    name: "hold",
    recipients,
    holds: acknowledged.length,
    medianMs: median(acknowledged),
    p99Ms: p99,
    passedAfter: passed,
  };
  if (json) sayJson(result);
}
