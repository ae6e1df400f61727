// Whom a relay itself called nobody (X3): suppressed once, as by a report that comes back. Said again, it changes nothing.
import type { LogLine } from "../domain/log-entry.ts";
import { NO_SUCH_ADDRESS } from "../domain/outcome.ts";
import { type Database, type Sql, statement } from "./database.ts";

const REFUSED = statement("refused-people");
const SILENCE =
  "INSERT INTO suppression (email_hash, reason) SELECT unnest($1::text[]), 'hard-bounce' ON CONFLICT DO NOTHING";

export interface Place {
  readonly dispatchId: string;
  readonly batchNo: number;
}
interface Refused {
  readonly id: string;
  readonly emailHash: string;
}

/** Returns how many people are suppressed now; the line is written only where somebody is. */
export async function silence(
  { pool, transaction }: Database,
  place: Place,
  line: (people: number) => LogLine,
): Promise<number> {
  // Asked first without a lock: nearly every batch has nobody.
  const refused = await refusedIn(pool, place);
  if (refused.length === 0) return 0;
  return transaction(async (sql, log) => {
    await lockPeople(sql, refused);
    // Asked again: whoever has joined anew or stopped meanwhile was waited for.
    const people = await refusedIn(sql, place);
    const { rowCount } = await sql.query(SILENCE, [people.map(({ emailHash }) => emailHash)]);
    if (rowCount) log(line(rowCount));
    return rowCount ?? 0;
  });
}

const refusedIn = async (sql: Sql, { dispatchId, batchNo }: Place): Promise<Refused[]> =>
  (await sql.query<Refused>(REFUSED, [dispatchId, batchNo, NO_SUCH_ADDRESS])).rows;

/** As everything does that suppresses: in the order of their ids, and not FOR UPDATE, which a joining consent and this would wait for crosswise. */
const lockPeople = (sql: Sql, people: readonly Refused[]) =>
  sql.query("SELECT 1 FROM subscriber WHERE id = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE", [
    people.map(({ id }) => id),
  ]);
