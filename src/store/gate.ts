// The commit gate's one statement, and what ends those it stopped. The function itself is in the migrations (commit_gate).
import type { DeliveryState } from "../domain/delivery.ts";
import type { LogLine } from "../domain/log-entry.ts";
import { type Database, statement } from "./database.ts";

const DENY = statement("deny-gate");
const COMMIT = "SELECT commit_gate($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) AS id";

/** What asks to pass. */
export interface Ticket {
  readonly id: number;
  readonly fence: number;
  readonly dispatchId: string;
  /** Communication, channel and recipient; the journal beside the database names the first two. */
  readonly deliveryKey?: string;
}
/** What became of an earlier attempt. */
export interface Report {
  readonly id: number;
  readonly fence: number;
  readonly state: DeliveryState;
  readonly code: string | null;
  readonly proof: string | null;
  /** Minutes until the next try; deferred only. */
  readonly waitMinutes: number;
  /** False where it ended before the gate: then nothing had left. */
  readonly passed: boolean;
}
export type StateCounts = Partial<Record<DeliveryState, number>>;

const byId = (a: { id: number }, b: { id: number }) => a.id - b.id;

/** One ticket a delivery, that of the highest fence; whoever holds another for it is not let through. */
function latest(asked: readonly Ticket[]): Ticket[] {
  const found = new Map<number, Ticket>();
  for (const ticket of asked)
    if (ticket.fence > (found.get(ticket.id)?.fence ?? -1)) found.set(ticket.id, ticket);
  return [...found.values()];
}

export function openGateStore({ pool, transaction }: Database) {
  return {
    /**
     * One commit: `told` is written with its log lines, and of `asked` those that may leave now are returned. The statement answers
     * with ids alone, so it is asked once for each delivery: of two claims of one delivery only the later may still be a claim (D3).
     */
    async commit(
      owner: string,
      asked: readonly Ticket[],
      told: readonly Report[],
      mostTries: number,
    ): Promise<ReadonlySet<Ticket>> {
      // In the order of their ids, so that two writers of the same rows never wait for each other.
      const tickets = latest(asked).toSorted(byId);
      const reports = told.toSorted(byId);
      const { rows } = await pool.query<{ id: number }>({
        name: "commit-gate",
        text: COMMIT,
        values: [
          owner,
          [...new Set(tickets.map((t) => t.dispatchId))],
          tickets.map((t) => t.id),
          tickets.map((t) => t.fence),
          reports.map((r) => r.id),
          reports.map((r) => r.fence),
          reports.map((r) => r.state),
          reports.map((r) => r.code),
          reports.map((r) => r.proof),
          reports.map((r) => r.waitMinutes),
          reports.map((r) => r.passed),
          mostTries,
        ],
      });
      const passed = new Set(rows.map((row) => row.id));
      return new Set(tickets.filter(({ id }) => passed.has(id)));
    },

    /** Ends what was stopped for a reason of its own; the line is written only when something ended. */
    deny: (
      owner: string,
      fence: number,
      ids: readonly number[],
      line: (counts: StateCounts) => LogLine,
    ): Promise<StateCounts> =>
      transaction(async (sql, log) => {
        const { rows } = await sql.query<{ state: DeliveryState }>(DENY, [ids, fence, owner]);
        const counts: StateCounts = {};
        for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
        if (rows.length > 0) log(line(counts));
        return counts;
      }),
  };
}
