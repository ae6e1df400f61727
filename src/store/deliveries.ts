// Deliveries on their way: claimed, let through the gate, recorded. Each write repeats its guard in SQL (src/store/sql).
import type { DeliveryState } from "../domain/delivery.ts";
import type { LogLine } from "../domain/log-entry.ts";
import { type Database, statement } from "./database.ts";

const CLAIM = statement("claim-batch");
const PASS = statement("pass-gate");
const DENY = statement("deny-gate");
const RECORD = statement("record-outcomes");

/** One delivery as a worker holds it. Addresses live here only as long as the batch does. */
export interface Claimed {
  readonly id: number;
  readonly attempt: number;
  readonly renditionId: string;
  /** Communication, channel and recipient: the same on every attempt, so that doing it twice can be recognised. */
  readonly deliveryKey: string;
  readonly subscriberId: string | null;
  readonly email: string | null;
  readonly firstName: string | null;
  readonly ward: string | null;
}
export type Ticket = Pick<Claimed, "id" | "attempt">;
export interface Report extends Ticket {
  readonly state: DeliveryState;
  readonly code: string | null;
  readonly proof: string | null;
  /** Minutes until the next try; deferred only. */
  readonly waitMinutes: number;
}
export type StateCounts = Partial<Record<DeliveryState, number>>;

const count = (rows: readonly { state: DeliveryState }[]): StateCounts => {
  const counts: StateCounts = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
};
const columns = (tickets: readonly Ticket[]) => [tickets.map((t) => t.id), tickets.map((t) => t.attempt)];

export function openDeliveries({ pool, transaction }: Database) {
  return {
    async claim(
      dispatchId: string,
      batchNo: number,
      owner: string,
      leaseSeconds: number,
    ): Promise<Claimed[]> {
      return (await pool.query<Claimed>(CLAIM, [dispatchId, batchNo, owner, leaseSeconds])).rows;
    },

    /** Keeps alive what `owner` still holds. Rows being written just now are passed over: waiting for them could deadlock. */
    async renew(owner: string, leaseSeconds: number): Promise<void> {
      await pool.query(
        `UPDATE delivery SET lease_until = now() + make_interval(secs => $2)
          WHERE id IN (SELECT id FROM delivery WHERE lease_owner = $1 AND state IN ('claimed', 'intent')
                          FOR UPDATE SKIP LOCKED)`,
        [owner, leaseSeconds],
      );
    },

    /**
     * Gives back what `owner` claimed and did not let through the gate: an orderly stop leaves no lease behind. What was
     * given back too often is dead and shown, so that one bad item cannot go round for ever.
     */
    async giveBack(owner: string, mostAttempts: number): Promise<void> {
      await pool.query(
        `UPDATE delivery SET state = CASE WHEN attempt >= $2 THEN 'dead' ELSE 'queued' END,
                settled_at = CASE WHEN attempt >= $2 THEN now() END, lease_owner = NULL, lease_until = NULL
          WHERE lease_owner = $1 AND state = 'claimed'`,
        [owner, mostAttempts],
      );
    },

    /** For each ticket, whether it may leave now. One commit for all of them. */
    async pass(owner: string, tickets: readonly Ticket[]): Promise<boolean[]> {
      const { rows } = await pool.query<{ id: number }>(PASS, [...columns(tickets), owner]);
      const through = new Set(rows.map((row) => row.id));
      return tickets.map((ticket) => through.has(ticket.id));
    },

    /** Ends what the gate stopped; the line is written only when something ended. */
    deny: (
      owner: string,
      tickets: readonly Ticket[],
      line: (counts: StateCounts) => LogLine,
    ): Promise<StateCounts> =>
      transaction(async (sql, log) => {
        const counts = count(
          (await sql.query<{ state: DeliveryState }>(DENY, [...columns(tickets), owner])).rows,
        );
        if (Object.keys(counts).length > 0) log(line(counts));
        return counts;
      }),

    /** Writes outcomes and their log line in one transaction; returns what was really written (the fence may refuse some). */
    record: (reports: readonly Report[], line: (counts: StateCounts) => LogLine): Promise<StateCounts> =>
      transaction(async (sql, log) => {
        const values = [
          ...columns(reports),
          reports.map((r) => r.state),
          reports.map((r) => r.code),
          reports.map((r) => r.proof),
          reports.map((r) => r.waitMinutes),
        ];
        const counts = count((await sql.query<{ state: DeliveryState }>(RECORD, values)).rows);
        if (Object.keys(counts).length > 0) log(line(counts));
        return counts;
      }),
  };
}
