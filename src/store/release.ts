// Release: a due communication begins, its audience is frozen stretch by stretch, and only when it is whole may anything leave.
import { FREEZE_STRETCH } from "../../config/limits.ts";
import type { Lane } from "../domain/lane.ts";
import type { LeftOut } from "../domain/left-out.ts";
import type { ListTerms } from "../domain/list-duty.ts";
import type { LogLine } from "../domain/log-entry.ts";
import { failpoint } from "../lib/failpoint.ts";
import type { Database, Sql } from "./database.ts";
import { type FreezeChannel, freezeStretch, lockCursor } from "./freeze.ts";

export type { FreezeChannel };

export type Terms = ListTerms & { readonly sensitive: boolean };

const TERMS = `
SELECT l.key, l.kind, a.kind AS "agencyKind", l.agreement, to_char(l.agreement_until, 'YYYY-MM-DD') AS "agreementUntil", l.sensitive
  FROM list l JOIN agency a ON a.key = l.agency_key WHERE l.key = ANY ($1::text[]) ORDER BY l.key`;

export function openRelease({ pool, transaction }: Database) {
  // Without fresh statistics the first minutes of a large audience are planned as if the table were small.
  const settle = async (communicationId: string): Promise<void> => {
    const { rows } = await pool.query<{ people: number }>(
      "SELECT coalesce(sum(recipient_count), 0)::bigint AS people FROM dispatch WHERE communication_id = $1",
      [communicationId],
    );
    if ((rows[0]?.people ?? 0) >= FREEZE_STRETCH / 10) await pool.query("ANALYZE delivery, batch");
  };
  return {
    /** scheduled → releasing, with a dispatch for each channel. False: not due, late, held, or somebody was first. */
    begin: (communicationId: string, channels: readonly string[], lane: Lane): Promise<boolean> =>
      transaction(async (sql) => {
        const moved = await sql.query(
          `UPDATE communication SET state = 'releasing', released_at = app_now()
            WHERE id = $1 AND state = 'scheduled' AND due_at <= app_now() AND app_now() <= latest_useful_at
              AND why_stopped(id, '') IS NULL`,
          [communicationId],
        );
        if (moved.rowCount !== 1) return false;
        for (const channel of channels)
          await sql.query(
            `INSERT INTO dispatch (communication_id, channel_key, recipient_count, state, lane)
             VALUES ($1, $2, 0, 'freezing', $3)`,
            [communicationId, channel, lane],
          );
        return true;
      }),

    /** What holds for these lists now, and the interests that stand sealed in people's rows. */
    async terms(listKeys: readonly string[]): Promise<{ lists: Terms[]; sealed: string[] }> {
      const lists = await pool.query<Terms>(TERMS, [listKeys]);
      const sealed = await pool.query<{ key: string }>("SELECT key FROM interest WHERE sensitive");
      return { lists: lists.rows, sealed: sealed.rows.map(({ key }) => key) };
    },

    /** Scheduled, but may not go: it waits for a person, who reads why. False when somebody was first. */
    refuse: (communicationId: string, why: string, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const moved = await sql.query(
          `UPDATE communication SET state = 'needs_decision', paused_at = now(), paused_why = $2
            WHERE id = $1 AND state = 'scheduled'`,
          [communicationId, why],
        );
        if (moved.rowCount === 1) log(line);
        return moved.rowCount === 1;
      }),

    /** One stretch of one channel, in a transaction of its own. True when that channel's audience is whole. */
    freeze: (communicationId: string, channel: FreezeChannel, fallbackLanguage: string): Promise<boolean> =>
      transaction(async (sql) => {
        const cursor = await lockCursor(sql, communicationId, channel.key);
        if (cursor === null) return true;
        const whole = await freezeStretch(sql, cursor, channel, fallbackLanguage);
        failpoint("mid_freeze");
        return whole;
      }),

    /** releasing → released once every channel's audience is whole. Recipients per channel, or null: not yet, or done before. */
    async end(
      communicationId: string,
      line: (recipients: Record<string, number>, leftOut: Record<string, LeftOut>) => LogLine,
    ): Promise<Record<string, number> | null> {
      await settle(communicationId);
      return transaction(async (sql, log) => {
        const moved = await sql.query(
          `UPDATE communication c SET state = 'released', released_at = app_now()
            WHERE c.id = $1 AND c.state = 'releasing'
              AND NOT EXISTS (SELECT 1 FROM dispatch p WHERE p.communication_id = c.id AND p.state = 'freezing')`,
          [communicationId],
        );
        if (moved.rowCount !== 1) return null;
        const dispatches = await letGo(sql, communicationId);
        const recipients = Object.fromEntries(dispatches.map((row) => [row.key, row.recipients]));
        const some = dispatches.filter(({ leftOut }) => Object.keys(leftOut).length > 0);
        log(line(recipients, Object.fromEntries(some.map((row) => [row.key, row.leftOut]))));
        return recipients;
      });
    },

    /** The dispatches of a communication that may be sent. */
    async dispatches(communicationId: string): Promise<string[]> {
      const { rows } = await pool.query<{ id: string }>(
        "SELECT id FROM dispatch WHERE communication_id = $1 AND state = 'released'",
        [communicationId],
      );
      return rows.map((row) => row.id);
    },

    /** Something must be put right, or decided, before it may go at all. False when somebody was first. */
    ask: (communicationId: string, why: string, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const moved = await sql.query(
          "UPDATE communication SET state = 'needs_decision', paused_at = now(), paused_why = $2 WHERE id = $1 AND state = 'scheduled'",
          [communicationId, why],
        );
        if (moved.rowCount === 1) log(line);
        return moved.rowCount === 1;
      }),

    /** Too late to be useful: waits for a person (I6). False when somebody was first. */
    lapse: (communicationId: string, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const moved = await sql.query(
          `UPDATE communication SET state = 'needs_decision'
            WHERE id = $1 AND state = 'scheduled' AND app_now() > latest_useful_at`,
          [communicationId],
        );
        if (moved.rowCount === 1) log(line);
        return moved.rowCount === 1;
      }),
  };
}

interface LetGo {
  readonly key: string;
  readonly recipients: number;
  readonly leftOut: LeftOut;
}
async function letGo(sql: Sql, communicationId: string): Promise<LetGo[]> {
  const { rows } = await sql.query<LetGo>(
    `UPDATE dispatch SET state = 'released', released_at = app_now() WHERE communication_id = $1 AND state = 'frozen'
     RETURNING channel_key AS key, recipient_count AS recipients, left_out AS "leftOut"`,
    [communicationId],
  );
  // A rendition refused meanwhile was not what was approved: its deliveries wait for a person.
  await sql.query(
    `WITH kept AS (
       UPDATE batch b SET ring_at = NULL, fence = b.fence + 1 FROM rendition r, dispatch p
        WHERE r.id = b.rendition_id AND r.state = 'refused' AND p.id = b.dispatch_id AND p.communication_id = $1
       RETURNING b.dispatch_id, b.batch_no)
     UPDATE delivery d SET state = 'held' FROM kept k
      WHERE d.dispatch_id = k.dispatch_id AND d.batch_no = k.batch_no AND d.state = 'queued'`,
    [communicationId],
  );
  return rows;
}
