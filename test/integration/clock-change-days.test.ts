// Every minute of the days on which London's clocks change, planned in a real database and walked by its clock: each goes out
// exactly once, at the instant that was shown in advance (G6). Two years; BELLMAN_CLOCK_YEARS=11 walks all of 2026-2036.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import pg from "pg";
import { resolveRecurring, resolveWallTime, sayWallTime } from "../../src/domain/wall-time.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { changeDays, inLondon, minutesOf } from "../support/clock-changes.ts";
import { withDatabase } from "../support/database.ts";

const ZONE = "Europe/London";
const FIRST_YEAR = 2027;
const years = Number(process.env.BELLMAN_CLOCK_YEARS ?? 2);
const days = years >= 11 ? changeDays(2026, 2036) : changeDays(FIRST_YEAR, FIRST_YEAR + years - 1);

/** What is planned: typed times, both answers where a time happens twice, and recurring times, which the clocks may move. */
interface Planned {
  readonly reference: string;
  readonly wall: string;
  readonly instant: string;
  readonly shown: string;
}
function plannedOn(day: string): Planned[] {
  const all: Omit<Planned, "reference">[] = [];
  const add = ({ wall, instant }: { wall: string; instant: string }) =>
    all.push({ wall, instant, shown: sayWallTime(instant, ZONE) });
  for (const minute of minutesOf(day)) {
    for (const answer of ["first", "second"] as const) {
      const typed = resolveWallTime(minute, ZONE, answer);
      const isAgain = answer === "second" && resolveWallTime(minute, ZONE).kind !== "repeated";
      if (typed.kind === "ok" && !isAgain) add(typed);
    }
    if (minute.slice(11, 13) === "01") add(resolveRecurring(minute, ZONE));
  }
  return all.map((one, i) => ({ ...one, reference: `${day}/${i}` }));
}

// The clock of the database is a row: now() and app_now() both read it, so that whichever the due query asks is walked.
const CLOCK = `
  CREATE TABLE test_clock (at timestamptz NOT NULL);
  INSERT INTO test_clock VALUES ('2027-01-01T00:00:00Z');
  CREATE FUNCTION public.now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM public.test_clock';
  CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT at FROM public.test_clock';
  DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database()); END $$`;
const CAMPAIGN = `
  INSERT INTO agency (key, name, kind) VALUES ('council', 'Council', 'council');
  INSERT INTO campaign (id, key, title, purpose, priority_key, objective, level, place_or_issue, class, sensitivity, lead_agency_key)
  VALUES ('00000000-0000-4000-8000-000000000001', 'clocks', 'Clocks', 'P', 'p', 'inform', 'inform', 'place', 'internal', 'normal', 'council')`;
const PLAN = `
  INSERT INTO communication (campaign_id, key, title, reference, state, text, author_email, approver_email, content_hash,
                             due_wall, zone, due_at, latest_useful_at)
  SELECT '00000000-0000-4000-8000-000000000001', p.reference, 'T', p.reference, 'scheduled', '{}', 'a', 'b', 'hash',
         p.wall, $2, p.instant, p.instant + interval '1 day'
    FROM jsonb_to_recordset($1::jsonb) AS p(reference text, wall text, instant timestamptz)`;
const FIRE = "UPDATE communication SET state = 'released' WHERE id = ANY($1::uuid[]) RETURNING reference";

let client: pg.Client | undefined;
let store: Store | undefined;
// Before the database's own: hooks run in the order they are defined, and it cannot be dropped under us.
afterAll(async () => {
  await store?.close();
  await client?.end();
});
const database = withDatabase();
beforeAll(async () => {
  const first = new pg.Client({ connectionString: database.url });
  await first.connect();
  await first.query(CLOCK);
  await first.query(CAMPAIGN);
  await first.end();
  // Connections made from here on have the test's clock.
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  store = openStore(database.url, { connections: 2 });
});
/** Minute by minute from the eve to the morrow of a day, what the due query gives at each. */
async function walk(day: string): Promise<Map<string, string[]>> {
  if (!client || !store) throw new Error("the clock is not set up");
  const fired = new Map<string, string[]>();
  const start = Date.parse(`${day}T00:00:00Z`) - 2 * 3_600_000;
  for (let minute = 0; minute < 28 * 60; minute += 1) {
    const at = new Date(start + minute * 60_000).toISOString();
    await client.query("UPDATE test_clock SET at = $1", [at]);
    const due = await store.sweeping.due();
    if (due.length === 0) continue;
    const { rows } = await client.query<{ reference: string }>(FIRE, [due]);
    for (const { reference } of rows) fired.set(reference, [...(fired.get(reference) ?? []), at]);
  }
  return fired;
}

describe.each(days)("on $day, when the clocks go $which", ({ day, which }) => {
  test("every minute fires exactly once, at the instant and under the time that was shown", async () => {
    const planned = plannedOn(day);
    // 23 or 25 hours of typed minutes, and the 60 that recur in the odd hour.
    expect(planned).toHaveLength((which === "forward" ? 23 : 25) * 60 + 60);
    await client?.query(PLAN, [JSON.stringify(planned), ZONE]);
    const fired = await walk(day);
    const wrong = planned.filter(({ reference, instant, shown, wall }) => {
      const [at = "", ...again] = fired.get(reference) ?? [];
      const isOnce = again.length === 0 && Date.parse(at) === Date.parse(instant);
      return !(isOnce && at !== "" && inLondon(at) === wall && sayWallTime(at, ZONE) === shown);
    });
    expect(wrong).toEqual([]);
    expect(fired.size).toBe(planned.length);
  });
});
