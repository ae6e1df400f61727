// Nobody was there when things fell due: what is still useful goes, what is not waits for a person, and many schedulers do no more than one (S6, S7, I6).
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { benchCampaign } from "../../bench/campaign.ts";
import { startCampaign } from "../../src/cli/run-campaign.ts";
import { decideWaiting, hold, releaseHold } from "../../src/journey/hold.ts";
import { startWorkers } from "../../workers/main.ts";
import startScheduler from "../../workers/scheduler.ts";
import { quietly, withHouse, working } from "../support/sample.ts";
import { until } from "../support/waiting.ts";

const BY = "tom.ellery@council.example.org";
/** BELLMAN_DUE=1000 is the long form. */
const DUE = Number(process.env.BELLMAN_DUE ?? 20);
const LIMIT_MS = 60_000 + DUE * 1_000;
let client: pg.Client;
afterAll(() => client.end());
const { house, databaseUrl } = withHouse({ people: 60 });
beforeAll(async () => {
  client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
});
const rows = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
  (await client.query<T>(sql, values)).rows;
const mails = () => house().outbox?.count() ?? 0;
const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);

/** Planned for tomorrow noon, by email to one segment; then its times are moved to where the test wants them. */
async function plan(key: string, due: string, latest: string): Promise<void> {
  const text = benchCampaign({ key, segment: "young-adults", due: `${tomorrow} 12:00` });
  await quietly(() => startCampaign(house().deps, { text, name: key, now: false }));
  await rows(
    `UPDATE communication SET due_at = now() + $2::interval, latest_useful_at = now() + $3::interval
      WHERE state = 'scheduled' AND campaign_id = (SELECT id FROM campaign WHERE key = $1)`,
    [key, due, latest],
  );
}
const statesOf = async (like: string): Promise<Record<string, string>> =>
  Object.fromEntries(
    (
      await rows<{ key: string; state: string }>(
        "SELECT k.key, c.state FROM communication c JOIN campaign k ON k.id = c.campaign_id WHERE k.key LIKE $1 ORDER BY k.key",
        [like],
      )
    ).map(({ key, state }) => [key, state]),
  );
const referenceOf = async (key: string): Promise<string> =>
  (
    await rows<{ reference: string }>(
      "SELECT c.reference FROM communication c JOIN campaign k ON k.id = c.campaign_id WHERE k.key = $1",
      [key],
    )
  )[0]?.reference ?? "";

test(
  "after ninety minutes of nobody what is still useful goes out once; what is not needs a decision, and goes with a new time",
  async () => {
    await plan("late-1", "-90 minutes", "1 day");
    await plan("late-2", "-90 minutes", "-30 minutes");
    await plan("late-3", "-60 minutes", "2 hours");
    await plan("late-4", "-2 minutes", "-1 second");
    const wanted = {
      "late-1": "completed",
      "late-2": "needs_decision",
      "late-3": "completed",
      "late-4": "needs_decision",
    };
    const settled = async () => {
      const found = await statesOf("late-%");
      return Object.values(found).every((state) => ["completed", "needs_decision"].includes(state));
    };
    await working(house(), async () => {
      await until(settled, LIMIT_MS);
      await sleep(2_000);
    });
    expect(await statesOf("late-%")).toEqual(wanted);
    const [{ people } = { people: 0 }] = await rows<{ people: number }>(
      "SELECT sum(recipient_count)::int AS people FROM dispatch",
    );
    expect(people).toBeGreaterThan(4);
    expect(mails()).toBe(people);
    const lapsed = await rows<{ reference: string }>(
      "SELECT reference FROM log_entry WHERE kind = 'communication.lapsed' ORDER BY reference",
    );
    expect(lapsed.map(({ reference }) => reference)).toEqual(
      [await referenceOf("late-2"), await referenceOf("late-4")].sort(),
    );

    const reference = await referenceOf("late-2");
    await decideWaiting(house().deps, {
      reference,
      decision: "go",
      until: `${tomorrow} 12:00`,
      by: BY,
      why: "still true",
    });
    await working(house(), () =>
      until(async () => (await statesOf("late-2"))["late-2"] === "completed", LIMIT_MS),
    );
    expect(mails()).toBe(people + people / 2);
    expect((await statesOf("late-4"))["late-4"]).toBe("needs_decision");
  },
  3 * LIMIT_MS,
);

test(
  "what fell due under a hold asks once it is lifted, and does not fire by itself",
  async () => {
    const before = mails();
    await plan("missed", "1 day", "2 days");
    const id = await hold(house().deps, {
      scope: { kind: "everything", key: "" },
      reason: "incident",
      by: BY,
    });
    await rows("UPDATE communication SET due_at = now() - interval '1 minute' WHERE reference = $1", [
      await referenceOf("missed"),
    ]);
    await working(house(), () => sleep(2_500));
    expect(await releaseHold(house().deps, { id, by: BY })).toContain(await referenceOf("missed"));
    await working(house(), () => sleep(2_500));
    expect((await statesOf("missed"))["missed"]).toBe("scheduled");
    expect(mails()).toBe(before);
    await decideWaiting(house().deps, {
      reference: await referenceOf("missed"),
      decision: "cancel",
      by: BY,
      why: "over",
    });
  },
  LIMIT_MS,
);

test(
  `four schedulers and two sets of workers release ${DUE} due communications ${DUE} times`,
  async () => {
    for (let n = 1; n <= DUE; n += 1) await plan(`due-${n}`, "-1 minute", "1 day");
    const before = mails();
    const { deps } = house();
    const workers = [startWorkers(deps), startWorkers(deps)];
    const schedulers = [1, 2, 3, 4].map(() => startScheduler(deps));
    await until(
      async () => Object.values(await statesOf("due-%")).every((state) => state === "completed"),
      LIMIT_MS,
    );
    for (const one of [...schedulers, ...workers]) await one.close();
    const found = await rows<{
      released: number;
      dispatches: number;
      recipients: number;
      deliveries: number;
    }>(
      `SELECT (SELECT count(*) FROM log_entry l WHERE l.kind = 'communication.released' AND l.reference = c.reference)::int AS released,
              count(p.id)::int AS dispatches, sum(p.recipient_count)::int AS recipients,
              (SELECT count(*) FROM delivery d JOIN dispatch q ON q.id = d.dispatch_id WHERE q.communication_id = c.id)::int AS deliveries
         FROM communication c JOIN campaign k ON k.id = c.campaign_id JOIN dispatch p ON p.communication_id = c.id
        WHERE k.key LIKE 'due-%' GROUP BY c.id`,
    );
    expect(found).toHaveLength(DUE);
    for (const one of found) {
      expect(one).toMatchObject({ released: 1, dispatches: 1 });
      expect(one.deliveries).toBe(one.recipients);
    }
    expect(mails() - before).toBe(found.reduce((sum, { recipients }) => sum + recipients, 0));
  },
  3 * LIMIT_MS,
);
