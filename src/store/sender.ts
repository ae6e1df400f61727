// What was looked up of the domains we send from, and how many people a release could reach.
import type { Finding } from "../domain/sender.ts";
import type { Database } from "./database.ts";

export interface SenderChecked {
  readonly fit: boolean;
  readonly findings: readonly Finding[];
  readonly checkedAt: Date;
}

export function openSender({ pool }: Database) {
  return {
    async last(domain: string): Promise<SenderChecked | null> {
      const { rows } = await pool.query<SenderChecked>(
        `SELECT fit, findings, checked_at AS "checkedAt" FROM sender_domain WHERE domain = $1`,
        [domain],
      );
      return rows[0] ?? null;
    },
    async keep(domain: string, fit: boolean, findings: readonly Finding[]): Promise<void> {
      await pool.query(
        `INSERT INTO sender_domain (domain, fit, findings, checked_at) VALUES ($1, $2, $3, now())
         ON CONFLICT (domain) DO UPDATE SET fit = $2, findings = $3, checked_at = now()`,
        [domain, fit, JSON.stringify(findings)],
      );
    },
    /** How many on these lists may be written to, at most. */
    async reach(listKeys: readonly string[]): Promise<number> {
      const { rows } = await pool.query<{ people: number }>(
        "SELECT coalesce(sum(people), 0)::bigint AS people FROM audience_cell WHERE list_key = ANY ($1::text[])",
        [listKeys],
      );
      return rows[0]?.people ?? 0;
    },
  };
}
