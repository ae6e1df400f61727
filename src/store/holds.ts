// Holds and pauses. Whatever must win against the commit gate takes its lock, so that it waits for the gates in flight and every
// later gate sees it (D7).
import type { Decision, Scope, ScopeKind } from "../domain/hold.ts";
import type { LogLine } from "../domain/log-entry.ts";
import type { Database, Sql } from "./database.ts";

export interface Hold {
  readonly id: number;
  readonly kind: ScopeKind;
  readonly key: string;
  readonly reason: string;
  readonly placedBy: string;
  readonly placedAt: Date;
}
/** A communication that waits for a person: paused in the middle, too late when its time came, or some of it could not be made. */
export interface Undecided {
  readonly id: string;
  readonly reference: string;
  readonly title: string;
  readonly state: string;
  /** True where only some of it waits (a rendition was refused) and the rest goes its way. */
  readonly partly: boolean;
  readonly why: string;
  readonly dueAt: Date;
  readonly latestUsefulAt: Date;
  readonly zone: string;
  /** True where it can only go with a new latest useful time. */
  readonly late: boolean;
  readonly campaignKey: string;
  readonly leadAgencyKey: string;
  readonly authorEmail: string;
}

const HOLDS = `SELECT id, scope_kind AS kind, scope_key AS key, reason, placed_by AS "placedBy", placed_at AS "placedAt" FROM hold`;
const UNDECIDED = `
SELECT c.id, c.reference, c.title, c.state, c.due_at AS "dueAt", c.latest_useful_at AS "latestUsefulAt",
       c.zone, app_now() > c.latest_useful_at AS late, c.paused_at IS NULL AND c.state <> 'needs_decision' AS partly, k.key AS "campaignKey",
       coalesce(c.paused_why, CASE WHEN c.state = 'needs_decision' THEN 'its latest useful time has passed' ELSE refused.why END) AS why,
       k.lead_agency_key AS "leadAgencyKey", c.author_email AS "authorEmail"
  FROM communication c JOIN campaign k ON k.id = c.campaign_id
 CROSS JOIN LATERAL (
   SELECT count(*) AS n, 'it could not be made as it was approved (' || string_agg(concat_ws(' ', r.channel_key, nullif(r.segment_key, ''), r.language),
          ', ' ORDER BY r.channel_key, r.segment_key, r.language) || '): to let it go on is to make that again' AS why
     FROM rendition r WHERE r.communication_id = c.id AND r.state = 'refused') refused
 WHERE ((refused.n > 0 AND c.state IN ('scheduled', 'releasing', 'released')) OR (c.paused_at IS NOT NULL AND c.state NOT IN ('completed', 'cancelled')) OR c.state = 'needs_decision')`;

/** What the gate's own statements hold shared (commit_gate in the migrations). */
const againstTheGate = (sql: Sql) => sql.query("SELECT pg_advisory_xact_lock(7201, 3)");

export function openHolds({ pool, transaction }: Database) {
  return {
    active: async (): Promise<Hold[]> =>
      (await pool.query<Hold>(`${HOLDS} WHERE released_at IS NULL ORDER BY id`)).rows,
    one: async (id: number): Promise<Hold | null> =>
      (await pool.query<Hold>(`${HOLDS} WHERE released_at IS NULL AND id = $1`, [id])).rows[0] ?? null,
    undecided: async (): Promise<Undecided[]> =>
      (await pool.query<Undecided>(`${UNDECIDED} ORDER BY c.due_at LIMIT 500`)).rows,
    undecidedOne: async (reference: string): Promise<Undecided | null> =>
      (await pool.query<Undecided>(`${UNDECIDED} AND c.reference = $1`, [reference])).rows[0] ?? null,
    /** Why nothing of a communication may leave on a channel ("" for any); null when it may. */
    async whyStopped(communicationId: string, channelKey = ""): Promise<string | null> {
      const { rows } = await pool.query<{ why: string | null }>("SELECT why_stopped($1, $2) AS why", [
        communicationId,
        channelKey,
      ]);
      return rows[0]?.why ?? null;
    },

    /** Once this returns nothing in its scope passes the gate any more. */
    place: (scope: Scope, reason: string, by: string, line: (id: number) => LogLine): Promise<number> =>
      transaction(async (sql, log) => {
        await againstTheGate(sql);
        const { rows } = await sql.query<{ id: number }>(
          "INSERT INTO hold (scope_kind, scope_key, reason, placed_by) VALUES ($1, $2, $3, $4) RETURNING id",
          [scope.kind, scope.key, reason, by],
        );
        const id = rows[0]?.id ?? 0;
        log(line(id));
        return id;
      }),

    /** Lifts a hold. What it kept back, on its way or fallen due meanwhile, is paused in the same moment: it asks, it does not fire. */
    release: (
      id: number,
      by: string,
      line: (waiting: readonly string[]) => LogLine,
    ): Promise<string[] | null> =>
      transaction(async (sql, log) => {
        await againstTheGate(sql);
        const kept = await sql.query<{ reference: string }>(KEPT, [id]);
        const moved = await sql.query(
          "UPDATE hold SET released_by = $2, released_at = now() WHERE id = $1 AND released_at IS NULL",
          [id, by],
        );
        if (moved.rowCount !== 1) return null;
        const references = kept.rows.map((row) => row.reference);
        log(line(references));
        return references;
      }),

    /** Stops one communication in the middle of its way. False when it is stopped already, or has ended. */
    pause: (communicationId: string, why: string, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        await againstTheGate(sql);
        const moved = await sql.query(
          `UPDATE communication SET paused_at = now(), paused_why = $2
            WHERE id = $1 AND paused_at IS NULL AND state IN ('scheduled', 'releasing', 'released')`,
          [communicationId, why],
        );
        if (moved.rowCount === 1) log(line);
        return moved.rowCount === 1;
      }),

    /** A person's decision. `until`: a new latest useful time for what has become too late. False: nothing waits there. */
    decide: (
      communicationId: string,
      decision: Decision,
      until: string | null,
      line: LogLine,
    ): Promise<boolean> =>
      transaction(async (sql, log) => {
        await againstTheGate(sql);
        const moved = await sql.query(decision === "go" ? GO : CANCEL, [
          communicationId,
          ...(decision === "go" ? [until] : []),
        ]);
        if (moved.rowCount !== 1) return false;
        if (decision === "cancel") await cancelDeliveries(sql, communicationId);
        else await sql.query(MAKE_AGAIN, [communicationId]);
        log(line);
        return true;
      }),
  };
}

