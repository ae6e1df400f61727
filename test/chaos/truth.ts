// What the database says, in plain SQL: the only file of the proof kit that knows the engine's tables.
import pg from "pg";
import { LEASE_SECONDS } from "../../config/limits.ts";

/** How long a dead worker's work lies. */
export const LEASE_MS = LEASE_SECONDS * 1_000;

/** States in which the machine still has something to do; every other one but in_doubt is an end (held: a person's). */
export const OPEN = ["queued", "claimed", "intent", "deferred"];
export const ENDS = ["accepted", "refused", "suppressed", "held", "expired", "cancelled", "dead"];
/** Ends whose number the log must name. */
export const LOGGED = ["accepted", "refused", "suppressed", "expired", "dead"];

export interface Delivery {
  readonly id: number;
  readonly state: string;
  /** In small letters. */
  readonly email: string | null;
  /** On the list of doubts that somebody looks through. */
  readonly listed: boolean;
}
export interface Issue {
  readonly campaign: string;
  /** Every message carries it: by it and the address the ledger's lines are known again. */
  readonly reference: string;
  /** How many people were frozen; null while nobody is. */
  readonly frozen: number | null;
  /** What the log says: how many were frozen, and how many came to which end. */
  readonly frozenInLog: number | null;
  readonly endsInLog: Readonly<Record<string, number>>;
}
export interface Position {
  readonly open: number;
  readonly inDoubt: number;
  /** Communications whose time has come and whose audience is not frozen. */
  readonly unreleased: number;
}

const ISSUES = `
  WITH ends AS (
    SELECT reference, jsonb_object_agg(state, n) AS ends FROM (
      SELECT l.reference, f.key AS state, sum(f.value::bigint) AS n
        FROM log_entry l, jsonb_each_text(l.body::jsonb -> 'facts') f
       WHERE l.kind LIKE 'deliveries.%' AND f.key = ANY ($1) GROUP BY 1, 2) s
     GROUP BY reference),
  released AS (
    SELECT l.reference, sum(f.value::bigint)::int AS frozen
      FROM log_entry l, jsonb_each_text(l.body::jsonb -> 'facts' -> 'recipients') f
     WHERE l.kind = 'communication.released' GROUP BY 1)
  SELECT k.key AS campaign, c.reference, sum(p.recipient_count)::int AS frozen, r.frozen AS "frozenInLog",
         coalesce(e.ends, '{}') AS "endsInLog"
    FROM communication c JOIN campaign k ON k.id = c.campaign_id LEFT JOIN dispatch p ON p.communication_id = c.id
    LEFT JOIN ends e ON e.reference = c.reference LEFT JOIN released r ON r.reference = c.reference
   GROUP BY k.key, c.id, r.frozen, e.ends ORDER BY c.created_at`;
const DELIVERIES = `
  SELECT d.id::int AS id, d.state, lower(s.email) AS email, EXISTS (SELECT 1 FROM doubt x WHERE x.delivery_id = d.id) AS listed
    FROM communication c JOIN dispatch p ON p.communication_id = c.id JOIN delivery d ON d.dispatch_id = p.id
    LEFT JOIN subscriber s ON s.id = d.subscriber_id
   WHERE c.reference = $1 ORDER BY d.id`;
/** Asked many times a second: only what no batch calls done is read. What a batch calls done wrongly the oracle finds. */
const UNDONE =
  "batch b JOIN delivery d ON d.dispatch_id = b.dispatch_id AND d.batch_no = b.batch_no WHERE b.done_at IS NULL";
const POSITION = `
  SELECT (SELECT count(*)::int FROM ${UNDONE} AND d.state = ANY ($1)) AS open,
         (SELECT count(*)::int FROM ${UNDONE} AND d.state = 'in_doubt') AS "inDoubt",
         (SELECT count(*)::int FROM communication WHERE state = 'scheduled' AND due_at <= now()) AS unreleased`;

export function openTruth(databaseUrl: string) {
  const pool = new pg.Pool({
    connectionString: databaseUrl,
    max: 3,
    connectionTimeoutMillis: 3_000,
    query_timeout: 60_000,
  });
  pool.on("error", () => undefined); // it is killed all the time
  const rows = async <Row extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<Row[]> =>
    (await pool.query<Row>(sql, values)).rows;
  return {
    issues: () => rows<Issue>(ISSUES, [LOGGED]),
    deliveries: (reference: string) => rows<Delivery>(DELIVERIES, [reference]),
    position: async (): Promise<Position> => {
      const [found] = await rows<{ open: number; inDoubt: number; unreleased: number }>(POSITION, [OPEN]);
      return found ?? { open: 0, inDoubt: 0, unreleased: 0 };
    },
    /** Deliveries past the gate of which nothing is recorded, as "id/attempt". */
    underWay: async (): Promise<string[]> =>
      (
        await rows<{ mark: string }>(
          `SELECT d.id || '/' || d.attempt AS mark FROM ${UNDONE} AND d.state = 'intent'`,
        )
      ).map((row) => row.mark),
    close: () => pool.end(),
  };
}
export type Truth = ReturnType<typeof openTruth>;
