// People say stop: to everything, or to one list. Effective at the gate in the same transaction; many stops share one commit.
import { bodyOf, type LogLine } from "../domain/log-entry.ts";
import type { Database, Sql } from "./database.ts";

export interface StopsList {
  readonly subscriberId: string;
  readonly listKey: string;
  readonly reason: string;
}

/** The person's row first, and in the order of ids: everybody who changes what a person gets waits for it, and never in a circle. */
const LOCK = "SELECT id FROM subscriber WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE";

/**
 * What waits for them ends in this transaction: a gate in flight finishes first, and no later one finds it (I5).
 * $1 who, as texts  $2 the list whose channels these are; null: all
 */
const SETTLE = `
UPDATE delivery SET state = 'suppressed', settled_at = now()
 WHERE id IN (SELECT d.id FROM dispatch p JOIN delivery d ON d.dispatch_id = p.id AND d.recipient_key = ANY ($1::text[])
               WHERE p.state IN ('freezing', 'frozen', 'released')
                 AND ($2::text IS NULL OR p.channel_key IN (SELECT key FROM channel WHERE list_key = $2))
               ORDER BY d.id FOR UPDATE OF d)
   AND state IN ('queued', 'deferred', 'held')`;

export const stopMany = (
  { transaction }: Database,
  subscriberIds: readonly string[],
  reason: string,
  line: LogLine,
): Promise<ReadonlySet<string>> =>
  patiently(() =>
    transaction(async (sql) => {
      await sql.query(LOCK, [subscriberIds]);
      await sql.query(
        "UPDATE consent SET withdrawn_at = now(), end_reason = 'withdrawn' WHERE subscriber_id = ANY ($1::uuid[]) AND withdrawn_at IS NULL",
        [subscriberIds],
      );
      const { rows } = await sql.query<{ id: string }>(
        `WITH stopped AS (
           INSERT INTO suppression (email_hash, reason) SELECT email_hash, $2 FROM subscriber WHERE id = ANY ($1::uuid[])
           ON CONFLICT DO NOTHING RETURNING email_hash)
         SELECT s.id FROM stopped x JOIN subscriber s ON s.email_hash = x.email_hash`,
        [subscriberIds, reason],
      );
      await sql.query(SETTLE, [subscriberIds, null]);
      await logEach(sql, rows.length, line);
      return new Set(rows.map(({ id }) => id));
    }),
  );

/** A line for each person, as if they had come one by one; last, as the log's lock is everybody's. */
async function logEach(sql: Sql, times: number, line: LogLine): Promise<void> {
  if (times > 0) await sql.query("SELECT append_log($1) FROM generate_series(1, $2)", [bodyOf(line), times]);
}

/** `line` is given the list's key, or null for a sensitive list: nothing may say that somebody was on it (LAW6). */
export const stopList = (
  { transaction }: Database,
  { subscriberId, listKey, reason }: StopsList,
  line: (named: string | null) => LogLine,
): Promise<boolean> =>
  patiently(() =>
    transaction(async (sql, log) => {
      await sql.query(LOCK, [[subscriberId]]);
      const ended = await sql.query(
        `UPDATE consent SET withdrawn_at = now(), end_reason = CASE basis WHEN 'consent' THEN 'withdrawn' ELSE 'objected' END
          WHERE subscriber_id = $1 AND list_key = $2 AND withdrawn_at IS NULL`,
        [subscriberId, listKey],
      );
      const objected = await sql.query(
        `INSERT INTO objection (email_hash, list_key, reason)
         SELECT s.email_hash, l.key, $3 FROM subscriber s, list l WHERE s.id = $1 AND l.key = $2 ON CONFLICT DO NOTHING`,
        [subscriberId, listKey, reason],
      );
      await sql.query(SETTLE, [[subscriberId], listKey]);
      const isNew = ended.rowCount === 1 || objected.rowCount === 1;
      if (isNew) log(line((await isSensitive(sql, listKey)) ? null : listKey));
      return isNew;
    }),
  );

const isSensitive = async (sql: Sql, listKey: string): Promise<boolean> =>
  (await sql.query("SELECT 1 FROM list WHERE key = $1 AND sensitive", [listKey])).rowCount === 1;

const DEADLOCK = "40P01";
/** A stop is never lost to a deadlock with somebody else's work on the same people. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if ((error as { code?: string }).code !== DEADLOCK || tries >= 5) throw error;
    }
  }
}