/** A communication `c` that the hold $1, while it is in force, has something to do with. */
export const COVERED = `EXISTS (
     SELECT 1 FROM hold h JOIN campaign k ON k.id = c.campaign_id
      WHERE h.id = $1 AND h.released_at IS NULL AND (
            h.scope_kind = 'everything'
         OR (h.scope_kind = 'campaign' AND h.scope_key = k.key)
         OR (h.scope_kind = 'theme' AND h.scope_key = k.priority_key)
         OR (h.scope_kind = 'channel' AND h.scope_key = ANY (c.channels))
         OR (h.scope_kind = 'agency' AND (h.scope_key = k.lead_agency_key
             OR EXISTS (SELECT 1 FROM campaign_agency g WHERE g.campaign_id = k.id AND g.agency_key = h.scope_key)
             OR EXISTS (SELECT 1 FROM channel x WHERE x.key = ANY (c.channels) AND x.agency_key = h.scope_key)))))`;
/** On its way, or due. */
export const UNDER_WAY = `(c.state IN ('releasing', 'released') OR (c.state = 'scheduled' AND c.due_at <= app_now()))`;

/** Pauses what the hold $1 alone kept back: on its way, or due meanwhile. */
const KEPT = `
UPDATE communication c SET paused_at = now(), paused_why = 'hold ' || $1 || ' was lifted: decide whether it goes on'
 WHERE c.paused_at IS NULL
   AND ${UNDER_WAY} AND ${COVERED}
RETURNING c.reference`;

const REFUSED = `EXISTS (SELECT 1 FROM rendition r WHERE r.communication_id = communication.id AND r.state = 'refused')
      AND communication.state IN ('scheduled', 'releasing', 'released')`;
const GO = `
UPDATE communication SET paused_at = NULL, paused_why = NULL, reviewed = true, latest_useful_at = coalesce($2, latest_useful_at),
       state = CASE WHEN state = 'needs_decision' THEN 'scheduled' ELSE state END
 WHERE id = $1 AND (paused_at IS NOT NULL OR state = 'needs_decision' OR ${REFUSED}) AND app_now() <= coalesce($2, latest_useful_at)`;

const CANCEL = `
UPDATE communication SET paused_at = NULL, paused_why = NULL, state = 'cancelled'
 WHERE id = $1 AND (paused_at IS NOT NULL OR state = 'needs_decision' OR ${REFUSED})`;

/** What was refused is wanted again, and what waited for it rings as soon as it is ready. It is held against the same approval. */
const MAKE_AGAIN = `
WITH again AS (UPDATE rendition SET state = 'wanted' WHERE communication_id = $1 AND state = 'refused' RETURNING id),
     ringing AS (
       UPDATE batch b SET ring_at = app_now() FROM again WHERE b.rendition_id = again.id AND b.done_at IS NULL AND b.lease_owner IS NULL
       RETURNING b.dispatch_id, b.batch_no)
UPDATE delivery d SET state = 'queued' FROM ringing g WHERE d.dispatch_id = g.dispatch_id AND d.batch_no = g.batch_no AND d.state = 'held'`;

/** What has not left stays here; what is on its way or in doubt is still told how it ended. */
async function cancelDeliveries(sql: Sql, communicationId: string): Promise<void> {
  await sql.query(
    `WITH ended AS (
       UPDATE dispatch SET state = 'cancelled', done_at = now()
        WHERE communication_id = $1 AND state IN ('freezing', 'frozen', 'released') RETURNING id)
     UPDATE delivery d SET state = 'cancelled', settled_at = now() FROM ended e
      WHERE d.dispatch_id = e.id AND d.state IN ('queued', 'deferred', 'held')`,
    [communicationId],
  );
  await sql.query(
    `UPDATE batch b SET ring_at = NULL, fence = fence + 1 FROM dispatch p
      WHERE p.id = b.dispatch_id AND p.communication_id = $1 AND b.done_at IS NULL`,
    [communicationId],
  );
}
