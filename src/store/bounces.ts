// What came back for deliveries that had been accepted: kept once, whom it silences, and how much of a dispatch it is.
import { SOFT_BOUNCES } from "../../config/audience-limits.ts";
import type { BounceKind } from "../domain/bounce-kind.ts";
import type { LogLine } from "../domain/log-entry.ts";
import { moveReturned, type ReturnedState, returnedAfter } from "../domain/returned.ts";
import type { Returned as Tally } from "../domain/threshold.ts";
import { type Database, type Sql, statement } from "./database.ts";

const FIND = statement("bounced-deliveries");
const SOFT = statement("soft-bounces");
const SUPPRESS = statement("suppress");

/** A delivery that a report may be about. The address is there to find our part of a report, and goes no further. */
export interface Bounced {
  readonly id: number;
  readonly deliveryKey: string;
  readonly subscriberId: string | null;
  readonly email: string | null;
  readonly dispatchId: string;
  readonly channelKey: string;
  readonly communicationId: string;
  readonly reference: string;
  readonly campaignKey: string;
  readonly leadAgencyKey: string;
}
/** One report that was believed. */
export interface Believed {
  readonly delivery: Bounced;
  readonly kind: BounceKind;
  readonly status: string;
  readonly source: "dsn" | "text" | "arf";
}
export type SuppressedFor = "hard-bounce" | "soft-bounces" | "complaint";
/** What one communication's reports came to: how many of each kind were new, and how many people are no longer written to. */
export interface Came {
  readonly about: Bounced;
  readonly counts: Readonly<Partial<Record<BounceKind, number>>>;
  readonly suppressed: number;
}
export interface ReturnedRow {
  readonly communicationId: string;
  readonly kind: BounceKind;
  readonly count: number;
}
export interface RecentBounce {
  readonly at: Date;
  readonly kind: BounceKind;
  readonly status: string;
  readonly source: string;
  readonly reference: string | null;
  readonly deliveryId: number | null;
}

export function openBounces({ pool, transaction }: Database) {
  return {
    async byId(ids: readonly number[]): Promise<Bounced[]> {
      return ids.length === 0 ? [] : (await pool.query<Bounced>(FIND, [ids, null, null, null])).rows;
    },
    /** Where only a Message-ID can prove it: whoever a report names among the recipients of one communication. */
    async byHints(
      reference: string,
      subscriberIds: readonly string[],
      emailHashes: readonly string[],
    ): Promise<Bounced[]> {
      return (await pool.query<Bounced>(FIND, [null, reference, subscriberIds, emailHashes])).rows;
    },

    /** Keeps what is new of these reports, in one transaction with whom it suppresses and a line for each communication. */
    record: (reports: readonly Believed[], line: (came: Came) => LogLine): Promise<Came[]> =>
      transaction(async (sql, log) => {
        await lockPeople(sql, reports);
        const fresh = await keep(sql, reports);
        const silenced = await suppress(sql, await whomToSuppress(sql, fresh));
        const came = perCommunication(fresh, silenced);
        for (const one of came) log(line(one));
        return came;
      }),

    /** How dispatches stand: of batches that are done, as refusals are counted. */
    async tally(dispatchIds: readonly string[]): Promise<({ readonly dispatchId: string } & Tally)[]> {
      return (await pool.query<{ dispatchId: string } & Tally>(TALLY, [dispatchIds])).rows;
    },
    /** Each delivery once, by the worst that was said of it. */
    async counts(communicationIds: readonly string[]): Promise<ReturnedRow[]> {
      return (await pool.query<ReturnedRow>(COUNTS, [communicationIds])).rows;
    },
    async summary(days: number): Promise<{ kind: BounceKind; count: number }[]> {
      const { rows } = await pool.query<{ kind: BounceKind; count: number }>(
        "SELECT kind, count(*) AS count FROM bounce WHERE at > now() - $1 * interval '1 day' GROUP BY 1 ORDER BY 1",
        [days],
      );
      return rows;
    },
    async recent(limit: number): Promise<RecentBounce[]> {
      return (await pool.query<RecentBounce>(RECENT, [limit])).rows;
    },
  };
}

/** In the order of their ids, as everything does that suppresses; whoever reports on the same people waits here. */
const lockPeople = (sql: Sql, reports: readonly Believed[]) =>
  sql.query("SELECT 1 FROM subscriber WHERE id = ANY ($1::uuid[]) ORDER BY id FOR UPDATE", [
    reports.flatMap(({ delivery }) => delivery.subscriberId ?? []),
  ]);

