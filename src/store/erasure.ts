// Erasing a person: what remains is the keyed hash of the address, suppressed, and what was once agreed to and taken back.
import type { LogLine } from "../domain/log-entry.ts";
import type { Database } from "./database.ts";

export function openErasure({ transaction }: Database) {
  return {
    /** False where they were gone already. */
    erase: (subscriberId: string, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const { rows } = await sql.query<{ hash: string }>(
          "SELECT email_hash AS hash FROM subscriber WHERE id = $1 FOR UPDATE",
          [subscriberId],
        );
        const hash = rows[0]?.hash;
        if (hash === undefined) return false;
        await sql.query(
          "INSERT INTO suppression (email_hash, reason) VALUES ($1, 'erased') ON CONFLICT DO NOTHING",
          [hash],
        );
        await sql.query(
          `INSERT INTO former_consent (email_hash, list_key, basis, wording, source, given_at, withdrawn_at, end_reason)
           SELECT $2, list_key, basis, wording, source, given_at, coalesce(withdrawn_at, now()), coalesce(end_reason, 'withdrawn')
             FROM consent WHERE subscriber_id = $1`,
          [subscriberId, hash],
        );
        await sql.query(
          `UPDATE delivery SET state = 'suppressed', settled_at = now()
            WHERE id IN (SELECT d.id FROM dispatch p JOIN delivery d ON d.dispatch_id = p.id AND d.recipient_key = $1::text
                          WHERE p.state IN ('freezing', 'frozen', 'released') ORDER BY d.id FOR UPDATE OF d)
              AND state IN ('queued', 'deferred', 'held')`,
          [subscriberId],
        );
        await sql.query("DELETE FROM sign_up WHERE email_hash = $1", [hash]);
        await sql.query("DELETE FROM subscriber WHERE id = $1", [subscriberId]);
        log(line);
        return true;
      }),
  };
}
