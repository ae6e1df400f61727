// Deliveries of which nobody knows whether they arrived: listed, asked about, ended by evidence or by a person.
import type { LogLine } from "../domain/log-entry.ts";
import type { Database } from "./database.ts";

export interface Doubt {
  readonly id: number;
  readonly attempt: number;
  readonly communicationId: string;
  readonly reference: string;
  readonly channelKey: string;
  readonly deliveryKey: string;
  /** The message class of its campaign: it decides what is done where nobody can be asked. */
  readonly messageClass: string;
  /** True where it was sent again once already because nobody could say. */
  readonly repeated: boolean;
  readonly since: Date;
  /** How long it has been in doubt, in seconds by the database's clock. */
  readonly seconds: number;
  readonly title: string;
  readonly campaignKey: string;
  /** How often the other side was asked about it, and when last. */
  readonly asked: number;
  readonly askedAt: Date | null;
}

const REPEATED = "repeated-after-doubt";

const LIST = `
SELECT d.id, d.attempt, p.communication_id AS "communicationId", c.reference, p.channel_key AS "channelKey",
       p.communication_id || '/' || p.channel_key || '/' || d.recipient_key AS "deliveryKey",
       k.class AS "messageClass", coalesce(d.proof = '${REPEATED}', false) AS repeated,
       x.since, extract(epoch FROM app_now() - x.since)::float8 AS seconds,
       c.title, k.key AS "campaignKey", x.asked, x.asked_at AS "askedAt"
  FROM doubt x
  JOIN delivery d ON d.id = x.delivery_id AND d.state = 'in_doubt'
  JOIN dispatch p ON p.id = d.dispatch_id
  JOIN communication c ON c.id = p.communication_id
  JOIN campaign k ON k.id = c.campaign_id`;

export function openDoubts({ pool, transaction }: Database) {
  return {
    /** The note of a delivery that was sent again although nobody knew; a second doubt is a person's. */
    REPEATED,
    list: async (limit: number): Promise<Doubt[]> =>
      (await pool.query<Doubt>(`${LIST} ORDER BY x.since, d.id LIMIT $1`, [limit])).rows,
    one: async (deliveryId: number): Promise<Doubt | null> =>
      (await pool.query<Doubt>(`${LIST} WHERE d.id = $1`, [deliveryId])).rows[0] ?? null,
    async count(): Promise<number> {
      const { rows } = await pool.query<{ n: number }>("SELECT count(*) AS n FROM doubt");
      return rows[0]?.n ?? 0;
    },

    /** How many began so lately that a look-up may still end them by itself. `seconds`: how long that takes. */
    async settling(seconds: number): Promise<number> {
      const { rows } = await pool.query<{ n: number }>(
        "SELECT count(*) AS n FROM doubt WHERE since > app_now() - make_interval(secs => $1)",
        [seconds],
      );
      return rows[0]?.n ?? 0;
    },

    /** Those whose turn it is to be asked about: at once, then less and less often, at most every ten minutes. Marks them asked. */
    async toAsk(limit: number): Promise<Doubt[]> {
      const asked = await pool.query<{ delivery_id: number }>(
        `UPDATE doubt SET asked_at = app_now(), asked = asked + 1
          WHERE delivery_id IN (
            SELECT delivery_id FROM doubt
             WHERE asked_at IS NULL OR asked_at <= app_now() - make_interval(secs => least(600, greatest(2, power(2, least(asked, 12) - 2))))
             ORDER BY asked_at NULLS FIRST LIMIT $1)
        RETURNING delivery_id`,
        [limit],
      );
      if (asked.rows.length === 0) return [];
      const ids = asked.rows.map((row) => row.delivery_id);
      return (await pool.query<Doubt>(`${LIST} WHERE d.id = ANY ($1::bigint[]) ORDER BY d.id`, [ids])).rows;
    },

    /** Ends one doubt: it was taken (with its proof), or it goes back to the queue (`note` is kept with it). False: somebody was first. */
    settle: (
      doubt: Doubt,
      end: { readonly proof: string } | { readonly note: string | null },
      line: LogLine,
    ): Promise<boolean> =>
      transaction(async (sql, log) => {
        const taken = "proof" in end;
        const moved = await sql.query<{ dispatch_id: string; batch_no: number }>(
          `UPDATE delivery SET state = $3, proof = $4, settled_at = CASE WHEN $3 = 'accepted' THEN now() END
            WHERE id = $1 AND attempt = $2 AND state = 'in_doubt' RETURNING dispatch_id, batch_no`,
          [doubt.id, doubt.attempt, taken ? "accepted" : "queued", taken ? end.proof : end.note],
        );
        await sql.query("DELETE FROM doubt WHERE delivery_id = $1", [doubt.id]);
        const row = moved.rows[0];
        if (!row) return false;
        if (!taken)
          await sql.query(
            `UPDATE batch SET ring_at = least(ring_at, app_now()) WHERE dispatch_id = $1 AND batch_no = $2 AND lease_owner IS NULL`,
            [row.dispatch_id, row.batch_no],
          );
        log(line);
        return true;
      }),
  };
}
