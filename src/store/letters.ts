// Letters: single messages to one person about what they asked for. The row says what is known; at most one ever leaves.
import type { Database } from "./database.ts";

export type LetterKind = "confirm" | "still" | "everything" | "complaint-received" | "complaint-answered";
/** What is about to be written; the address lives here only as long as the letter is being made. */
export interface Letter {
  readonly id: string;
  readonly kind: LetterKind;
  readonly about: string;
  readonly tries: number;
  readonly email: string;
  readonly language: string;
  /** Of a sign-up. */
  readonly lists: readonly string[];
  /** Of a complaint. */
  readonly reference: string | null;
  readonly outcome: string | null;
  readonly madeAt: Date | null;
  readonly acknowledgeBy: Date | null;
}
export interface NewLetter {
  readonly kind: LetterKind;
  readonly about: string;
  readonly emailHash: string;
  readonly minutes: number;
}
export type LetterEnd = "sent" | "refused" | "unknown";
export type LetterState = LetterEnd | "waiting" | "handed" | "expired";

/** Only as many to one address in a day as are good for it. $1-$4 the letter, $5 how many. */
export const ASK_LETTER = `
INSERT INTO letter (kind, about, email_hash, useful_until)
SELECT $1, $2, $3, app_now() + make_interval(mins => $4)
 WHERE (SELECT count(*) FROM letter WHERE email_hash = $3 AND asked_at > app_now() - interval '1 day') < $5`;

const READ = `
SELECT l.id, l.kind, l.about, l.tries, coalesce(u.email, s.email, c.email) AS email,
       coalesce(u.answers ->> 'language', s.language, 'en') AS language, coalesce(u.lists, '{}') AS lists,
       c.reference, c.outcome, c.made_at AS "madeAt", c.acknowledge_by AS "acknowledgeBy"
  FROM letter l
  LEFT JOIN sign_up u ON l.kind = 'confirm' AND u.id = l.about
  LEFT JOIN subscriber s ON l.kind IN ('still', 'everything') AND s.id = l.about
  LEFT JOIN complaint c ON l.kind IN ('complaint-received', 'complaint-answered') AND c.id = l.about
 WHERE l.id = $1 AND coalesce(u.email, s.email, c.email) IS NOT NULL`;

/** The letter's own gate: nothing leaves past a hold, past its time, or to ask somebody who has just said stop. $1 letter, $2 channel. */
const PASS = `
UPDATE letter l SET state = 'handed', handed_at = app_now(), tries = l.tries + 1, outcome_code = NULL
 WHERE l.id = $1 AND l.state = 'waiting' AND l.useful_until > app_now()
   AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.released_at IS NULL
                      AND (h.scope_kind = 'everything' OR (h.scope_kind = 'channel' AND h.scope_key = $2)
                           OR (h.scope_kind = 'agency' AND h.scope_key = (SELECT agency_key FROM channel WHERE key = $2))))
   AND NOT (l.kind = 'still' AND EXISTS (SELECT 1 FROM suppression x WHERE x.email_hash = l.email_hash))`;

export function openLetters({ pool, transaction }: Database) {
  return {
    /** False: this address has had enough letters for a day. */
    async ask({ kind, about, emailHash, minutes }: NewLetter, mostADay: number): Promise<boolean> {
      const asked = await pool.query(ASK_LETTER, [kind, about, emailHash, minutes, mostADay]);
      return asked.rowCount === 1;
    },

    /** Those that may be tried now, the oldest first; none while everything is on hold. Ends those whose time is over. */
    async due(limit: number): Promise<string[]> {
      await pool.query(
        "UPDATE letter SET state = 'expired', ended_at = app_now() WHERE state = 'waiting' AND useful_until <= app_now()",
      );
      const { rows } = await pool.query<{ id: string }>(
        `SELECT id FROM letter WHERE state = 'waiting' AND not_before <= app_now()
            AND NOT EXISTS (SELECT 1 FROM hold WHERE released_at IS NULL AND scope_kind = 'everything')
          ORDER BY not_before, id LIMIT $1`,
        [limit],
      );
      return rows.map(({ id }) => id);
    },

    read: async (id: string): Promise<Letter | null> =>
      (await pool.query<Letter>(READ, [id])).rows[0] ?? null,

    /** The channel that carries letters: the first of these kinds that is not a sensitive list's own. */
    async channel(kinds: readonly string[]): Promise<string | null> {
      const { rows } = await pool.query<{ key: string }>(
        `SELECT c.key FROM channel c LEFT JOIN list l ON l.key = c.list_key
          WHERE c.active AND c.kind = ANY ($1) AND NOT coalesce(l.sensitive, false)
          ORDER BY coalesce(l.kind, 'residents') <> 'residents', c.key LIMIT 1`,
        [kinds],
      );
      return rows[0]?.key ?? null;
    },

    /** Committed before the last byte leaves: true once, for one worker. Waits for holds in flight, as the commit gate does. */
    pass: (id: string, channelKey: string): Promise<boolean> =>
      transaction(async (sql) => {
        await sql.query("SELECT pg_advisory_xact_lock_shared(7201, 3)");
        return (await sql.query(PASS, [id, channelKey])).rowCount === 1;
      }),

    async end(id: string, state: LetterEnd, code: string | null): Promise<void> {
      await pool.query(
        "UPDATE letter SET state = $2, outcome_code = $3, ended_at = app_now() WHERE id = $1 AND state IN ('waiting', 'handed')",
        [id, state, code],
      );
    },

    /** It has provably not left. */
    async putOff(id: string, code: string, minutes: number): Promise<void> {
      await pool.query(
        `UPDATE letter SET state = 'waiting', outcome_code = $2, not_before = app_now() + make_interval(mins => $3)
          WHERE id = $1 AND state IN ('waiting', 'handed')`,
        [id, code, minutes],
      );
    },

    /** Handed over so long ago that nobody waits for the answer any more. */
    async doubtful(seconds: number): Promise<string[]> {
      const { rows } = await pool.query<{ id: string }>(
        "SELECT id FROM letter WHERE state = 'handed' AND handed_at < app_now() - make_interval(secs => $1) LIMIT 100",
        [seconds],
      );
      return rows.map(({ id }) => id);
    },
  };
}
