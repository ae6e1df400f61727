// Subscribers, their consent and their stops.
import type { LogLine } from "../domain/log-entry.ts";
import type { Database } from "./database.ts";
import { stopList, stopMany, type StopsList } from "./stops.ts";

export interface NewSubscriber {
  readonly email: string;
  readonly emailHash: string;
  readonly firstName: string | null;
  readonly language: string;
  readonly areaCode: string | null;
  readonly groups: readonly string[];
  readonly interests: readonly string[];
}
export interface ConsentGiven {
  readonly listKey: string;
  readonly basis: string;
  readonly wording: string;
  readonly source: string;
  readonly givenAt: string;
}

/** Adds people with their consent; who is there already keeps what they have. $1 people as JSON, $2-$6 the consent. */
const ADD = `
WITH given AS (
  SELECT * FROM jsonb_to_recordset($1::jsonb)
    AS p(email text, "emailHash" text, "firstName" text, language text, "areaCode" text, groups text[], interests text[])
),
added AS (
  INSERT INTO subscriber (email, email_hash, first_name, language, area_code, groups, interests)
  SELECT email, "emailHash", "firstName", language, "areaCode", groups, interests FROM given
  ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at)
SELECT id, $2, $3, $4, $5, $6 FROM added`;

export function openAudience(database: Database) {
  const { pool, prisma } = database;
  return {
    /** How many were new. */
    async add(people: readonly NewSubscriber[], consent: ConsentGiven): Promise<number> {
      const { listKey, basis, wording, source, givenAt } = consent;
      return (
        (await pool.query(ADD, [JSON.stringify(people), listKey, basis, wording, source, givenAt]))
          .rowCount ?? 0
      );
    },

    count: () => prisma.subscriber.count(),
    byId: (id: string) => prisma.subscriber.findUnique({ where: { id } }),

    /** One of `stopMany`. False: they had stopped before. */
    stop: async (subscriberId: string, reason: string, line: LogLine): Promise<boolean> =>
      (await stopMany(database, [subscriberId], reason, line)).has(subscriberId),
    /** Ends every consent of each and suppresses the address, so that the gate stops what is on its way. Those who had not stopped before. */
    stopMany: (
      subscriberIds: readonly string[],
      reason: string,
      line: LogLine,
    ): Promise<ReadonlySet<string>> => stopMany(database, subscriberIds, reason, line),
    /** The same for one list: an objection that no import undoes. False: they were not on it, or the person is gone. */
    stopList: (who: StopsList, line: (named: string | null) => LogLine): Promise<boolean> =>
      stopList(database, who, line),
  };
}
