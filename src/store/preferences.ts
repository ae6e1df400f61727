// What a person sees and changes of themselves on their own page, and who has said nothing for so long that they are asked again.
import type { LogLine } from "../domain/log-entry.ts";
import type { Database } from "./database.ts";

export interface Preferences {
  readonly firstName: string | null;
  readonly areaCode: string | null;
  readonly groups: readonly string[];
  /** As they stand in the row: sensitive ones sealed. */
  readonly interests: readonly string[];
  readonly language: string;
  readonly format: string;
  readonly mostPerWeek: number | null;
  /** Days from now; null: not paused; "keep": as it was. */
  readonly pause: number | null | "keep";
}

const CHANGE = `
UPDATE subscriber SET first_name = $2, area_code = $3, groups = $4, interests = $5, language = $6, format = $7, most_per_week = $8,
       paused_until = CASE WHEN $9 THEN paused_until ELSE app_now() + make_interval(days => $10) END, confirmed_at = app_now()
 WHERE id = $1`;

/** Whoever said nothing since $1 months, still gets something but warnings, and was not asked since they last spoke. $2 how many, $3 days. */
const ASK_AGAIN = `
INSERT INTO letter (kind, about, email_hash, useful_until)
SELECT 'still', s.id, s.email_hash, app_now() + make_interval(days => $3)
  FROM subscriber s
 WHERE s.confirmed_at < app_now() - make_interval(months => $1)
   AND EXISTS (SELECT 1 FROM consent c JOIN list l ON l.key = c.list_key
                WHERE c.subscriber_id = s.id AND c.withdrawn_at IS NULL AND c.basis = 'consent' AND l.kind <> 'emergency')
   AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)
   AND NOT EXISTS (SELECT 1 FROM letter l WHERE l.about = s.id AND l.kind = 'still' AND l.asked_at > s.confirmed_at
                      AND l.state IN ('waiting', 'handed', 'sent', 'refused'))
 ORDER BY s.confirmed_at LIMIT $2`;

/** No answer is no consent any more. A warning in an emergency is not lost for want of an answer. $1 days, $2 how many people. */
const LAPSE = `
WITH silent AS (
  SELECT DISTINCT s.id FROM letter l JOIN subscriber s ON s.id = l.about
   WHERE l.kind = 'still' AND l.state IN ('sent', 'refused') AND l.ended_at < app_now() - make_interval(days => $1) AND s.confirmed_at < l.asked_at
     AND EXISTS (SELECT 1 FROM consent c JOIN list k ON k.key = c.list_key
                  WHERE c.subscriber_id = s.id AND c.withdrawn_at IS NULL AND c.basis = 'consent' AND k.kind <> 'emergency')
   ORDER BY s.id LIMIT $2)
UPDATE consent c SET withdrawn_at = now(), end_reason = 'lapsed'
  FROM silent, list k
 WHERE c.subscriber_id = silent.id AND k.key = c.list_key AND c.withdrawn_at IS NULL AND c.basis = 'consent' AND k.kind <> 'emergency'
RETURNING c.subscriber_id AS id`;

export function openPreferences({ prisma, pool, transaction }: Database) {
  return {
    /** Everything their own page shows; null where there is no such person any more. */
    async person(id: string) {
      const person = await prisma.subscriber.findUnique({
        where: { id },
        include: {
          consents: {
            include: { list: { include: { wordings: true } } },
            orderBy: [{ givenAt: "desc" }, { id: "desc" }],
          },
        },
      });
      if (!person) return null;
      const where = { emailHash: person.emailHash };
      const [stopped, objections] = await Promise.all([
        prisma.suppression.findUnique({ where }),
        prisma.objection.findMany({ where }),
      ]);
      return { ...person, stoppedAt: stopped?.at ?? null, objections };
    },

    /** False where the person is gone. */
    change: (id: string, wanted: Preferences, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const { firstName, areaCode, groups, interests, language, format, mostPerWeek, pause } = wanted;
        const days = pause === "keep" ? null : pause;
        const changed = await sql.query(CHANGE, [
          ...[id, firstName, areaCode, groups, interests, language, format, mostPerWeek],
          ...[pause === "keep", days],
        ]);
        if (changed.rowCount === 1) log(line);
        return changed.rowCount === 1;
      }),

    /** They still want to hear. False where the person is gone, or has stopped meanwhile. */
    stay: (id: string, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const { rowCount } = await sql.query(
          `UPDATE subscriber s SET confirmed_at = app_now() WHERE s.id = $1
              AND EXISTS (SELECT 1 FROM consent c WHERE c.subscriber_id = s.id AND c.withdrawn_at IS NULL)
              AND NOT EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = s.email_hash)`,
          [id],
        );
        if (rowCount === 1) log(line);
        return rowCount === 1;
      }),

    /** How many people are asked whether they still want to hear. */
    askAgain: async (months: number, most: number, days: number): Promise<number> =>
      (await pool.query(ASK_AGAIN, [months, most, days])).rowCount ?? 0,

    /** Ends the consents of those who did not answer; how many people. */
    lapse: (days: number, most: number, line: (people: number) => LogLine): Promise<number> =>
      transaction(async (sql, log) => {
        const { rows } = await sql.query<{ id: string }>(LAPSE, [days, most]);
        const people = new Set(rows.map(({ id }) => id)).size;
        if (people > 0) log(line(people));
        return people;
      }),
  };
}
