// Batches: claimed by one worker under a fence, worked, let go. Each write repeats its guard in SQL (src/store/sql).
import type { Lane } from "../domain/lane.ts";
import type { LogLine } from "../domain/log-entry.ts";
import type { Ended } from "../domain/threshold.ts";
import { type Database, statement } from "./database.ts";
import { type Place, silence } from "./silence.ts";

const CLAIM = statement("claim-batch");
const DELIVERIES = statement("batch-deliveries");
const FINISH = statement("finish-batch");
const LAPSE = statement("lapse-leases");
const SPLIT = statement("split-batch");

/** `reviewed`: a person let it go on before. Batches that are done carry their counts: this costs no more late in a campaign. */
const ENDED = `
SELECT coalesce(sum((b.counts ->> 'accepted')::int), 0)::int AS accepted, coalesce(sum((b.counts ->> 'refused')::int), 0)::int AS refused,
       coalesce(sum(b.missing), 0)::int AS missing,
       (SELECT c.reviewed FROM dispatch p JOIN communication c ON c.id = p.communication_id WHERE p.id = $1) AS reviewed
  FROM batch b WHERE b.dispatch_id = $1 AND b.done_at IS NOT NULL`;

/** A claimed batch and what it is about. `fence` is the token every later write of this claim names. */
export interface Batch {
  readonly dispatchId: string;
  readonly batchNo: number;
  readonly fence: number;
  readonly renditionId: string;
  readonly channelKey: string;
  readonly communicationId: string;
  readonly reference: string;
  readonly campaignKey: string;
  readonly leadAgencyKey: string;
  readonly sensitive: boolean;
  /** True once it is past its latest useful time: it ends, nothing is sent. */
  readonly late: boolean;
  /** The list behind the channel; null where it publishes once for everyone. */
  readonly listKey: string | null;
  readonly account: string;
  /** How often a minute the account may be asked; null where nobody counts. */
  readonly mostPerMinute: number | null;
}

/** One delivery as a worker holds it. Addresses live here only as long as the batch does. */
export interface Waiting {
  readonly id: number;
  readonly fence: number;
  readonly dispatchId: string;
  /** How often it was put off before. */
  readonly tries: number;
  /** Communication, channel and recipient: the same on every attempt, so that doing it twice can be recognised. */
  readonly deliveryKey: string;
  readonly subscriberId: string | null;
  readonly email: string | null;
  readonly firstName: string | null;
  readonly ward: string | null;
  /** They asked for messages without html. */
  readonly plain: boolean | null;
}

export interface Lapsed {
  readonly dispatchId: string;
  readonly batchNo: number;
  readonly deaths: number;
  readonly reference: string;
  readonly campaignKey: string;
  readonly leadAgencyKey: string;
  readonly channelKey: string;
  readonly doubts: number;
}

