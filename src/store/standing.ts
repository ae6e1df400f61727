// What stands still, for those who look: what a hold keeps back, which communications are stopped, how much waits for a person.
import type { ScopeKind } from "../domain/hold.ts";
import type { Database } from "./database.ts";
import { COVERED, UNDER_WAY } from "./holds.ts";

export interface KeptBack {
  readonly reference: string;
  readonly title: string;
  readonly campaignKey: string;
}
/** Why a communication, or some of its channels, may not go on now. */
export interface Stopped {
  readonly id: string;
  /** Words of a hold or of its pause; null where only some channels are stopped. */
  readonly why: string | null;
  readonly pausedWhy: string | null;
  readonly due: boolean;
  readonly channels: readonly { readonly key: string; readonly why: string }[];
}

const KEYS: Readonly<Record<Exclude<ScopeKind, "everything">, string>> = {
  agency: "SELECT key, name FROM agency ORDER BY key",
  channel: "SELECT key, label AS name FROM channel ORDER BY key",
  theme: "SELECT key, name FROM priority ORDER BY key",
  campaign: "SELECT key, title AS name FROM campaign ORDER BY created_at DESC, key LIMIT 500",
};

const STOPPED = `
SELECT c.id, why_stopped(c.id, '') AS why, c.paused_why AS "pausedWhy", c.due_at <= app_now() AS due,
       coalesce((SELECT jsonb_agg(jsonb_build_object('key', x.key, 'why', x.why) ORDER BY x.key)
          FROM (SELECT u.key, why_stopped(c.id, u.key) AS why FROM unnest(c.channels) AS u(key)) x WHERE x.why IS NOT NULL), '[]') AS channels
  FROM communication c
 WHERE c.id = ANY ($1::uuid[]) AND c.state IN ('approved', 'scheduled', 'releasing', 'released')`;

export function openStanding({ pool }: Database) {
  return {
    /** What a hold in force keeps back now: on its way, or due. */
    async keptBack(id: number): Promise<KeptBack[]> {
      const { rows } = await pool.query<KeptBack>(
        `SELECT c.reference, c.title, k.key AS "campaignKey" FROM communication c JOIN campaign k ON k.id = c.campaign_id
          WHERE ${UNDER_WAY} AND ${COVERED} ORDER BY c.due_at, c.reference`,
        [id],
      );
      return rows;
    },

    /** Everything a scope of this kind can name, with what people call it. */
    async named(kind: Exclude<ScopeKind, "everything">): Promise<{ key: string; name: string }[]> {
      return (await pool.query<{ key: string; name: string }>(KEYS[kind])).rows;
    },

    /** Those of these communications of which something is stopped. */
    async stopped(ids: readonly string[]): Promise<Stopped[]> {
      if (ids.length === 0) return [];
      const { rows } = await pool.query<Stopped>(STOPPED, [ids]);
      return rows.filter(({ why, channels }) => why !== null || channels.length > 0);
    },

    /** How many communications and deliveries wait for a person. */
    async waiting(): Promise<{ decisions: number; doubts: number }> {
      const { rows } = await pool.query<{ decisions: number; doubts: number }>(
        `SELECT (SELECT count(*) FROM communication
                  WHERE (paused_at IS NOT NULL AND state NOT IN ('completed', 'cancelled')) OR state = 'needs_decision') AS decisions,
                (SELECT count(*) FROM doubt x JOIN delivery d ON d.id = x.delivery_id AND d.state = 'in_doubt') AS doubts`,
      );
      return rows[0] ?? { decisions: 0, doubts: 0 };
    },
  };
}
