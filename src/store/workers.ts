// Worker processes and their leases, by the database's clock; and the accounts at providers that all of them share.
import type { LogLine } from "../domain/log-entry.ts";
import type { Database } from "./database.ts";

export interface Beat {
  /** The database's clock, in ms since 1970. */
  readonly databaseMs: number;
  /** False where the lease had ended before this beat: others may have taken over meanwhile. */
  readonly wasAlive: boolean;
  /** The environment this database belongs to; null where nobody has stamped it yet. */
  readonly environment: string | null;
  /** The partnership's quiet hours; null before it is set up. */
  readonly quiet: QuietRow | null;
}
export interface QuietRow {
  readonly timezone: string;
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
  readonly quietClasses: readonly string[];
}

const BEAT = `
WITH before AS (SELECT lease_until FROM worker WHERE id = $1),
     beat AS (
       INSERT INTO worker (id, host, pid, lease_until) VALUES ($1, $2, $3, app_now() + make_interval(secs => $4))
       ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until)
SELECT extract(epoch FROM app_now()) * 1000 AS "databaseMs",
       coalesce((SELECT lease_until >= app_now() FROM before), true) AS "wasAlive",
       (SELECT name FROM environment) AS environment,
       (SELECT json_build_object('timezone', timezone, 'quietFrom', quiet_from, 'quietTo', quiet_to, 'quietClasses', quiet_classes)
          FROM partnership WHERE id = 1) AS quiet`;

export function openWorkers({ pool, transaction }: Database) {
  return {
    /** Enters or renews a worker's lease. */
    async beat(
      id: string,
      { host, pid }: { host: string; pid: number },
      leaseSeconds: number,
    ): Promise<Beat> {
      const { rows } = await pool.query<Beat>(BEAT, [id, host, pid, leaseSeconds]);
      const row = rows[0];
      if (!row) throw new Error("the database did not answer a heartbeat");
      return { ...row, databaseMs: Number(row.databaseMs) };
    },
    /** An orderly end: nothing is leased any more, so nobody has to wait for the lease to end. */
    async leave(id: string): Promise<void> {
      await pool.query("DELETE FROM worker WHERE id = $1", [id]);
    },
    /** Rows of processes long gone. */
    async forget(): Promise<void> {
      await pool.query("DELETE FROM worker WHERE lease_until < app_now() - interval '1 hour'");
    },

    /** Up to `want` tokens of an account's rate; 0 when it has to wait. */
    async takeTokens(account: string, perMinute: number, want: number): Promise<number> {
      const { rows } = await pool.query<{ n: number }>("SELECT take_tokens($1, $2, $3) AS n", [
        account,
        perMinute,
        want,
      ]);
      return rows[0]?.n ?? 0;
    },
    /** The provider wants to be left alone: no worker claims for this account until then. True when that is news. */
    block: (account: string, seconds: number, why: string, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const { rows } = await sql.query<{ news: boolean }>(BLOCK, [account, seconds, why]);
        const news = rows[0]?.news ?? false;
        if (news) log(line);
        return news;
      }),
  };
}

const BLOCK = `
WITH before AS (SELECT blocked_until > app_now() AS blocked FROM account WHERE name = $1)
INSERT INTO account (name, tokens, blocked_until, blocked_why)
VALUES ($1, 0, app_now() + make_interval(secs => $2), $3)
ON CONFLICT (name) DO UPDATE
   SET blocked_until = greatest(account.blocked_until, excluded.blocked_until), blocked_why = excluded.blocked_why
RETURNING NOT coalesce((SELECT blocked FROM before), false) AS news`;
