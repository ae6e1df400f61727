// An urgent message while a large dispatch is under way: how long after its due time is the first copy accepted, against an idle system?
import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { startCampaign } from "../src/cli/run-campaign.ts";
import { sayJson, table } from "../src/cli/print.ts";
import { runBulk, startWorkersOf } from "./bulk.ts";
import { benchCampaign } from "./campaign.ts";
import type { BenchOptions } from "./email.ts";
import { type BenchHouse, openBenchHouse } from "./house.ts";
import { median, say } from "./report.ts";

const TIMES = 20;

export async function benchUrgent(options: BenchOptions): Promise<void> {
  const house = await openBenchHouse(options.recipients, options.sink);
  try {
    const workers = await startWorkersOf(house, options.workers);
    const idle: number[] = [];
    const busy: number[] = [];
    await runBulk(house, { key: "idle", segment: "businesses", workers }, async ({ client, standing }) => {
      while ((await standing()).state !== "completed") await sleep(200);
      idle.push(...(await sendUrgent(house, client, "idle", Math.ceil(TIMES / 2))));
    });
    await runBulk(house, { key: "busy", segment: "young-adults", workers }, async ({ client, standing }) => {
      busy.push(...(await sendUrgent(house, client, "busy", TIMES)));
      if ((await standing()).state === "completed")
        throw new Error("the large dispatch ended first: more recipients");
    });
    for (const worker of workers) await worker.stop();
    print(idle, busy, options);
  } finally {
    await house.close();
  }
}

/** One after the other; seconds from due to the first acceptance recorded. */
async function sendUrgent(
  house: BenchHouse,
  client: pg.Client,
  name: string,
  times: number,
): Promise<number[]> {
  const waited: number[] = [];
  const tomorrow = `${new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)} 12:00`;
  for (let i = 1; i <= times; i += 1) {
    const key = `urgent-${name}-${i}`;
    const text = benchCampaign({ key, segment: "polish-readers", urgent: true, due: tomorrow });
    await startCampaign(house.deps, { text, name: key, now: false });
    // Due times have whole minutes; so as not to wait for one each time, the instant is moved, as a clock change would.
    await client.query(
      `UPDATE communication SET due_at = now() + interval '3 seconds'
        WHERE campaign_id = (SELECT id FROM campaign WHERE key = $1)`,
      [key],
    );
    const { accepted, released } = await firstAccepted(client, key);
    waited.push(accepted);
    say(
      `  urgent ${name} ${i}: frozen ${released.toFixed(2)} s after due, accepted ${accepted.toFixed(2)} s`,
    );
  }
  return waited;
}

interface Reached {
  readonly released: number;
  readonly accepted: number;
}

/** When each step of an urgent message was recorded, in seconds after its due time. */
async function firstAccepted(client: pg.Client, key: string): Promise<Reached> {
  for (;;) {
    const { rows } = await client.query<Reached>(
      `SELECT extract(epoch FROM min(p.released_at) - min(c.due_at))::float8 AS released,
              extract(epoch FROM min(d.settled_at) - min(c.due_at))::float8 AS accepted
         FROM campaign k JOIN communication c ON c.campaign_id = k.id JOIN dispatch p ON p.communication_id = c.id
         JOIN delivery d ON d.dispatch_id = p.id WHERE k.key = $1 AND d.state = 'accepted' HAVING count(*) > 0`,
      [key],
    );
    if (rows[0]) return rows[0];
    await sleep(50);
  }
}

/** With twenty runs the 99th percentile is the slowest of them. */
const p99 = (waited: readonly number[]) => Math.max(...waited);

function print(idle: readonly number[], busy: readonly number[], { recipients, json }: BenchOptions): void {
  const row = (name: string, waited: readonly number[]) => [
    name,
    waited.length,
    median(waited).toFixed(2),
    p99(waited).toFixed(2),
  ];
  process.stderr.write(
    `\n${table(["system", "urgent messages", "median, s after due", "p99, s"], [row("idle", idle), row("busy", busy)])}\n`,
  );
  const result = {
    name: "urgent",
    recipients,
    idle: { medianSeconds: median(idle), p99Seconds: p99(idle) },
    busy: { medianSeconds: median(busy), p99Seconds: p99(busy) },
  };
  if (json) sayJson(result);
}
