// What the sweeper finds: due work without a job, ended leases, deferred work whose time has come, doubt, and finished work.
import { RING_AGAIN_SECONDS } from "../../config/limits.ts";
import type { DeliveryState } from "../domain/delivery.ts";
import type { LogLine } from "../domain/log-entry.ts";
import { type Database, type Sql, statement } from "./database.ts";

const LAPSE = statement("lapse-leases");
const RETRY = statement("retry-deferred");
const SILENT = statement("silent-batches");
const CLOSE = statement("close-batches");

export interface Swept {
  readonly communicationId: string;
  readonly channelKey: string;
  readonly state: DeliveryState;
  readonly count: number;
}
export interface Doubt {
  readonly id: number;
  readonly attempt: number;
  readonly communicationId: string;
  readonly channelKey: string;
  readonly deliveryKey: string;
}
export interface BatchRef {
  readonly dispatchId: string;
  readonly batchNo: number;
}
/** What a swept row is about: its communication's reference and campaign. */
type About = {
  readonly reference: string;
  readonly campaign: { readonly key: string; readonly leadAgencyKey: string };
};
type LineOf = (about: About, swept: Swept) => LogLine;

export function openSweeping({ pool, transaction }: Database) {
  const swept = (
    text: string,
    values: unknown[],
    lineOf: LineOf,
    told: readonly DeliveryState[],
  ): Promise<Swept[]> =>
    transaction(async (sql, log) => {
      const { rows } = await sql.query<Swept>(text, values);
      for (const row of rows)
        if (told.includes(row.state)) log(lineOf(await aboutOf(sql, row.communicationId), row));
      return rows;
    });

  return {
    /** Scheduled communications whose time has come, oldest first. */
    async due(): Promise<string[]> {
      const { rows } = await pool.query<{ id: string }>(
        "SELECT id FROM communication WHERE state = 'scheduled' AND due_at <= now() ORDER BY due_at LIMIT 100",
      );
      return rows.map((row) => row.id);
    },
    lapse: (lineOf: LineOf) => swept(LAPSE, [], lineOf, ["in_doubt"]),
    retry: (mostAttempts: number, lineOf: LineOf) =>
      swept(RETRY, [mostAttempts], lineOf, ["expired", "dead"]),

    /** Renditions of released communications that nobody has made yet. */
    async wantedRenditions(): Promise<string[]> {
      const { rows } = await pool.query<{ id: string }>(
        `SELECT r.id FROM rendition r JOIN communication c ON c.id = r.communication_id
          WHERE r.state = 'wanted' AND c.state = 'released' LIMIT 500`,
      );
      return rows.map((row) => row.id);
    },

    async silentBatches(): Promise<BatchRef[]> {
      return (await pool.query<BatchRef>(SILENT, [RING_AGAIN_SECONDS])).rows;
    },

    async inDoubt(limit: number): Promise<Doubt[]> {
      const { rows } = await pool.query<Doubt>(
        `SELECT id, attempt, communication_id AS "communicationId", channel_key AS "channelKey",
                communication_id || '/' || channel_key || '/' || recipient_key AS "deliveryKey"
           FROM delivery WHERE state = 'in_doubt' ORDER BY id LIMIT $1`,
        [limit],
      );
      return rows;
    },

    /** Ends one doubt: it was taken (with its proof), or it was not and goes back to the queue. False when somebody was first. */
    settleDoubt: (doubt: Doubt, proof: string | null, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const moved = await sql.query(
          `UPDATE delivery SET state = CASE WHEN $3::text IS NULL THEN 'queued' ELSE 'accepted' END, proof = $3,
                  settled_at = CASE WHEN $3::text IS NULL THEN NULL ELSE now() END
            WHERE id = $1 AND attempt = $2 AND state = 'in_doubt'`,
          [doubt.id, doubt.attempt, proof],
        );
        if (moved.rowCount !== 1) return false;
        if (proof === null)
          await sql.query(
            `UPDATE batch b SET rung_at = NULL FROM delivery d
              WHERE d.id = $1 AND b.dispatch_id = d.dispatch_id AND b.batch_no = d.batch_no`,
            [doubt.id],
          );
        log(line);
        return true;
      }),

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

async function aboutOf(sql: Sql, communicationId: string): Promise<About> {
  const { rows } = await sql.query<{ reference: string; key: string; leadAgencyKey: string }>(
    `SELECT c.reference, k.key, k.lead_agency_key AS "leadAgencyKey"
       FROM communication c JOIN campaign k ON k.id = c.campaign_id WHERE c.id = $1`,
    [communicationId],
  );
  const row = rows[0];
  if (!row) throw new Error(`communication ${communicationId} is missing`);
  return { reference: row.reference, campaign: row };
}

/** Two workers closing the last two batches must see each other's close; rows are locked in one order. */
const lockCommunications = (sql: Sql, dispatchId: string | null) =>
  sql.query(
    `SELECT 1 FROM communication c
      WHERE c.state = 'released' AND ($1::uuid IS NULL OR c.id = (SELECT communication_id FROM dispatch WHERE id = $1))
      ORDER BY c.id FOR UPDATE`,
    [dispatchId],
  );
