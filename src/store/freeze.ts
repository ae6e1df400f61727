// Freezing an audience: through the subscribers in the order of their ids, a stretch a transaction, so that a kill costs a stretch.
import { BATCH_SIZE, FREEZE_NARROW, FREEZE_STRETCH } from "../../config/limits.ts";
import type { Basis } from "../domain/basis.ts";
import type { LeftOut } from "../domain/left-out.ts";
import type { Segment } from "../domain/segment.ts";
import { type Sql, statement } from "./database.ts";
import { heldBack, type HoldBack } from "./held-back.ts";
import { condition, parametersAfter, PEOPLE, surroundings } from "./segment-sql.ts";

const FREEZE_PEOPLE = statement("freeze-people");
const FREEZE_POSTS = statement("freeze-posts");

export interface FreezePeople extends HoldBack {
  readonly listKey: string;
  /** The most specific first; sensitive interests sealed, as they stand in the rows. */
  readonly segments: readonly Segment[];
  /** On which of them this class may be sent by this list's controller (src/domain/basis.ts). */
  readonly bases: readonly Basis[];
}
export interface FreezeChannel {
  readonly key: string;
  /** Null where the channel publishes once for everyone. */
  readonly people: FreezePeople | null;
}
interface Frozen {
  readonly people: number;
  readonly lastBatch: number;
  readonly leftOut: LeftOut | null;
}

/** Where a freeze stands; read under the row's lock, so that two releasers go on from each other. */
interface Cursor {
  readonly id: string;
  readonly communicationId: string;
  readonly channelKey: string;
  readonly frozenThrough: string | null;
  readonly recipients: number;
  readonly lastBatch: number;
  readonly releasedAt: Date;
}

const BEFORE_ALL = "00000000-0000-0000-0000-000000000000";
const AFTER_ALL = "ffffffff-ffff-ffff-ffff-ffffffffffff";

export async function lockCursor(
  sql: Sql,
  communicationId: string,
  channelKey: string,
): Promise<Cursor | null> {
  const { rows } = await sql.query<Cursor>(
    `SELECT id, communication_id AS "communicationId", channel_key AS "channelKey", frozen_through AS "frozenThrough", recipient_count AS recipients,
            last_batch AS "lastBatch", released_at AS "releasedAt"
       FROM dispatch WHERE communication_id = $1 AND channel_key = $2 AND state = 'freezing' FOR UPDATE`,
    [communicationId, channelKey],
  );
  return rows[0] ?? null;
}

/** Freezes the next stretch of one channel; true when its audience is whole. */
export async function freezeStretch(
  sql: Sql,
  cursor: Cursor,
  channel: FreezeChannel,
  fallbackLanguage: string,
): Promise<boolean> {
  const { people } = channel;
  if (people === null) {
    const posts = (await sql.query(FREEZE_POSTS, [cursor.id])).rowCount ?? 0;
    return moveOn(sql, cursor, { through: AFTER_ALL, people: posts, lastBatch: posts, leftOut: null });
  }
  const after = cursor.frozenThrough ?? BEFORE_ALL;
  const narrow = isNarrow(cursor);
  // Looked up before the planner is told how to take the rest.
  const { text, values } = await statementFor(sql, cursor, people, narrow);
  const through = narrow ? await takeTheRest(sql) : await stretchAfter(sql, after);
  const renditions = await renditionsOf(sql, cursor, people.segments);
  const { rows } = await sql.query<Frozen>(text, [
    ...[cursor.id, after, through, people.listKey, BATCH_SIZE, cursor.lastBatch, cursor.releasedAt],
    ...[renditions.map((r) => r.place), renditions.map((r) => r.language), renditions.map((r) => r.id)],
    ...[people.segments.map((segment) => segment.key), fallbackLanguage, people.bases, ...values],
  ]);
  const done = rows[0] ?? { people: 0, lastBatch: cursor.lastBatch, leftOut: null };
  return moveOn(sql, cursor, { through, ...done });
}

/** The end of the next stretch of subscribers. */
async function stretchAfter(sql: Sql, after: string): Promise<string> {
  const { rows } = await sql.query<{ id: string }>(
    "SELECT id FROM subscriber WHERE id > $1 ORDER BY id OFFSET $2 LIMIT 1",
    [after, FREEZE_STRETCH - 1],
  );
  return rows[0]?.id ?? AFTER_ALL;
}

/** The stretches so far had hardly anybody of these segments: an urgent message to a few must not wait for a long list. */
const isNarrow = ({ frozenThrough, recipients }: Cursor): boolean =>
  frozenThrough !== null && recipients < FREEZE_NARROW;

/** All others in one go, each of those few asked for consent by itself rather than everybody's read. */
async function takeTheRest(sql: Sql): Promise<string> {
  await sql.query("SET LOCAL enable_hashjoin = off");
  await sql.query("SET LOCAL enable_mergejoin = off");
  return AFTER_ALL;
}

async function moveOn(
  sql: Sql,
  cursor: Cursor,
  { through, people, lastBatch, leftOut }: Frozen & { through: string },
): Promise<boolean> {
  const whole = through === AFTER_ALL;
  await sql.query(
    `UPDATE dispatch SET frozen_through = $2, recipient_count = recipient_count + $3, last_batch = $4,
            state = CASE WHEN $5 THEN 'frozen' ELSE state END,
            left_out = CASE WHEN $6::jsonb IS NULL THEN left_out ELSE (
              SELECT jsonb_object_agg(key, n) FROM (
                SELECT key, sum(value::int) AS n FROM (SELECT * FROM jsonb_each_text(left_out) UNION ALL SELECT * FROM jsonb_each_text($6)) e GROUP BY 1) t) END
      WHERE id = $1`,
    [cursor.id, through, people, lastBatch, whole, leftOut],
  );
  return whole;
}

/** The segments' rules as one CASE: evaluated once for each person, and the first that fits is the most specific. */
async function statementFor(
  sql: Sql,
  cursor: Cursor,
  { segments, ...hold }: FreezePeople,
  narrow: boolean,
): Promise<{ text: string; values: readonly unknown[] }> {
  const { values, parameter } = parametersAfter(FIXED);
  const around = await surroundings(sql, cursor.releasedAt);
  const cases = segments.map(
    ({ rule }, index) => `WHEN ${condition(rule, PEOPLE, around, parameter)} THEN ${index + 1}`,
  );
  const fixed = FIXED + values.length;
  const held = await heldBack(sql, cursor.communicationId, hold, { narrow, fixed });
  const text = FREEZE_PEOPLE.replace("{{segment}}", () => `CASE ${cases.join(" ")} END`)
    .replace("{{why}}", () => held.why)
    .replace("{{join}}", () => held.join);
  return { text, values: [...values, ...held.values] };
}
/** The parameters freeze-people.sql has of its own. */
const FIXED = 13;

async function renditionsOf(sql: Sql, cursor: Cursor, segments: readonly Segment[]) {
  const { rows } = await sql.query<{ id: string; segment_key: string; language: string }>(
    "SELECT id, segment_key, language FROM rendition WHERE communication_id = $1 AND channel_key = $2",
    [cursor.communicationId, cursor.channelKey],
  );
  return rows.map(({ id, segment_key, language }) => ({
    id,
    language,
    place: segments.findIndex((segment) => segment.key === segment_key) + 1,
  }));
}
