// Lists on their way out: who may be written to, in one moment's truth, and the word of two people for a sensitive list.
import type pg from "pg";
import { EXPORT_AGREED_DAYS } from "../../config/audience-limits.ts";
import type { LogLine } from "../domain/log-entry.ts";
import type { Database } from "./database.ts";

export interface ExportRow {
  readonly email: string;
  readonly firstName: string | null;
  readonly language: string;
  readonly areaCode: string | null;
  readonly groups: readonly string[];
  /** As they stand in the row: the sensitive ones sealed. */
  readonly interests: readonly string[];
  readonly ageBand: string;
  readonly basis: string;
  readonly wording: string;
  readonly source: string;
  readonly givenAt: Date;
}
export interface ExportRequestRow {
  readonly id: string;
  readonly listKey: string;
  readonly why: string;
  readonly askedBy: string;
  readonly askedAt: Date;
  readonly agreedBy: string | null;
  readonly agreedAt: Date | null;
  readonly usedAt: Date | null;
}

const STRETCH = 5_000;
const FROM = `
  FROM consent c JOIN subscriber s ON s.id = c.subscriber_id
 WHERE c.list_key = $1 AND c.withdrawn_at IS NULL AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)`;
const ROWS = `
SELECT s.id, s.email, s.first_name AS "firstName", s.language, s.area_code AS "areaCode", s.groups, s.interests, s.age_band AS "ageBand",
       c.basis, c.wording, c.source, c.given_at AS "givenAt" ${FROM} AND c.subscriber_id > $2 ORDER BY c.subscriber_id LIMIT ${STRETCH}`;
const FIRST = "00000000-0000-0000-0000-000000000000";

export function openExports({ pool, prisma, transaction, record }: Database) {
  return {
    /**
     * Gives everybody on the list who may be written to, some thousands at a time, to `each`; how many. `line` is in the log, and the
     * request used, before the first row is read: nothing leaves that is not on record. "not-agreed": the request is not good any more.
     */
    export: (
      listKey: string,
      { requestId, line }: { requestId: string | null; line: (people: number) => LogLine },
      each: (rows: readonly ExportRow[]) => Promise<void>,
    ): Promise<number | "not-agreed"> =>
      inSnapshot(pool, async (client) => {
        const { rows } = await client.query<{ people: number }>(`SELECT count(*)::int AS people ${FROM}`, [
          listKey,
        ]);
        const people = rows[0]?.people ?? 0;
        const recorded = await transaction(async (sql, log) => {
          const used =
            requestId === null
              ? 1
              : (await sql.query(USE, [requestId, listKey, EXPORT_AGREED_DAYS])).rowCount;
          if (used === 1) log(line(people));
          return used === 1;
        });
        if (!recorded) return "not-agreed";
        for (let after = FIRST; ;) {
          const stretch = await client.query<ExportRow & { id: string }>(ROWS, [listKey, after]);
          if (stretch.rows.length > 0) await each(stretch.rows);
          const last = stretch.rows.at(-1);
          if (!last || stretch.rows.length < STRETCH) return people;
          after = last.id;
        }
      }),

    ask: (listKey: string, why: string, by: string, line: LogLine): Promise<string> =>
      record(async (tx, log) => {
        const { id } = await tx.exportRequest.create({ data: { listKey, why, askedBy: by } });
        log(line);
        return id;
      }),

    /** False: somebody agreed before, it was used, or who asks and who agrees are one. */
    agree: (id: string, by: string, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const agreed = await sql.query(
          `UPDATE export_request SET agreed_by = $2, agreed_at = now()
            WHERE id = $1 AND agreed_by IS NULL AND used_at IS NULL AND lower(asked_by) <> lower($2)`,
          [id, by],
        );
        if (agreed.rowCount === 1) log(line);
        return agreed.rowCount === 1;
      }),

    request: (id: string): Promise<ExportRequestRow | null> =>
      prisma.exportRequest.findUnique({ where: { id } }),
    /** Those that were asked for and not used, newest first. */
    open: (): Promise<ExportRequestRow[]> =>
      prisma.exportRequest.findMany({ where: { usedAt: null }, orderBy: { askedAt: "desc" }, take: 100 }),
  };
}

/** $1 request, $2 list, $3 for how many days two people's word is good. */
const USE = `
UPDATE export_request SET used_at = now()
 WHERE id = $1 AND list_key = $2 AND agreed_by IS NOT NULL AND used_at IS NULL AND agreed_at > now() - make_interval(days => $3)`;

async function inSnapshot<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
    const result = await work(client);
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (error) {
    client.release(true);
    throw error;
  }
}
