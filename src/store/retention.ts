// What was kept for its time goes, a chunk a transaction, counted in the same one. Deletes nothing the engine still works on.
import { RETENTION, RETENTION_CHUNK } from "../../config/audience-limits.ts";
import type { LogLine } from "../domain/log-entry.ts";
import { type Gone, type KeptRecord, RECORD_KINDS } from "../domain/retention.ts";
import { type Database, type Sql, statement } from "./database.ts";

export interface RetentionRun {
  readonly id: number;
  /** "2026-11-22"; null for a run by hand. */
  readonly night: string | null;
  readonly madeBy: string;
  readonly counts: Gone;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}

const RUN = `SELECT id, night::text, made_by AS "madeBy", counts, started_at AS "startedAt", finished_at AS "finishedAt" FROM retention_run`;
const REDUCE = statement("retention-deliveries");
const CONSENTS = statement("retention-consents");
/** A night begins at three, when nobody is at work anywhere in the country. */
const TONIGHT = "(app_now() AT TIME ZONE 'UTC' - interval '3 hours')::date";

/** What is over, as a condition on a table; $1 is the span. Deliveries go by their batches. */
const OVER: Readonly<Record<Exclude<KeptRecord, "deliveries">, readonly [table: string, condition: string]>> =
  {
    uploads: [
      "import_row",
      "import_id IN (SELECT id FROM import WHERE started_at < app_now() - $1::interval)",
    ],
    // A confirmed one is part of the evidence as long as the person is there.
    sign_ups: [
      "sign_up",
      `expires_at < app_now() - $1::interval
       AND (confirmed_at IS NULL OR NOT EXISTS (SELECT 1 FROM subscriber s WHERE s.email_hash = sign_up.email_hash))`,
    ],
    letters: ["letter", "state NOT IN ('waiting', 'handed') AND ended_at < app_now() - $1::interval"],
    bounces: ["bounce", "at < app_now() - $1::interval"],
    consents: ["consent", "withdrawn_at < app_now() - $1::interval"],
    former_consents: ["former_consent", "withdrawn_at < app_now() - $1::interval"],
    complaints: ["complaint", "answered_at < app_now() - $1::interval"],
    link_counts: ["link_count", "day < (app_now() - $1::interval)::date"],
  };
const OVER_DELIVERIES = `
SELECT count(*)::int AS n FROM batch b JOIN delivery d ON d.dispatch_id = b.dispatch_id AND d.batch_no = b.batch_no
 WHERE NOT b.reduced AND b.done_at < app_now() - $1::interval AND b.counts IS NOT NULL AND d.subscriber_id IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM doubt x JOIN delivery y ON y.id = x.delivery_id
                    WHERE y.dispatch_id = b.dispatch_id AND y.batch_no = b.batch_no)`;

