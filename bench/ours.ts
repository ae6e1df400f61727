// One run of ours: a campaign from its release ring to its last recorded delivery, by a worker process of its own.
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { startCampaign } from "../src/cli/run-campaign.ts";
import type { Doorbell } from "../src/queue/doorbell.ts";
import { benchCampaign } from "./campaign.ts";
import { startChild } from "./child.ts";
import type { BenchHouse } from "./house.ts";
import { type Run, say } from "./report.ts";

/** Planned, signed off and scheduled before the watch starts; released, rendered, sent and recorded while it runs. */
export async function runOurs(house: BenchHouse, key: string, flags: readonly string[] = []): Promise<Run> {
  const worker = await startChild("worker.ts", { env: house.env, flags });
  const { deps } = house;
  let rungAt = 0;
  const ring: Doorbell["ring"] = (name, payload) => {
    if (name === "release") rungAt = Date.now();
    return deps.doorbell.ring(name, payload);
  };
  const timed = { ...deps, doorbell: { ...deps.doorbell, ring } };
  await startCampaign(timed, { text: benchCampaign({ key }), name: key, now: true });
  const { messages, firstAt, lastAt } = await ended(house, key);
  const cost = await worker.stop();
  const rate = Math.round(messages / ((lastAt - firstAt) / 1_000));
  say(
    `  ours: the first was recorded ${((firstAt - rungAt) / 1_000).toFixed(1)} s after the ring; then ${rate} a second`,
  );
  return { messages, seconds: (lastAt - rungAt) / 1_000, ...cost };
}

/** Waits until every delivery is accepted; any other end is no measurement. */
async function ended(
  { databaseUrl }: BenchHouse,
  key: string,
): Promise<{ messages: number; firstAt: number; lastAt: number }> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    while (!(await isDone(client, key))) await sleep(500);
    const { rows } = await client.query<{ messages: number; accepted: number; first: Date; last: Date }>(
      `SELECT count(*)::int AS messages, (count(*) FILTER (WHERE d.state = 'accepted'))::int AS accepted, min(d.settled_at) AS first, max(d.settled_at) AS last
         FROM delivery d JOIN dispatch p ON p.id = d.dispatch_id JOIN communication c ON c.id = p.communication_id JOIN campaign k ON k.id = c.campaign_id WHERE k.key = $1`,
      [key],
    );
    const found = rows[0];
    if (!found?.messages || found.accepted !== found.messages)
      throw new Error(`ours: ${found?.accepted} of ${found?.messages} were accepted`);
    return { messages: found.messages, firstAt: found.first.getTime(), lastAt: found.last.getTime() };
  } finally {
    await client.end();
  }
}

async function isDone(client: pg.Client, key: string): Promise<boolean> {
  const { rows } = await client.query<{ state: string }>(
    `SELECT DISTINCT p.state FROM communication c JOIN campaign k ON k.id = c.campaign_id
       JOIN dispatch p ON p.communication_id = c.id WHERE k.key = $1 AND c.state IN ('released', 'completed')`,
    [key],
  );
  return rows.length > 0 && rows.every((row) => row.state === "done");
}
