// A very large audience: is the cost of a message the same as in a small one, and does a worker's memory stay flat?
import { sayJson, table } from "../src/cli/print.ts";
import { type Bulk, runBulk, startWorkersOf } from "./bulk.ts";
import type { BenchOptions } from "./email.ts";
import { openBenchHouse, SMALL } from "./house.ts";
import { ratio } from "./report.ts";

export async function benchMillion(options: BenchOptions): Promise<void> {
  const house = await openBenchHouse(options.recipients + SMALL, options.sink);
  try {
    const workers = await startWorkersOf(house, options.workers);
    await runBulk(house, { key: "warm-up", segment: "businesses", workers }); // what is compiled once costs once
    const small = await runBulk(house, { key: "small", segment: "businesses", workers });
    const large = await runBulk(house, { key: "large", segment: "young-adults", workers });
    for (const worker of workers) await worker.stop();
    print(small, large, options);
  } finally {
    await house.close();
  }
}

const most = ({ samples }: Bulk) => Math.max(...samples.flatMap(({ rssMb }) => rssMb));
const mean = (numbers: readonly number[]) => Math.round(numbers.reduce((a, b) => a + b, 0) / numbers.length);
/** Mean memory of a worker in one part of the run: flat when the last part is like the second. */
const part = ({ samples }: Bulk, from: number, to: number) =>
  mean(
    samples
      .slice(Math.floor(samples.length * from), Math.ceil(samples.length * to))
      .flatMap(({ rssMb }) => rssMb),
  );

function print(small: Bulk, large: Bulk, { json, workers }: BenchOptions): void {
  const row = (name: string, bulk: Bulk) => [
    name,
    bulk.recipients,
    bulk.freezeSeconds.toFixed(1),
    Math.round(bulk.recipients / bulk.seconds),
    bulk.cpuMsEach.toFixed(3),
    most(bulk),
    `${part(bulk, 0.25, 0.5)} → ${part(bulk, 0.75, 1)}`,
  ];
  const heads = [
    "run",
    "recipients",
    "frozen, s",
    "emails/s",
    "worker CPU ms each",
    "most MB",
    "MB, 2nd → 4th quarter",
  ];
  process.stderr.write(`\n${table(heads, [row("small", small), row("large", large)])}\n`);
  const result = {
    name: "million",
    recipients: large.recipients,
    workers,
    freezeSeconds: large.freezeSeconds,
    perSecond: Math.round(large.recipients / large.seconds),
    smallPerSecond: Math.round(small.recipients / small.seconds),
    cpuMsEach: large.cpuMsEach,
    costRatio: ratio(large.cpuMsEach, small.cpuMsEach),
    rssMb: most(large),
    rssSecondQuarterMb: part(large, 0.25, 0.5),
    rssLastQuarterMb: part(large, 0.75, 1),
  };
  if (json) sayJson(result);
}
