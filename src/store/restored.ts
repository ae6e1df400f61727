// After a restore: what left according to the journals is compared with what this database believes, and put in doubt. Never sends.
import type { LogLine } from "../domain/log-entry.ts";
import type { Database } from "./database.ts";

/** Deliveries of one dispatch that left, each with the fence it passed the gate under; `before`: the hold that the restore placed. */
export interface Left {
  readonly dispatchId: string;
  readonly ids: readonly number[];
  readonly fences: readonly number[];
  readonly hold: number;
}
export interface Weighed {
  /** It believes them unsent. */
  readonly unsent: number;
  /** It does not know them at all. */
  readonly unknown: number;
}

/** A dispatch released after the hold was placed is a new one: its numbers may be those of others that left before. */
const MINE = `
SELECT g.id, g.fence, d.id AS known, d.state, d.attempt, d.batch_no
  FROM unnest($2::bigint[], $3::int[]) AS g(id, fence)
  LEFT JOIN dispatch p ON p.id = $1 AND p.released_at < coalesce((SELECT placed_at FROM hold WHERE id = $4), now())
  LEFT JOIN delivery d ON d.id = g.id AND d.dispatch_id = p.id`;
const UNSENT = `m.state IN ('queued', 'deferred', 'held') AND m.attempt < m.fence`;

const WEIGH = `
WITH m AS (${MINE})
SELECT count(*) FILTER (WHERE ${UNSENT}) AS unsent, count(*) FILTER (WHERE m.known IS NULL) AS unknown FROM m`;

/** The fences go on above those that left, so that a result of before the restore never fits a new attempt. */
const SETTLE = `
WITH m AS (${MINE}),
     doubted AS (
       UPDATE delivery d SET state = 'in_doubt', attempt = m.fence, outcome_code = NULL, not_before = NULL
         FROM m WHERE d.id = m.known AND d.dispatch_id = $1 AND ${UNSENT} AND d.state = m.state
       RETURNING d.id, d.batch_no, d.attempt),
     listed AS (INSERT INTO doubt (delivery_id) SELECT id FROM doubted ON CONFLICT DO NOTHING),
     raised AS (
       UPDATE batch b SET fence = greatest(b.fence, x.fence)
         FROM (SELECT batch_no, max(attempt) AS fence FROM doubted GROUP BY 1) x
        WHERE b.dispatch_id = $1 AND b.batch_no = x.batch_no)
SELECT count(*) AS n FROM doubted`;

export function openRestored({ pool, transaction }: Database) {
  const values = ({ dispatchId, ids, fences, hold }: Left) => [dispatchId, ids, fences, hold];
  return {
    async weigh(left: Left): Promise<Weighed> {
      const { rows } = await pool.query<Weighed>(WEIGH, values(left));
      return rows[0] ?? { unsent: 0, unknown: 0 };
    },
    /** Puts in doubt what left and is believed unsent; safe to repeat. Returns how many. */
    settle: (left: Left, line: (doubted: number) => LogLine): Promise<number> =>
      transaction(async (sql, log) => {
        const { rows } = await sql.query<{ n: number }>(SETTLE, values(left));
        const doubted = rows[0]?.n ?? 0;
        if (doubted > 0) log(line(doubted));
        return doubted;
      }),
  };
}
