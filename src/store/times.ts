// The windows of what is planned and not yet due: read whole, moved together with their line.
import type { Instants, StoredWindow } from "../domain/moved-times.ts";
import type { LogLine } from "../domain/log-entry.ts";
import type { Database } from "./database.ts";

/** Not released, and not given up. */
const AHEAD = ["draft", "in_review", "approved", "scheduled"];

export interface PlannedWindow extends StoredWindow {
  readonly id: string;
  readonly about: {
    readonly reference: string;
    readonly campaign: { readonly key: string; readonly leadAgencyKey: string };
  };
}

export function openTimes({ prisma, transaction }: Database) {
  return {
    /** What is due later than `now`, soonest first. */
    async ahead(now: string): Promise<PlannedWindow[]> {
      const found = await prisma.communication.findMany({
        where: { state: { in: AHEAD }, dueAt: { gt: now } },
        omit: { text: true },
        include: { campaign: { select: { key: true, leadAgencyKey: true } } },
        orderBy: [{ dueAt: "asc" }, { id: "asc" }],
      });
      return found.map((row) => ({
        ...row,
        about: { reference: row.reference, campaign: row.campaign },
        dueAt: row.dueAt.toISOString(),
        earliestAt: row.earliestAt?.toISOString() ?? null,
        latestUsefulAt: row.latestUsefulAt.toISOString(),
        expiresAt: row.expiresAt?.toISOString() ?? null,
      }));
    },

    /** False: it was released, changed or became due in between; then nothing was written. */
    move: (id: string, before: Instants, after: Instants, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const moved = await sql.query(
          `UPDATE communication SET due_at = $2, earliest_at = $3, latest_useful_at = $4, expires_at = $5
            WHERE id = $1 AND state = ANY($6) AND due_at > app_now()
              AND date_trunc('milliseconds', due_at) = $7`,
          [id, after.dueAt, after.earliestAt, after.latestUsefulAt, after.expiresAt, AHEAD, before.dueAt],
        );
        if (moved.rowCount === 1) log(line);
        return moved.rowCount === 1;
      }),
  };
}
