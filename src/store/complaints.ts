// The register of complaints about data protection, with the 30 days the law gives for an acknowledgement (LAW12).
import type { LogLine } from "../domain/log-entry.ts";
import type { Database, Sql } from "./database.ts";
import { ASK_LETTER, type LetterState } from "./letters.ts";

export interface NewComplaint {
  readonly reference: string;
  readonly email: string;
  readonly emailHash: string;
  readonly about: string;
  readonly words: string;
  readonly days: number;
}
/** How long its letter is of use, and how many one address gets in a day. */
export interface LetterRule {
  readonly minutes: number;
  readonly mostADay: number;
}
export type ComplaintRow = Awaited<ReturnType<ReturnType<typeof openComplaints>["list"]>>[number];

export function openComplaints({ prisma, pool, transaction }: Database) {
  const letter = (sql: Sql, kind: string, id: string, hash: string, { minutes, mostADay }: LetterRule) =>
    sql.query(ASK_LETTER, [kind, id, hash, minutes, mostADay]);
  const open = () =>
    prisma.complaint.findMany({ where: { state: { not: "answered" } }, orderBy: { madeAt: "asc" } });
  const answered = { where: { state: "answered" }, orderBy: { answeredAt: "desc" } } as const;
  return {
    /** Kept with its letter in one transaction. False: the reference is taken, choose another. */
    make: (given: NewComplaint, rule: LetterRule, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const { rows } = await sql.query<{ id: string }>(
          `INSERT INTO complaint (reference, email, about, words, made_at, acknowledge_by)
           VALUES ($1, $2, $3, $4, app_now(), app_now() + make_interval(days => $5)) ON CONFLICT DO NOTHING RETURNING id`,
          [given.reference, given.email, given.about, given.words, given.days],
        );
        const id = rows[0]?.id;
        if (id === undefined) return false;
        await letter(sql, "complaint-received", id, given.emailHash, rule);
        log(line);
        return true;
      }),

    /** What nobody has answered first, the oldest on top; then the answered, the newest on top: 500 of them, as much as a page is for. */
    list: async () => [...(await open()), ...(await prisma.complaint.findMany({ ...answered, take: 500 }))],
    /** The whole register in the same order. */
    all: async () => [...(await open()), ...(await prisma.complaint.findMany(answered))],
    byReference: (reference: string) => prisma.complaint.findUnique({ where: { reference } }),

    /** What became of its acknowledgement of receipt; null where none was written, as the address had had enough letters that day. */
    async receiptOf(id: string): Promise<LetterState | null> {
      const { rows } = await pool.query<{ state: LetterState }>(
        "SELECT state FROM letter WHERE about = $1 AND kind = 'complaint-received' ORDER BY asked_at DESC LIMIT 1",
        [id],
      );
      return rows[0]?.state ?? null;
    },

    /** How many wait for an acknowledgement that is due within so many days, or overdue. */
    async dueWithin(days: number): Promise<{ due: number; overdue: number }> {
      const { rows } = await pool.query<{ due: number; overdue: number }>(
        `SELECT count(*) FILTER (WHERE acknowledge_by > app_now()) AS due, count(*) FILTER (WHERE acknowledge_by <= app_now()) AS overdue
           FROM complaint WHERE state = 'open' AND acknowledge_by < app_now() + make_interval(days => $1)`,
        [days],
      );
      return rows[0] ?? { due: 0, overdue: 0 };
    },

    /** False where somebody was first. */
    acknowledge: (reference: string, by: string, line: LogLine): Promise<boolean> =>
      transaction(async (sql, log) => {
        const { rowCount } = await sql.query(
          `UPDATE complaint SET state = 'acknowledged', acknowledged_at = app_now(), acknowledged_by = $2
            WHERE reference = $1 AND state = 'open'`,
          [reference, by],
        );
        if (rowCount === 1) log(line);
        return rowCount === 1;
      }),

    /** The outcome and the letter that says it, in one transaction. An answer is an acknowledgement, too. */
    answer: (
      {
        reference,
        outcome,
        by,
        emailHash,
      }: { reference: string; outcome: string; by: string; emailHash: string },
      rule: LetterRule,
      line: LogLine,
    ): Promise<boolean> =>
      transaction(async (sql, log) => {
        const { rows } = await sql.query<{ id: string }>(
          `UPDATE complaint SET state = 'answered', outcome = $2, answered_at = app_now(), answered_by = $3,
                  acknowledged_at = coalesce(acknowledged_at, app_now()), acknowledged_by = coalesce(acknowledged_by, $3)
            WHERE reference = $1 AND state <> 'answered' RETURNING id`,
          [reference, outcome, by],
        );
        const id = rows[0]?.id;
        if (id === undefined) return false;
        await letter(sql, "complaint-answered", id, emailHash, rule);
        log(line);
        return true;
      }),
  };
}
