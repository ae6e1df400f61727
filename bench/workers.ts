// The same dispatch worked by one worker process and by two, in turn: how much is the second worth?
import { sayJson, table } from "../src/cli/print.ts";
import { type Bulk, runBulk, startWorkersOf } from "./bulk.ts";
import type { BenchOptions } from "./email.ts";
import { openBenchHouse } from "./house.ts";
import { median, ratio } from "./report.ts";

export async function benchWorkers(options: BenchOptions): Promise<void> {
  const house = await openBenchHouse(options.recipients, options.sink);
  const runs: Record<1 | 2, Bulk[]> = { 1: [], 2: [] };
  try {
    for (let i = 1; i <= options.runs; i += 1) {
      for (const count of [1, 2] as const) {
        const workers = await startWorkersOf(house, count);
        await runBulk(house, { key: `warm-${count}-${i}`, segment: "businesses", workers });
        runs[count].push(
          await runBulk(house, { key: `run-${count}-${i}`, segment: "young-adults", workers }),
        );
        for (const worker of workers) await worker.stop();
      }
    }
  } finally {
    await house.close();
  }
  const rate = (all: readonly Bulk[]) =>
    Math.round(median(all.map((bulk) => bulk.recipients / bulk.seconds)));
  const [one, two] = [rate(runs[1]), rate(runs[2])];
  process.stderr.write(
    `\n${table(
      ["workers", "emails/s", "× one"],
      [
        [1, one, "1.00"],
        [2, two, ratio(two, one).toFixed(2)],
      ],
    )}\n`,
  );
  if (options.json)
    sayJson({ name: "workers", recipients: options.recipients, one, two, ratio: ratio(two, one) });
}