/** Those that moved their delivery on; a report read twice, or one that comes too late, is none of them (H91). */
async function keep(sql: Sql, reports: readonly Believed[]): Promise<Believed[]> {
  const { rows } = await sql.query<{ id: number; kinds: BounceKind[] }>(
    "SELECT delivery_id AS id, array_agg(kind ORDER BY id) AS kinds FROM bounce WHERE delivery_id = ANY ($1::bigint[]) GROUP BY 1",
    [reports.map(({ delivery }) => delivery.id)],
  );
  const states = new Map<number, ReturnedState>(rows.map(({ id, kinds }) => [id, returnedAfter(kinds)]));
  const fresh = reports.filter(({ delivery: { id }, kind }) => {
    const next = moveReturned(states.get(id) ?? "quiet", kind);
    if (next !== null) states.set(id, next);
    return next !== null;
  });
  const column = <T>(of: (one: Believed) => T) => fresh.map(of);
  await sql.query(
    `INSERT INTO bounce (report_id, delivery_id, subscriber_id, dispatch_id, kind, status, source)
     SELECT * FROM unnest($1::text[], $2::bigint[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::text[])`,
    [
      // One delivery tells one thing once, whoever repeats it and in however many messages.
      column(({ delivery, kind }) => `${delivery.id}:${kind}`),
      column(({ delivery }) => delivery.id),
      column(({ delivery }) => delivery.subscriberId),
      column(({ delivery }) => delivery.dispatchId),
      ...[column(({ kind }) => kind), column(({ status }) => status), column(({ source }) => source)],
    ],
  );
  return fresh;
}

async function whomToSuppress(sql: Sql, fresh: readonly Believed[]): Promise<Map<string, SuppressedFor>> {
  const of = (...kinds: readonly BounceKind[]) =>
    fresh.flatMap(({ kind, delivery }) => (kinds.includes(kind) ? (delivery.subscriberId ?? []) : []));
  const { days, period, settlesDays } = SOFT_BOUNCES;
  const counted = of("soft", "delivered");
  const enough =
    counted.length === 0
      ? []
      : (await sql.query<{ id: string }>(SOFT, [counted, period, settlesDays, days])).rows;
  return new Map([
    ...enough.map(({ id }) => [id, "soft-bounces"] as const),
    ...of("hard").map((id) => [id, "hard-bounce"] as const),
    ...of("complaint").map((id) => [id, "complaint"] as const),
  ]);
}

async function suppress(sql: Sql, people: ReadonlyMap<string, SuppressedFor>): Promise<ReadonlySet<string>> {
  if (people.size === 0) return new Set();
  const { rows } = await sql.query<{ id: string }>(SUPPRESS, [[...people.keys()], [...people.values()]]);
  return new Set(rows.map(({ id }) => id));
}

function perCommunication(fresh: readonly Believed[], silenced: ReadonlySet<string>): Came[] {
  const told = new Set<string>();
  const came = new Map<
    string,
    { about: Bounced; counts: Partial<Record<BounceKind, number>>; suppressed: number }
  >();
  for (const { delivery, kind } of fresh) {
    const one = came.get(delivery.dispatchId) ?? { about: delivery, counts: {}, suppressed: 0 };
    one.counts[kind] = (one.counts[kind] ?? 0) + 1;
    const person = delivery.subscriberId;
    if (person !== null && silenced.has(person) && !told.has(person)) one.suppressed += 1;
    if (person !== null) told.add(person);
    came.set(delivery.dispatchId, one);
  }
  return [...came.values()];
}

const TALLY = `
SELECT p.id AS "dispatchId", c.reviewed, x.hard, x.policy, x.complaints,
       (SELECT coalesce(sum((b.counts ->> 'accepted')::int), 0)::int FROM batch b WHERE b.dispatch_id = p.id AND b.done_at IS NOT NULL) AS accepted
  FROM dispatch p JOIN communication c ON c.id = p.communication_id
 CROSS JOIN LATERAL (
   SELECT count(*) FILTER (WHERE b.kind = 'hard') AS hard, count(*) FILTER (WHERE b.kind = 'policy') AS policy,
          count(*) FILTER (WHERE b.kind = 'complaint') AS complaints FROM bounce b WHERE b.dispatch_id = p.id) x
 WHERE p.id = ANY ($1::uuid[])`;

const COUNTS = `
SELECT "communicationId", kind, count(*) AS count
  FROM (SELECT DISTINCT ON (b.delivery_id) p.communication_id AS "communicationId", b.kind
          FROM dispatch p JOIN bounce b ON b.dispatch_id = p.id WHERE p.communication_id = ANY ($1::uuid[])
         ORDER BY b.delivery_id, array_position(ARRAY['delayed', 'delivered', 'soft', 'policy', 'hard', 'complaint'], b.kind) DESC) worst
 GROUP BY 1, 2 ORDER BY 1, 2`;

const RECENT = `
SELECT b.at, b.kind, b.status, b.source, b.delivery_id AS "deliveryId", c.reference
  FROM bounce b LEFT JOIN dispatch p ON p.id = b.dispatch_id LEFT JOIN communication c ON c.id = p.communication_id
 ORDER BY b.id DESC LIMIT $1`;