export function openBatches(database: Database) {
  const { pool, transaction } = database;
  return {
    /** The next ripe batch of a channel and lane, or null. `resting`: message classes that wait for the end of quiet hours. */
    async claim(
      owner: string,
      channelKey: string,
      lane: Lane,
      resting: readonly string[],
    ): Promise<Batch | null> {
      return (await pool.query<Batch>(CLAIM, [owner, channelKey, lane, resting])).rows[0] ?? null;
    },

    async deliveries({ dispatchId, batchNo, fence }: Batch): Promise<Waiting[]> {
      return (await pool.query<Waiting>(DELIVERIES, [dispatchId, batchNo, fence])).rows;
    },

    /** Suppresses whom this batch's answers said to be nobody; returns how many. Before it is let go of, however often. */
    silence: (place: Place, line: (people: number) => LogLine): Promise<number> =>
      silence(database, place, line),

    /** Lets go of it. True when every delivery of it has ended. `againSeconds`: when it may ring again if something is left. */
    async finish(owner: string, batch: Batch, againSeconds: number): Promise<boolean> {
      const values = [owner, batch.dispatchId, batch.batchNo, batch.fence, againSeconds];
      return (await pool.query<{ done: boolean }>(FINISH, values)).rows[0]?.done ?? false;
    },

    /** Ends what is left of a batch that has become too late; returns how many. */
    expire: (
      owner: string,
      { dispatchId, batchNo, fence }: Batch,
      line: (expired: number) => LogLine,
    ): Promise<number> =>
      transaction(async (sql, log) => {
        const { rowCount } = await sql.query(
          `UPDATE delivery d SET state = 'expired', settled_at = now() FROM batch b
            WHERE d.dispatch_id = $2 AND d.batch_no = $3 AND d.state IN ('queued', 'deferred')
              AND b.dispatch_id = $2 AND b.batch_no = $3 AND b.lease_owner = $1 AND b.fence = $4`,
          [owner, dispatchId, batchNo, fence],
        );
        if (rowCount) log(line(rowCount));
        return rowCount ?? 0;
      }),

    /** False while a hold, a pause or the provider keeps everything of this dispatch back. */
    async isOpen(dispatchId: string): Promise<boolean> {
      return (await pool.query("SELECT 1 FROM sendable_dispatch WHERE id = $1", [dispatchId])).rowCount === 1;
    },

    /** Gives back what is leased to `owner` and not among `held` ("dispatch/number"): claims whose answers were lost. */
    async giveBack(owner: string, held: readonly string[]): Promise<void> {
      await pool.query(
        `UPDATE batch SET lease_owner = NULL, ring_at = app_now()
          WHERE lease_owner = $1 AND NOT (dispatch_id || '/' || batch_no = ANY ($2::text[]))`,
        [owner, held],
      );
    },

    /** Rings what is put off for longer than anything waits: a clock that was ahead said so. */
    async ringPutOff(longestSeconds: number): Promise<void> {
      await pool.query(
        "UPDATE batch SET ring_at = app_now() WHERE ring_at > app_now() + make_interval(secs => $1)",
        [longestSeconds],
      );
    },

    /** The channels and lanes in which something could be claimed now. */
    async ripe(): Promise<{ channelKey: string; lane: Lane }[]> {
      const { rows } = await pool.query<{ channelKey: string; lane: Lane }>(
        `SELECT DISTINCT p.channel_key AS "channelKey", p.lane FROM sendable_dispatch p
          WHERE EXISTS (SELECT 1 FROM batch b WHERE b.dispatch_id = p.id AND b.ring_at <= app_now())`,
      );
      return rows;
    },

    /** Takes back what dead workers held; a line for each batch of which something is in doubt now. */
    lapse: (leaseSeconds: number, line: (lapsed: Lapsed) => LogLine): Promise<Lapsed[]> =>
      transaction(async (sql, log) => {
        const { rows } = await sql.query<Lapsed>(LAPSE, [leaseSeconds]);
        for (const lapsed of rows) if (lapsed.doubts > 0) log(line(lapsed));
        return rows;
      }),

    async split({ dispatchId, batchNo }: Lapsed, into: number): Promise<void> {
      await pool.query(SPLIT, [dispatchId, batchNo, into]);
    },

    /** How a dispatch's deliveries ended so far: of the batches that are done. */
    async ended(dispatchId: string): Promise<Ended> {
      const { rows } = await pool.query<Ended>(ENDED, [dispatchId]);
      return rows[0] ?? { accepted: 0, refused: 0, missing: 0, reviewed: false };
    },

    /** What is left of a batch to send; when it is one, it is the one workers die of. */
    async left({ dispatchId, batchNo }: Lapsed): Promise<number[]> {
      const { rows } = await pool.query<{ id: number }>(
        "SELECT id FROM delivery WHERE dispatch_id = $1 AND batch_no = $2 AND state IN ('queued', 'deferred') LIMIT 2",
        [dispatchId, batchNo],
      );
      return rows.map((row) => row.id);
    },

    bury: (deliveryId: number, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const { rowCount } = await sql.query(
          `UPDATE delivery SET state = 'dead', outcome_code = 'kills-the-worker', settled_at = now()
            WHERE id = $1 AND state IN ('queued', 'deferred')`,
          [deliveryId],
        );
        if (rowCount === 1) log(line);
        return rowCount === 1;
      }),
  };
}
