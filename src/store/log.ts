// Reads the shared record. Writing happens only inside the transaction of the move it describes (database.ts).
import type { StoredEntry } from "../domain/log-entry.ts";
import type { Database } from "./database.ts";

export interface LogFilter {
  readonly campaign?: string;
  readonly reference?: string;
  readonly before?: number;
  readonly limit: number;
}

const COLUMNS = `seq, at, body, prev_hash AS "prevHash", hash`;

export function openLog({ pool }: Database) {
  return {
    /** Newest first. */
    async list({ campaign, reference, before, limit }: LogFilter): Promise<StoredEntry[]> {
      const { rows } = await pool.query<StoredEntry>(
        `SELECT ${COLUMNS} FROM log_entry
          WHERE ($1::text IS NULL OR campaign_key = $1) AND ($2::text IS NULL OR reference = $2) AND ($3::bigint IS NULL OR seq < $3)
          ORDER BY seq DESC LIMIT $4`,
        [campaign ?? null, reference ?? null, before ?? null, limit],
      );
      return rows;
    },

    async entry(seq: number): Promise<StoredEntry | null> {
      const { rows } = await pool.query<StoredEntry>(`SELECT ${COLUMNS} FROM log_entry WHERE seq = $1`, [
        seq,
      ]);
      return rows[0] ?? null;
    },

    async count(campaign?: string): Promise<number> {
      // Numbered without a gap from 1: the newest number is how many there are, however long the log has become.
      const { rows } =
        campaign === undefined
          ? await pool.query<{ count: number }>("SELECT coalesce(max(seq), 0) AS count FROM log_entry")
          : await pool.query<{ count: number }>(
              "SELECT count(*) AS count FROM log_entry WHERE campaign_key = $1",
              [campaign],
            );
      return rows[0]?.count ?? 0;
    },

    /** The sum of one number over a campaign's lines of one kind, e.g. how many the log says were accepted. */
    async sum(campaign: string, kind: string, fact: string): Promise<number> {
      const { rows } = await pool.query<{ sum: number | null }>(
        `SELECT sum((body::jsonb -> 'facts' ->> $3)::bigint)::bigint AS sum FROM log_entry WHERE campaign_key = $1 AND kind = $2`,
        [campaign, kind, fact],
      );
      return rows[0]?.sum ?? 0;
    },

    /** Every entry in order, a page at a time, so that a log of any length can be checked in little memory. */
    async *all(page = 5_000): AsyncGenerator<StoredEntry> {
      for (let after = -1; ;) {
        const { rows } = await pool.query<StoredEntry>(
          `SELECT ${COLUMNS} FROM log_entry WHERE seq > $1 ORDER BY seq LIMIT $2`,
          [after, page],
        );
        yield* rows;
        const last = rows.at(-1);
        if (!last) return;
        after = last.seq;
      }
    },
  };
}
