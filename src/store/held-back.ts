// Whom a freeze leaves out although they may be written to: paused, at their limit, or reached by another list of the same communication.
import type { Sql } from "./database.ts";
import { parametersAfter } from "./segment-sql.ts";

export interface HoldBack {
  /** An emergency is neither capped nor counted, and a pause does not hold it (LAW19). */
  readonly emergency: boolean;
  /** Channels of the same kind that were frozen before: one copy a person (R23). */
  readonly besides: readonly string[];
}

/** The two pieces that freeze-people.sql has places for, and the values they take beyond its own. */
export interface HeldBack {
  readonly why: string;
  readonly join: string;
  readonly values: readonly unknown[];
}

/** Freezes of capped messages go one after the other, a stretch at a time: each must see whom the one before it took. */
const CAP_LOCK = "SELECT pg_advisory_xact_lock(7201, 7)";
const WEEK_DAYS = 7;

interface Limits {
  readonly most: number | null;
  readonly days: number;
  /** Somebody has a limit of their own. */
  readonly personal: boolean;
}

/** Whether the stretch is the whole rest of a list with few people in it, and how many parameters the statement has already. */
interface Stretch {
  readonly narrow: boolean;
  readonly fixed: number;
}

/** $2 and $3 are the stretch's ends, $7 when the freeze began. */
export async function heldBack(
  sql: Sql,
  communicationId: string,
  { emergency, besides }: HoldBack,
  stretch: Stretch,
): Promise<HeldBack> {
  const paused = emergency ? "" : "WHEN f.paused_until > $7::timestamptz THEN 'paused'";
  const limits = emergency ? NO_LIMITS : await limitsNow(sql);
  const capped = limits.most !== null || limits.personal;
  if (!capped && besides.length === 0)
    return { why: paused === "" ? "NULL::text" : `CASE ${paused} END`, join: "", values: [] };
  if (capped) await sql.query(CAP_LOCK);
  const days = capped ? Math.max(limits.days, WEEK_DAYS) : 0;
  const recent = await recentDispatches(sql, communicationId, days, besides);
  // Where only those with a limit of their own matter, they are looked up by themselves.
  const everybody = besides.length > 0 || limits.most !== null;
  const { join, values } = recentMessages(recent, limits, everybody, stretch);
  return { why: `CASE WHEN r.here > 0 THEN 'elsewhere' ${paused} ${cappedWhen(limits)} END`, join, values };
}

const cappedWhen = ({ most, personal }: Limits): string => {
  const reached = [
    ...(personal ? ["r.week >= f.most_per_week"] : []),
    ...(most === null ? [] : [`r.span >= ${most}`]),
  ];
  return reached.length === 0 ? "" : `WHEN ${reached.join(" OR ")} THEN 'capped'`;
};

const NO_LIMITS: Limits = { most: null, days: 0, personal: false };

/**
 * How many messages each of f had lately, as r: each looked up by themselves where they are few, else everybody's of the stretch
 * added up at once.
 */
function recentMessages(
  recent: readonly Recent[],
  { days }: Limits,
  everybody: boolean,
  { narrow, fixed }: Stretch,
): Pick<HeldBack, "join" | "values"> {
  const { values, parameter } = parametersAfter(fixed);
  const of = (wanted: (row: Recent) => boolean) =>
    parameter(
      recent.filter(wanted).map(({ id }) => id),
      "uuid[]",
    );
  const all = of(() => true);
  const counted = `count(*) FILTER (WHERE d.dispatch_id = ANY (${of((row) => row.here)})) AS here,
      count(*) FILTER (WHERE d.dispatch_id = ANY (${of((row) => row.counts && row.age < WEEK_DAYS)}) AND ${COUNTS}) AS week,
      count(*) FILTER (WHERE d.dispatch_id = ANY (${of((row) => row.counts && row.age < days)}) AND ${COUNTS}) AS span`;
  const join =
    narrow || !everybody
      ? `LEFT JOIN LATERAL (SELECT ${counted} FROM delivery d
           WHERE d.dispatch_id = ANY (${all}) AND d.recipient_key = f.id::text${everybody ? "" : " AND f.most_per_week IS NOT NULL"}) r ON true`
      : `LEFT JOIN (SELECT d.recipient_key, ${counted} FROM delivery d
           WHERE d.dispatch_id = ANY (${all}) AND d.recipient_key > $2::text AND d.recipient_key <= $3::text GROUP BY 1) r ON r.recipient_key = f.id::text`;
  return { join, values };
}

/** What has reached somebody or still may: a message that was refused, dropped or given up did not. */
const COUNTS = "d.state NOT IN ('refused', 'suppressed', 'cancelled', 'expired', 'dead')";

async function limitsNow(sql: Sql): Promise<Limits> {
  const { rows } = await sql.query<Limits>(
    `SELECT p.cap_most AS most, coalesce(p.cap_days, 0) AS days,
            EXISTS (SELECT 1 FROM subscriber WHERE most_per_week IS NOT NULL) AS personal
       FROM (SELECT 1) one LEFT JOIN partnership p ON p.id = 1`,
  );
  return rows[0] ?? NO_LIMITS;
}

interface Recent {
  readonly id: string;
  /** A channel of this very communication. */
  readonly here: boolean;
  readonly counts: boolean;
  /** Days since it was released; 0 while it is being frozen. */
  readonly age: number;
}

async function recentDispatches(
  sql: Sql,
  communicationId: string,
  days: number,
  besides: readonly string[],
): Promise<Recent[]> {
  const { rows } = await sql.query<Recent>(
    `SELECT id, communication_id = $1 AS here, communication_id <> $1 AS counts,
            greatest(0, extract(epoch FROM app_now() - released_at) / 86400)::float8 AS age
       FROM dispatch
      WHERE CASE WHEN communication_id = $1 THEN channel_key = ANY ($3::text[])
                 ELSE lane <> 'urgent' AND released_at > app_now() - make_interval(days => $2) END`,
    [communicationId, days, besides],
  );
  return rows;
}
