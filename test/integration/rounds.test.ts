// The night's rounds are really begun by the scheduler: people are asked again, and what was kept for its time goes (LAW10).
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import cron from "node-cron";
import pg from "pg";
import startScheduler from "../../workers/scheduler.ts";
import { withHouse } from "../support/sample.ts";
import { until } from "../support/waiting.ts";

let client: pg.Client;
// Before the house's own hooks: they drop the database.
afterAll(() => client.end());
const { house, databaseUrl } = withHouse({ people: 1 });
const count = async (sql: string): Promise<number> =>
  (await client.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`)).rows[0]?.n ?? 0;
beforeAll(async () => {
  client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
});

test("each night people are asked again and retention leaves its line", async () => {
  await client.query("UPDATE subscriber SET confirmed_at = now() - interval '30 months'");
  const scheduler = startScheduler(house().deps);
  try {
    // All at once, as after a long pause of the machine: each waits for its turn and none is lost.
    for (const task of cron.getTasks().values()) await task.execute();
    await until(async () => {
      const asked = await count("letter WHERE kind = 'still'");
      const deleted = await count("log_entry WHERE kind = 'retention.done'");
      return asked === 1 && deleted === 1;
    }, 60_000);
  } finally {
    await scheduler.close();
  }
  expect(await count("retention_run WHERE night IS NOT NULL AND finished_at IS NOT NULL")).toBe(1);
});
