// What the sweeper finds: due work, unfinished freezes, renditions nobody has made, and work that is finished.
import type { LogLine } from "../domain/log-entry.ts";
import { type Database, type Sql, statement } from "./database.ts";

const CLOSE = statement("close-batches");

export function openSweeping({ pool, transaction }: Database) {
  const ids = async (text: string, values: number[] = []): Promise<string[]> =>
    (await pool.query<{ id: string }>(text, values)).rows.map((row) => row.id);
  return {
    /**
     * Scheduled communications whose time came at least `seconds` ago and that nothing holds, urgent ones first; and freezes a
     * kill left unfinished.
     */
    due: (seconds = 0) =>
      ids(
        `SELECT c.id FROM communication c JOIN campaign k ON k.id = c.campaign_id
          WHERE (c.state = 'scheduled' AND c.due_at <= app_now() - make_interval(secs => $1) AND why_stopped(c.id, '') IS NULL)
             OR (c.state = 'releasing' AND c.released_at <= app_now() - make_interval(secs => $1))
          ORDER BY k.class <> 'emergency', c.due_at LIMIT 100`,
        [seconds],
      ),

    /**
     * How many ms until the next scheduled communication falls due, of those due within `aheadMs` or at most `backMs` ago; null
     * where there is none.
     */
    async nextDue(backMs: number, aheadMs: number): Promise<number | null> {
      const { rows } = await pool.query<{ ms: number | null }>(
        `SELECT greatest(0, ceil(extract(epoch FROM min(due_at) - app_now()) * 1000))::int AS ms FROM communication
          WHERE state = 'scheduled' AND due_at > app_now() - make_interval(secs => $1::float8 / 1000)
            AND due_at <= app_now() + make_interval(secs => $2::float8 / 1000)`,
        [backMs, aheadMs],
      );
      return rows[0]?.ms ?? null;
    },

    /** Renditions nobody has made yet of what is scheduled or on its way: made before their time, they keep nobody waiting. */
    wantedRenditions: () =>
      ids(
        `SELECT r.id FROM rendition r JOIN communication c ON c.id = r.communication_id
          WHERE r.state = 'wanted' AND c.state IN ('scheduled', 'releasing', 'released')
          ORDER BY c.due_at LIMIT 100`,
      ),
    /** Those somebody waits for since `seconds` ago. */
    overdueRenditions: (seconds: number) =>
      ids(
        `SELECT r.id FROM rendition r JOIN communication c ON c.id = r.communication_id
          WHERE r.state = 'wanted' AND c.state = 'released' AND c.released_at <= app_now() - make_interval(secs => $1)
          ORDER BY c.released_at LIMIT 100`,
        [seconds],
      ),

    /** Closes finished batches and dispatches of one dispatch, or of all, and completes their communications. */
    close: (
      dispatchId: string | null,
      lineOf: (communicationId: string) => Promise<LogLine>,
    ): Promise<string[]> =>
      transaction(async (sql, log) => {
        await lockCommunications(sql, dispatchId);
        const { rows } = await sql.query<{ communicationId: string }>(CLOSE, [dispatchId]);
        const done: string[] = [];
        for (const { communicationId } of rows) {
          const moved = await sql.query(
            "UPDATE communication SET state = 'completed', completed_at = now() WHERE id = $1 AND state = 'released'",
            [communicationId],
          );
          if (moved.rowCount !== 1) continue;
          log(await lineOf(communicationId));
          done.push(communicationId);
        }
        return done;
      }),
  };
}

/** Two workers closing the last two batches must see each other's close; rows are locked in one order. */
const lockCommunications = (sql: Sql, dispatchId: string | null) =>
  sql.query(
    `SELECT 1 FROM communication c
      WHERE c.state = 'released' AND ($1::uuid IS NULL OR c.id = (SELECT communication_id FROM dispatch WHERE id = $1))
      ORDER BY c.id FOR UPDATE`,
    [dispatchId],
  );
