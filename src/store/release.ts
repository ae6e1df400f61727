// Release: the one transaction in which a communication goes from scheduled to released and its audience is frozen.
import { BATCH_SIZE } from "../../config/limits.ts";
import type { LogLine } from "../domain/log-entry.ts";
import type { Segment } from "../domain/segment.ts";
import { failpoint } from "../lib/failpoint.ts";
import { type Database, type Sql, statement } from "./database.ts";

const FREEZE_SEGMENT = statement("freeze-segment");
const FREEZE_POSTS = statement("freeze-posts");

export interface FreezeChannel {
  readonly key: string;
  /** Null where the channel publishes once for everyone. */
  readonly people: { readonly listKey: string; readonly segments: readonly Segment[] } | null;
}
export interface FreezePlan {
  readonly communicationId: string;
  readonly channels: readonly FreezeChannel[];
  readonly fallbackLanguage: string;
  /** The log line, given how many recipients each channel got. */
  readonly line: (recipients: Record<string, number>) => LogLine;
}

export function openRelease({ pool, transaction }: Database) {
  return {
    /** Recipients per channel; null when the communication was not (or no longer) scheduled and due: somebody was first. */
    async freeze(plan: FreezePlan): Promise<Record<string, number> | null> {
      const frozen = await transaction(async (sql, log) => {
        const moved = await sql.query(
          `UPDATE communication SET state = 'released', released_at = now()
            WHERE id = $1 AND state = 'scheduled' AND due_at <= now() AND now() <= latest_useful_at`,
          [plan.communicationId],
        );
        if (moved.rowCount !== 1) return null;
        const recipients: Record<string, number> = {};
        for (const channel of plan.channels)
          recipients[channel.key] = await freezeChannel(sql, plan, channel);
        log(plan.line(recipients));
        return recipients;
      });
      // Without fresh statistics the first minutes of a large audience are planned as if the table were small.
      if (frozen !== null) await pool.query("ANALYZE delivery");
      return frozen;
    },

    /** Too late to be useful: waits for a person (I6). False when somebody was first. */
    lapse: (communicationId: string, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const moved = await sql.query(
          `UPDATE communication SET state = 'needs_decision'
            WHERE id = $1 AND state = 'scheduled' AND now() > latest_useful_at`,
          [communicationId],
        );
        if (moved.rowCount === 1) log(line);
        return moved.rowCount === 1;
      }),
  };
}

async function freezeChannel(sql: Sql, plan: FreezePlan, channel: FreezeChannel): Promise<number> {
  const { rows } = await sql.query<{ id: string }>(
    "INSERT INTO dispatch (communication_id, channel_key, recipient_count) VALUES ($1, $2, 0) RETURNING id",
    [plan.communicationId, channel.key],
  );
  const dispatchId = rows[0]?.id;
  const frozen =
    channel.people === null
      ? ((await sql.query(FREEZE_POSTS, [plan.communicationId, channel.key, dispatchId])).rowCount ?? 0)
      : await freezePeople(sql, plan, channel.key, channel.people, dispatchId);
  await sql.query("UPDATE dispatch SET recipient_count = $2 WHERE id = $1", [dispatchId, frozen]);
  await sql.query(
    "INSERT INTO batch (dispatch_id, batch_no) SELECT DISTINCT dispatch_id, batch_no FROM delivery WHERE dispatch_id = $1",
    [dispatchId],
  );
  return frozen;
}

async function freezePeople(
  sql: Sql,
  plan: FreezePlan,
  channelKey: string,
  { listKey, segments }: NonNullable<FreezeChannel["people"]>,
  dispatchId: string | undefined,
): Promise<number> {
  let frozen = 0;
  let firstBatch = 1;
  for (const { key, rule } of segments) {
    const parts = [rule.areas, rule.groups, rule.interests, rule.languages].map((part) => part ?? null);
    const values = [
      plan.communicationId,
      channelKey,
      dispatchId,
      key,
      listKey,
      ...parts,
      firstBatch,
      plan.fallbackLanguage,
      BATCH_SIZE,
    ];
    const added = (await sql.query(FREEZE_SEGMENT, values)).rowCount ?? 0;
    failpoint("mid_freeze");
    frozen += added;
    firstBatch += Math.ceil(added / BATCH_SIZE);
  }
  return frozen;
}
