// The table that says in which area a postcode lies.
import type { LogLine } from "../domain/log-entry.ts";
import type { Database } from "./database.ts";

export interface PostcodeRow {
  /** Capitals, no spaces (src/domain/postcode.ts). */
  readonly postcode: string;
  readonly areaCode: string;
}

const STRETCH = 20_000;
const WRITE = `
INSERT INTO postcode (postcode, area_code) SELECT * FROM unnest($1::text[], $2::text[]) ON CONFLICT (postcode) DO UPDATE SET area_code = excluded.area_code`;

export function openPostcodes({ pool, transaction }: Database) {
  return {
    /** All of them or none; with `replace`, the others go. No two rows may be of one postcode. */
    write: (
      rows: readonly PostcodeRow[],
      { replace, line }: { replace: boolean; line: LogLine },
    ): Promise<void> =>
      transaction(async (sql, log) => {
        if (replace) await sql.query("DELETE FROM postcode");
        for (let at = 0; at < rows.length; at += STRETCH) {
          const some = rows.slice(at, at + STRETCH);
          await sql.query(WRITE, [some.map((row) => row.postcode), some.map((row) => row.areaCode)]);
        }
        log(line);
      }),
    count: async (): Promise<number> =>
      (await pool.query<{ n: number }>("SELECT count(*)::int AS n FROM postcode")).rows[0]?.n ?? 0,
    /** The area of a postcode in that form; null where it is not in the table. */
    areaOf: async (postcode: string): Promise<string | null> =>
      (
        await pool.query<{ code: string }>("SELECT area_code AS code FROM postcode WHERE postcode = $1", [
          postcode,
        ])
      ).rows[0]?.code ?? null,
  };
}
