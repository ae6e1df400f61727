// One leader among all schedulers, by an advisory lock that ends with the leader's own connection.
import type { Database } from "./database.ts";

const LEADER_LOCK = [7201, 2] as const;

export function openLeader({ pool }: Database) {
  return {
    /** Runs `work` if no other process is leading just now; answers whether it did. `lock`: for slow work beside the sweep, its own. */
    async lead(work: () => Promise<void>, lock: readonly number[] = LEADER_LOCK): Promise<boolean> {
      const client = await pool.connect();
      let broken = false;
      try {
        const { rows } = await client.query<{ won: boolean }>("SELECT pg_try_advisory_lock($1, $2) AS won", [
          ...lock,
        ]);
        if (!rows[0]?.won) return false;
        try {
          await work();
        } finally {
          await client.query("SELECT pg_advisory_unlock($1, $2)", [...lock]).catch(() => (broken = true));
        }
        return true;
      } finally {
        client.release(broken);
      }
    },
  };
}
