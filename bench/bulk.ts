// One large dispatch worked by worker processes of its own, watched from outside: how far it is, what each worker holds.
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { startCampaign } from "../src/cli/run-campaign.ts";
import { benchCampaign } from "./campaign.ts";
import { type Child, startChild } from "./child.ts";
import type { BenchHouse } from "./house.ts";
import { say } from "./report.ts";

export interface Sample {
  /** Seconds since the watch began. */
  readonly at: number;
  readonly rssMb: readonly number[];
  /** Of the first worker: JavaScript's heap, and what lies outside it. */
  readonly heap: string;
  readonly cpuMs: number;
}
export interface Bulk {
  readonly recipients: number;
  /** From the release ring to the whole audience frozen, in s. */
  readonly freezeSeconds: number;
  /** From the first message let through to the last recorded, in s. */
  readonly seconds: number;
  readonly samples: readonly Sample[];
  /** Processor time of all workers for one message, in ms. */
  readonly cpuMsEach: number;
}
interface Standing {
  readonly state: string;
  readonly accepted: number;
  readonly total: number;
}

export interface Watching {
  readonly client: pg.Client;
  readonly key: string;
  readonly workers: readonly Child[];
  readonly standing: () => Promise<Standing>;
}

/** Starts `count` workers; end them with `stopWorkers`. */
export const startWorkersOf = (house: BenchHouse, count: number): Promise<Child[]> =>
  Promise.all(Array.from({ length: count }, () => startChild("worker.ts", { env: house.env })));

/** Releases a campaign to one segment and watches it to its end; `during` runs beside it. */
export async function runBulk(
  house: BenchHouse,
  { key, segment, workers }: { key: string; segment: string; workers: readonly Child[] },
  during: (watching: Watching) => Promise<void> = () => Promise.resolve(),
): Promise<Bulk> {
  const client = new pg.Client({ connectionString: house.databaseUrl });
  await client.connect();
  try {
    const rung = Date.now();
    await startCampaign(house.deps, { text: benchCampaign({ key, segment }), name: key, now: true });
    const standing = () => stands(client, key);
    while ((await standing()).state !== "released") await sleep(100);
    const freezeSeconds = (Date.now() - rung) / 1_000;
    const { total } = await standing();
    say(`  ${total} recipients frozen in ${freezeSeconds.toFixed(1)} s`);
    const before = (await look(workers, 0)).cpuMs;
    const beside = during({ client, key, workers, standing });
    const samples = await watch(workers, standing);
    await beside;
    const cpuMsEach = (((await look(workers, 0)).cpuMs - before) / total) * 1;
    const seconds = await lasted(client, key);
    return { recipients: total, freezeSeconds, seconds, samples, cpuMsEach };
  } finally {
    await client.end();
  }
}

async function look(workers: readonly Child[], at: number): Promise<Sample> {
  const all = await Promise.all(workers.map((worker) => worker.ask({})));
  return {
    at,
    rssMb: all.map(({ rssMb }) => Number(rssMb)),
    heap: `heap ${String(all[0]?.heapMb)} outside ${String(all[0]?.externalMb)}`,
    cpuMs: all.reduce((sum, { cpuMs }) => sum + Number(cpuMs), 0),
  };
}

async function watch(workers: readonly Child[], standing: () => Promise<Standing>): Promise<Sample[]> {
  const samples: Sample[] = [];
  const began = Date.now();
  for (let said = began; ;) {
    const { state, accepted, total } = await standing();
    samples.push(await look(workers, (Date.now() - began) / 1_000));
    if (state === "completed") return samples;
    if (Date.now() - said > 10_000) {
      said = Date.now();
      const rate = Math.round(accepted / ((said - began) / 1_000));
      say(
        `  ${accepted} of ${total}, ${rate}/s, ${samples.at(-1)?.rssMb.join(" and ")} MB (${samples.at(-1)?.heap})`,
      );
    }
    await sleep(500);
  }
}

async function stands(client: pg.Client, key: string): Promise<Standing> {
  const { rows } = await client.query<Standing>(
    `SELECT c.state, coalesce(sum(p.recipient_count), 0)::int AS total,
            coalesce((SELECT sum((b.counts ->> 'accepted')::int) FROM batch b JOIN dispatch q ON q.id = b.dispatch_id
                       WHERE q.communication_id = c.id), 0)::int AS accepted
       FROM campaign k JOIN communication c ON c.campaign_id = k.id LEFT JOIN dispatch p ON p.communication_id = c.id
      WHERE k.key = $1 GROUP BY c.id`,
    [key],
  );
  return rows[0] ?? { state: "planned", accepted: 0, total: 0 };
}

/** By the database's own clock: released to done. */
async function lasted(client: pg.Client, key: string): Promise<number> {
  const { rows } = await client.query<{ seconds: number }>(
    `SELECT extract(epoch FROM max(p.done_at) - min(p.released_at))::float8 AS seconds
       FROM campaign k JOIN communication c ON c.campaign_id = k.id JOIN dispatch p ON p.communication_id = c.id WHERE k.key = $1`,
    [key],
  );
  return rows[0]?.seconds ?? 0;
}
