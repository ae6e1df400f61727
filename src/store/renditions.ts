// Renditions: wanted, then ready or refused. What is refused holds its own deliveries and no others.
import type { LogLine } from "../domain/log-entry.ts";
import type { Database } from "./database.ts";

export function openRenditions({ prisma, transaction }: Database) {
  return {
    one: (id: string) =>
      prisma.rendition.findUnique({
        where: { id },
        include: { communication: { include: { campaign: true }, omit: { text: true } } },
      }),

    /** False when somebody else made it first. */
    ready: (id: string, body: object, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const moved = await sql.query(
          "UPDATE rendition SET state = 'ready', body = $2 WHERE id = $1 AND state = 'wanted'",
          [id, body],
        );
        if (moved.rowCount === 1) log(line);
        return moved.rowCount === 1;
      }),

    /** It is not what was approved: nothing of it may leave (I3). */
    refuse: (id: string, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const moved = await sql.query(
          "UPDATE rendition SET state = 'refused' WHERE id = $1 AND state = 'wanted'",
          [id],
        );
        if (moved.rowCount !== 1) return false;
        await sql.query(
          `WITH kept AS (
             UPDATE batch SET ring_at = NULL, fence = fence + 1
              WHERE rendition_id = $1 AND lease_owner IS NULL AND done_at IS NULL RETURNING dispatch_id, batch_no)
           UPDATE delivery d SET state = 'held' FROM kept k
            WHERE d.dispatch_id = k.dispatch_id AND d.batch_no = k.batch_no AND d.state = 'queued'`,
          [id],
        );
        log(line);
        return true;
      }),
  };
}
