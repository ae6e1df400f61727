// What is held of one person, found by the keyed hash of their address: all of it for them to see, or gone (LAW5, LAW11).
import type { LogLine } from "../domain/log-entry.ts";
import { type Database, type Sql, statement } from "./database.ts";

const ACCESS = statement("person-access");
const UNLINK = statement("person-unlink");

export interface Erased {
  /** False: there was no profile; what else there was is gone all the same. */
  readonly profile: boolean;
  readonly consents: number;
  /** Deliveries that no longer say whose they were. */
  readonly deliveries: number;
  /** Deliveries on their way or in doubt in this moment: they keep a number that leads to nobody. */
  readonly underWay: number;
  readonly signUps: number;
  /** Complaints in the register: kept, as they have to be answered and shown. */
  readonly complaints: number;
}

export function openPersonData({ pool, transaction }: Database) {
  return {
    /** Everything, by part; null where nothing is held. `key` is the address in the form that is equal for the same person. */
    async access(hash: string, key: string): Promise<Readonly<Record<string, unknown>> | null> {
      const { rows } = await pool.query<{ held: Record<string, unknown> | null }>(ACCESS, [hash, key]);
      return rows[0]?.held ?? null;
    },
    /** The address of a profile; null where they are gone. */
    async addressOf(subscriberId: string): Promise<string | null> {
      const { rows } = await pool.query<{ email: string }>("SELECT email FROM subscriber WHERE id = $1", [
        subscriberId,
      ]);
      return rows[0]?.email ?? null;
    },
    /** Says in the log that somebody's data was put together, never whose. */
    accessed: (line: LogLine): Promise<void> => transaction((_sql, log) => Promise.resolve(log(line))),

    /** Null: nothing was held that could be erased. */
    erase: (hash: string, key: string, line: (erased: Erased) => LogLine): Promise<Erased | null> =>
      transaction(async (sql, log) => {
        const { rows } = await sql.query<{ id: string }>(
          "SELECT id FROM subscriber WHERE email_hash = $1 FOR UPDATE",
          [hash],
        );
        const id = rows[0]?.id ?? null;
        const signUps = await countOf(sql, "DELETE FROM sign_up WHERE email_hash = $1", [hash]);
        await sql.query("DELETE FROM import_row WHERE email_hash = $1", [hash]);
        const complaints = await countOf(sql, "SELECT 1 FROM complaint WHERE lower(email) = $1", [key]);
        if (id === null && signUps === 0) return null;
        const gone = id === null ? NOBODY : await erasePerson(sql, id, hash);
        const erased = { ...gone, profile: id !== null, signUps, complaints };
        log(line(erased));
        return erased;
      }),
  };
}

const NOBODY = { consents: 0, deliveries: 0, underWay: 0 };
const countOf = async (sql: Sql, text: string, values: unknown[]): Promise<number> =>
  (await sql.query(text, values)).rowCount ?? 0;

async function erasePerson(sql: Sql, id: string, hash: string): Promise<typeof NOBODY> {
  // First, so that no gate lets anything pass that is still waiting, and everybody is counted away once.
  await sql.query(
    "INSERT INTO suppression (email_hash, reason) VALUES ($1, 'erased') ON CONFLICT DO NOTHING",
    [hash],
  );
  const consents = await countOf(
    sql,
    `INSERT INTO former_consent (email_hash, list_key, basis, wording, source, given_at, withdrawn_at, end_reason)
     SELECT $2, list_key, basis, wording, source, given_at, coalesce(withdrawn_at, now()), coalesce(end_reason, 'withdrawn')
       FROM consent WHERE subscriber_id = $1`,
    [id, hash],
  );
  const { rows } = await sql.query<{ deliveries: number; underWay: number }>(UNLINK, [id]);
  await sql.query("UPDATE bounce SET subscriber_id = NULL WHERE subscriber_id = $1", [id]);
  // Letters name their person by number; those of sign-ups and complaints name the sign-up or the complaint.
  await sql.query("DELETE FROM letter WHERE about = $1", [id]);
  await sql.query("DELETE FROM subscriber WHERE id = $1", [id]);
  return { consents, deliveries: rows[0]?.deliveries ?? 0, underWay: rows[0]?.underWay ?? 0 };
}