export function openRetention({ pool, transaction }: Database) {
  return {
    /** The run that was broken off, else a new one: tonight's, or one by hand. Null: tonight's is done. */
    async begin(by: string, kind: "night" | "by hand"): Promise<RetentionRun | null> {
      const open = await pool.query<RetentionRun>(`${RUN} WHERE finished_at IS NULL ORDER BY id LIMIT 1`);
      if (open.rows[0]) return open.rows[0];
      const { rows } = await pool.query<{ id: number }>(
        `INSERT INTO retention_run (night, made_by) VALUES (${kind === "night" ? TONIGHT : "NULL"}, $1)
         ON CONFLICT (night) DO NOTHING RETURNING id`,
        [by],
      );
      if (!rows[0]) return null;
      return (await pool.query<RetentionRun>(`${RUN} WHERE id = $1`, [rows[0].id])).rows[0] ?? null;
    },

    /** Takes one chunk of the first kind that has anything over. False: nothing is, or the run was finished by somebody else. */
    chunk: (runId: number): Promise<boolean> =>
      transaction(async (sql) => {
        if (!(await lockRun(sql, runId))) return false;
        for (const kind of RECORD_KINDS) {
          const gone = await take(sql, kind);
          if (gone === null) continue;
          await sql.query(
            `UPDATE retention_run SET counts = counts || (
               SELECT jsonb_object_agg(key, value::int + coalesce((counts ->> key)::int, 0)) FROM jsonb_each_text($2::jsonb))
              WHERE id = $1`,
            [runId, JSON.stringify(gone)],
          );
          return true;
        }
        return false;
      }),

    /** Ends a run with its line, once; the counts are the run's own. Null: somebody else has ended it. */
    finish: (runId: number, line: (counts: Gone) => LogLine | null): Promise<Gone | null> =>
      transaction(async (sql, log) => {
        const { rows } = await sql.query<{ counts: Gone }>(
          "UPDATE retention_run SET finished_at = now() WHERE id = $1 AND finished_at IS NULL RETURNING counts",
          [runId],
        );
        if (!rows[0]) return null;
        const said = line(rows[0].counts);
        if (said) log(said);
        return rows[0].counts;
      }),

    /** How much is over now; deletes nothing. */
    async over(): Promise<Record<KeptRecord, number>> {
      const counts = RECORD_KINDS.map(async (kind) => {
        const text =
          kind === "deliveries"
            ? OVER_DELIVERIES
            : `SELECT count(*)::int AS n FROM ${OVER[kind][0]} WHERE ${OVER[kind][1]}`;
        const { rows } = await pool.query<{ n: number }>(text, [RETENTION[kind]]);
        return [kind, rows[0]?.n ?? 0] as const;
      });
      return Object.fromEntries(await Promise.all(counts)) as Record<KeptRecord, number>;
    },

    /** The newest runs first. */
    runs: async (limit: number): Promise<RetentionRun[]> =>
      (await pool.query<RetentionRun>(`${RUN} ORDER BY id DESC LIMIT $1`, [limit])).rows,
  };
}

/** Two runs at once take turns; false: it has been finished. */
const lockRun = async (sql: Sql, id: number): Promise<boolean> =>
  (await sql.query("SELECT 1 FROM retention_run WHERE id = $1 AND finished_at IS NULL FOR UPDATE", [id]))
    .rowCount === 1;

/** One chunk of one kind; null where nothing of it is over. A chunk of batches may hold no person at all. */
async function take(sql: Sql, kind: KeptRecord): Promise<Gone | null> {
  if (kind === "deliveries") {
    const { rows } = await sql.query<{ batches: number; rows: number }>(REDUCE, [
      RETENTION.deliveries,
      RETENTION_CHUNK.batches,
    ]);
    return rows[0] && rows[0].batches > 0 ? { deliveries: rows[0].rows } : null;
  }
  if (kind === "consents") return takeConsents(sql);
  const [table, condition] = OVER[kind];
  const { rowCount } = await sql.query(
    `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE ${condition} LIMIT $2))`,
    [RETENTION[kind], RETENTION_CHUNK.rows],
  );
  return rowCount ? { [kind]: rowCount } : null;
}

/** Whoever has no consent left is nobody we know any more: the person goes with the last one. */
async function takeConsents(sql: Sql): Promise<Gone | null> {
  const { rows } = await sql.query<{ n: number; people: string[] }>(CONSENTS, [
    RETENTION.consents,
    RETENTION_CHUNK.rows,
  ]);
  const { n = 0, people = [] } = rows[0] ?? {};
  if (n === 0) return null;
  // Locked before they are looked at again: a consent given at this moment comes first or finds nobody.
  await sql.query("SELECT 1 FROM subscriber WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE", [people]);
  const gone = await sql.query(
    `DELETE FROM subscriber s WHERE id = ANY ($1::uuid[])
        AND NOT EXISTS (SELECT 1 FROM consent c WHERE c.subscriber_id = s.id)`,
    [people],
  );
  return { consents: n, ...(gone.rowCount ? { people: gone.rowCount } : {}) };
}
