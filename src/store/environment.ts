// Which environment this database belongs to, what it promises, and the end of its record: what tells a copy or a restored backup apart.
import type { LogLine } from "../domain/log-entry.ts";
import type { Database, Sql } from "./database.ts";

export interface LogHead {
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
}
/** What a process sees of the database's identity in one look. */
export interface Identity {
  readonly environment: string | null;
  readonly stamp: string | null;
  /** The hash of the first entry of the record: the same in every copy, and in no other database. Null: nothing is recorded yet. */
  readonly genesis: string | null;
  readonly head: LogHead | null;
}

const IDENTITY = `
SELECT (SELECT name FROM environment) AS environment, (SELECT stamp::text FROM environment) AS stamp,
       (SELECT hash FROM log_entry WHERE seq = 1) AS genesis, h.seq, h.hash, h.at
  FROM (SELECT 1) one LEFT JOIN LATERAL (SELECT seq, hash, at FROM log_entry ORDER BY seq DESC LIMIT 1) h ON true`;
type Row = Omit<Identity, "head"> & {
  readonly seq: number | null;
  readonly hash: string;
  readonly at: string;
};

/** What the gate's own statements hold shared: whoever stops it waits for those in flight (commit_gate in the migrations). */
const againstTheGate = (sql: Sql) => sql.query("SELECT pg_advisory_xact_lock(7201, 3)");
const HOLD = `INSERT INTO hold (scope_kind, scope_key, reason, placed_by) VALUES ('everything', '', $1, $2) RETURNING id`;

export function openEnvironment({ pool, transaction }: Database) {
  const place = async (sql: Sql, reason: string, by: string): Promise<number> =>
    (await sql.query<{ id: number }>(HOLD, [reason, by])).rows[0]?.id ?? 0;
  return {
    async identity(): Promise<Identity> {
      const row = (await pool.query<Row>(IDENTITY)).rows[0];
      if (!row) throw new Error("the database did not say who it is");
      const { seq, hash, at, ...rest } = row;
      return { ...rest, head: seq === null ? null : { seq, hash, at } };
    },
    /** The database's clock, in ms since 1970. */
    async clock(): Promise<number> {
      const { rows } = await pool.query<{ ms: number }>(
        "SELECT (extract(epoch FROM app_now()) * 1000)::float8 AS ms",
      );
      return rows[0]?.ms ?? Number.NaN;
    },
    /** True where a commit may be forgotten in a crash: fsync or synchronous_commit is off. */
    async forgets(): Promise<boolean> {
      const { rows } = await pool.query<{ forgets: boolean }>(
        "SELECT current_setting('fsync') = 'off' OR current_setting('synchronous_commit') = 'off' AS forgets",
      );
      return rows[0]?.forgets ?? true;
    },
    /** A connection may have been made to another database than the one before: `listener` hears of each. */
    onConnection: (listener: () => void): void => void pool.on("connect", listener),

    /** Stamps the database anew and holds everything in the same moment. Returns the hold's number. */
    adopt: (
      name: string,
      by: string,
      reason: string,
      line: (was: string | null, hold: number) => LogLine,
    ): Promise<number> =>
      transaction(async (sql, log) => {
        await againstTheGate(sql);
        const { rows } = await sql.query<{ name: string }>("SELECT name FROM environment");
        await sql.query(
          `INSERT INTO environment (name) VALUES ($1)
           ON CONFLICT (id) DO UPDATE SET name = excluded.name, stamp = gen_random_uuid()`,
          [name],
        );
        const hold = await place(sql, reason, by);
        log(line(rows[0]?.name ?? null, hold));
        return hold;
      }),

    /** Holds everything because the database was restored, unless a hold of that kind is in force. Returns the hold's number. */
    holdRestored: (
      start: string,
      reason: string,
      by: string,
      line: (hold: number) => LogLine,
    ): Promise<number> =>
      transaction(async (sql, log) => {
        await againstTheGate(sql);
        const { rows } = await sql.query<{ id: number }>(
          `SELECT id FROM hold WHERE released_at IS NULL AND scope_kind = 'everything' AND placed_by = $2
              AND starts_with(reason, $1) ORDER BY id LIMIT 1`,
          [start, by],
        );
        if (rows[0]) return rows[0].id;
        const hold = await place(sql, reason, by);
        log(line(hold));
        return hold;
      }),
  };
}
