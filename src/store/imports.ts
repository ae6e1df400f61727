// Imports of lists: rows on their way in, and what is told about them afterwards. Taking them is import-taking.ts.
import { finished } from "node:stream/promises";
import type pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import type { Database } from "./database.ts";
import { type ImportCounts, type Taken, takeRows, type Taking } from "./import-taking.ts";

export interface ImportOrder {
  readonly listKey: string;
  /** The name only, never a path. */
  readonly fileName: string;
  readonly madeBy: string;
  readonly settings: Readonly<Record<string, unknown>>;
}
export interface ImportRecord extends ImportOrder {
  readonly id: string;
  readonly state: "reading" | "done" | "failed";
  readonly counts: ImportCounts;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
}
export interface ImportNote {
  readonly rowNo: number;
  readonly field: string;
  readonly why: string;
  readonly became: string;
}
export type ImportSession = Awaited<ReturnType<typeof openSession>>;

const COPY = `COPY import_row (import_id, row_no, email, email_hash, first_name, language, area_code, postcode, groups, interests,
  age_band, basis, wording, source, given_at) FROM STDIN`;
const NOTES = `
INSERT INTO import_refusal (import_id, row_no, field, why, became)
SELECT $1, n.* FROM unnest($2::int[], $3::text[], $4::text[], $5::text[]) n ON CONFLICT DO NOTHING`;
const RECORD = `id, list_key AS "listKey", file_name AS "fileName", state, made_by AS "madeBy", settings, counts,
       started_at AS "startedAt", finished_at AS "finishedAt"`;

/** Imports nobody is at any more: the process that read them is gone, and with its connection the lock it held. */
const LEFT = `
UPDATE import SET state = 'failed', finished_at = now(), counts = counts || '{"why": "interrupted"}'
 WHERE state = 'reading' AND pg_try_advisory_xact_lock(7202, hashtext(id::text)) RETURNING id`;

export function openImports({ pool, transaction }: Database) {
  return {
    /** The import is visible as "reading" from here on; nothing else is before it is taken. End the session whatever happens. */
    begin: (order: ImportOrder): Promise<ImportSession> => openSession(pool, order),

    /** Clears away what killed imports left behind; how many those were. Safe at any time, also beside running imports. */
    clear: (): Promise<number> =>
      transaction(async (sql) => {
        const left = await sql.query<{ id: string }>(LEFT);
        const ids = left.rows.map(({ id }) => id);
        await sql.query("DELETE FROM import_refusal WHERE import_id = ANY ($1)", [ids]);
        await sql.query(
          "DELETE FROM import_row r WHERE NOT EXISTS (SELECT 1 FROM import i WHERE i.id = r.import_id AND i.state = 'reading')",
        );
        return ids.length;
      }),

    /** The import that took this file into this list; null where none did. */
    async of(listKey: string, fileHash: string): Promise<ImportRecord | null> {
      const { rows } = await pool.query<ImportRecord>(
        `SELECT ${RECORD} FROM import WHERE list_key = $1 AND file_hash = $2 AND state = 'done'`,
        [listKey, fileHash],
      );
      return rows[0] ?? null;
    },
    async one(id: string): Promise<ImportRecord | null> {
      const { rows } = await pool.query<ImportRecord>(`SELECT ${RECORD} FROM import WHERE id = $1`, [id]);
      return rows[0] ?? null;
    },
    /** Newest first. */
    async list(limit: number): Promise<ImportRecord[]> {
      const { rows } = await pool.query<ImportRecord>(
        `SELECT ${RECORD} FROM import ORDER BY started_at DESC LIMIT $1`,
        [limit],
      );
      return rows;
    },
    /** Rows that were not simply taken, in their order; `after` is the last one seen. */
    async notes(id: string, { limit, after }: { limit: number; after?: ImportNote }): Promise<ImportNote[]> {
      const { rows } = await pool.query<ImportNote>(
        `SELECT row_no AS "rowNo", field, why, became FROM import_refusal
          WHERE import_id = $1 AND (row_no, field) > ($3::int, $4::text) ORDER BY row_no, field LIMIT $2`,
        [id, limit, after?.rowNo ?? 0, after?.field ?? ""],
      );
      return rows;
    },
  };
}

/** One connection of its own from the beginning to the end: its lock says that somebody is at it. */
async function openSession(pool: pg.Pool, order: ImportOrder) {
  const client = await pool.connect();
  try {
    const { rows } = await client.query<{ id: string }>(
      `WITH made AS (INSERT INTO import (list_key, file_name, made_by, settings) VALUES ($1, $2, $3, $4) RETURNING id)
       SELECT id, pg_advisory_lock(7202, hashtext(id::text)) FROM made`,
      [order.listKey, order.fileName, order.madeBy, order.settings],
    );
    const id = rows[0]?.id ?? "";
    return { id, ...sessionOf(pool, client, id) };
  } catch (error) {
    client.release(true);
    throw error;
  }
}

function sessionOf(pool: pg.Pool, client: pg.PoolClient, id: string) {
  const copy = client.query(copyFrom(COPY));
  const ended = finished(copy);
  // Told by the next write; nobody may be listening in the moment it fails.
  ended.catch(() => undefined);
  return {
    /** Rows as COPY's text format has them. Waits until they are on their way. Throws when the connection is lost. */
    write: async (rows: string): Promise<void> => {
      const taken = new Promise<void>((resolve, reject) =>
        copy.write(rows, (error) => (error ? reject(error) : resolve())),
      );
      await Promise.race([taken, ended]);
    },
    note: async (notes: readonly ImportNote[]): Promise<void> => {
      const column = <K extends keyof ImportNote>(name: K) => notes.map((one) => one[name]);
      const columns = [column("rowNo"), column("field"), column("why"), column("became")];
      if (notes.length > 0) await pool.query(NOTES, [id, ...columns]);
    },
    progress: async (counts: ImportCounts): Promise<void> =>
      void (await pool.query("UPDATE import SET counts = $2 WHERE id = $1 AND state = 'reading'", [
        id,
        counts,
      ])),
    /** All rows are written: take them. */
    take: async (taking: Omit<Taking, "id">): Promise<Taken | "same"> => {
      copy.end();
      await ended;
      return takeRows(client, { id, ...taking });
    },
    /** Ends the session. `gone`: nothing is to remain of it; else what it did not take is kept as failed, with why. */
    end: async ({ gone, why }: { gone: boolean; why?: string }): Promise<void> => {
      copy.destroy();
      // The connection goes, and with it its lock and a COPY that was broken off.
      client.release(true);
      if (gone) await pool.query("DELETE FROM import WHERE id = $1 AND state = 'reading'", [id]);
      else
        await pool.query(
          "UPDATE import SET state = 'failed', finished_at = now(), counts = counts || $2 WHERE id = $1 AND state = 'reading'",
          [id, JSON.stringify({ why: why ?? "failed" })],
        );
      await pool.query(
        "DELETE FROM import_refusal r USING import i WHERE r.import_id = $1 AND i.id = r.import_id AND i.state = 'failed'",
        [id],
      );
      await pool.query("DELETE FROM import_row WHERE import_id = $1", [id]);
    },
  };
}
