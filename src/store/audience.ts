// Subscribers, their consent and their stops.
import type { LogLine } from "../domain/log-entry.ts";
import type { Database } from "./database.ts";

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

export function openAudience({ pool, prisma, transaction }: Database) {
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

    /** Ends every consent and suppresses the address, so that the gate stops what is on its way. False: they had stopped before. */
    stop: (subscriberId: string, reason: string, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        await sql.query(
          "UPDATE consent SET withdrawn_at = now(), end_reason = 'withdrawn' WHERE subscriber_id = $1 AND withdrawn_at IS NULL",
          [subscriberId],
        );
        const stopped = await sql.query(
          "INSERT INTO suppression (email_hash, reason) SELECT email_hash, $2 FROM subscriber WHERE id = $1 ON CONFLICT DO NOTHING",
          [subscriberId, reason],
        );
        // What waits for them ends in this transaction: a gate in flight finishes first, and no later one finds it (I5).
        await sql.query(
          `UPDATE delivery SET state = 'suppressed', settled_at = now()
            WHERE id IN (SELECT d.id FROM delivery d JOIN dispatch p ON p.id = d.dispatch_id
                          WHERE p.state IN ('freezing', 'frozen', 'released') AND d.recipient_key = $1 ORDER BY d.id FOR UPDATE OF d)
              AND state IN ('queued', 'deferred', 'held')`,
          [subscriberId],
        );
        if (stopped.rowCount === 1) log(line);
        return stopped.rowCount === 1;
      }),
  };
}
