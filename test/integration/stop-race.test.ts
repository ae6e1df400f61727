// I5, G5: a person stops in the moment their message asks to leave. BELLMAN_RACES=10000 is the long form.
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import pg from "pg";
import type { Waiting } from "../../src/store/batches.ts";
import { openStore, type Store } from "../../src/store/store.ts";
import { callWitness } from "../support/commit-witness.ts";
import { withDesk } from "../support/desk.ts";

const RACES = Number(process.env.BELLMAN_RACES ?? 300);
const AT_ONCE = 8;
/** How far from even the two may start, and how fast the middle moves to where each is first about as often. In ms. */
const SPREAD_MS = 5;
const STEP_MS = 0.5;

let stops: Store | null = null;
let pool: pg.Pool | null = null;
// Before the house closes and its database is dropped: hooks run in the order they are defined.
afterAll(async () => {
  await stops?.close();
  await pool?.end();
});
const { deps, worker, claim } = withDesk();
let headStart = 0;
const rows = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
  (await pool?.query<T>(sql, values))?.rows ?? [];
beforeAll(() => {
  // The web's connections: not those of the worker.
  stops = openStore(deps().services.databaseUrl, { connections: 6 });
  pool = new pg.Pool({ connectionString: deps().services.databaseUrl, max: 6 });
});

const line = { kind: "subscriber.stopped", actor: "subscriber", facts: { how: "page" } } as const;

/** As before anybody stopped. */
const again = ({ id, subscriberId }: Waiting) =>
  rows(
    `WITH back AS (INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at)
                   SELECT subscriber_id, list_key, basis, wording, source, clock_timestamp() FROM consent
                    WHERE subscriber_id = $2 ORDER BY id DESC LIMIT 1 ON CONFLICT DO NOTHING),
          gone AS (DELETE FROM suppression WHERE email_hash = (SELECT email_hash FROM subscriber WHERE id = $2))
     UPDATE delivery SET state = 'queued', settled_at = NULL WHERE id = $1`,
    [id, subscriberId],
  );

async function race(owner: string, ticket: Waiting) {
  /** Of the stop, before the gate is asked. */
  const apart = headStart + (Math.random() * 2 - 1) * SPREAD_MS;
  const stopping = (async () => {
    if (apart < 0) await sleep(-apart);
    await stops?.audience.stop(ticket.subscriberId ?? "", "page", line);
    return performance.now();
  })();
  const passing = (async () => {
    if (apart > 0) await sleep(apart);
    const sent = performance.now();
    const passed = await deps().store.gate.commit(owner, [ticket], [], 24);
    return { sent, passed: passed.has(ticket) };
  })();
  const [stopped, { sent, passed }] = await Promise.all([stopping, passing]);
  const [row] = await rows<{ state: string }>("SELECT state FROM delivery WHERE id = $1", [ticket.id]);
  return { passed, state: row?.state, stoppedFirst: stopped < sent };
}

test(`in ${RACES} races nobody is written to whose stop was committed before the gate`, async () => {
  const owner = await worker();
  const { waiting } = await claim(owner);
  const witness = await callWitness(rows);
  const counts = { passed: 0, stopped: 0, stoppedFirst: 0 };
  let left = RACES;
  const runner = async (tickets: readonly Waiting[]): Promise<void> => {
    for (let i = 0; left > 0; i += 1) {
      left -= 1;
      const ticket = tickets[i % tickets.length];
      if (!ticket) throw new Error("a batch without deliveries");
      await again(ticket);
      const { passed, state, stoppedFirst } = await race(owner, ticket);
      expect(state).toBe(passed ? "intent" : "suppressed");
      expect(passed && stoppedFirst).toBe(false);
      headStart += passed ? STEP_MS : -STEP_MS;
      counts[passed ? "passed" : "stopped"] += 1;
      if (stoppedFirst) counts.stoppedFirst += 1;
    }
  };
  const most = Math.min(AT_ONCE, waiting.length);
  await Promise.all(
    Array.from({ length: most }, (_, n) => runner(waiting.filter((_ticket, i) => i % most === n))),
  );
  process.stderr.write(`stop races: ${JSON.stringify({ ...counts, ...(await witness.saw()) })}\n`);
  expect(await witness.saw()).toEqual({ passed: counts.passed, after: 0 });
  // Both came first now and then, else it was no race.
  expect(Math.min(counts.passed, counts.stopped)).toBeGreaterThan(RACES / 20);
}, 1_800_000);
