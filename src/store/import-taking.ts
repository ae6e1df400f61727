// The one transaction in which an import happens: everybody of it at once, or nobody.
import type pg from "pg";
import { bodyOf, type LogLine } from "../domain/log-entry.ts";
import { failpoint } from "../lib/failpoint.ts";
import { statement } from "./database.ts";

/** What is counted while a file is read and when it is taken. */
export type ImportCounts = Readonly<Record<string, number | string>>;

const CHOOSE = statement("import-choose");
const CONSENTS = statement("import-consents");
const REPORT = statement("import-report");

/** One import takes at a time: the next one finds who came before it. */
const LOCK = "SELECT pg_advisory_xact_lock(7201, 6)";

const PERSON_TABLE = `
CREATE TEMP TABLE import_person (
  row_no int, email text, email_hash text, first_name text, language text, area_code text, groups text[], interests text[], age_band text,
  basis text, wording text, source text, given_at timestamptz, id uuid, known boolean, fate text) ON COMMIT DROP`;
/**
 * Who asked us to stop is not written down again (LAW5). Without "on conflict", which costs a third more of each row: who signs up in
 * this very moment makes it fail, and it is done again.
 */
const PEOPLE = `
INSERT INTO subscriber (id, email, email_hash, first_name, language, area_code, groups, interests, age_band)
SELECT id, email, email_hash, first_name, language, area_code, groups, interests, age_band
  FROM import_person WHERE NOT known AND fate <> 'suppressed' ORDER BY email_hash`;
const COUNTS = `
SELECT count(*)::int AS people,
       count(*) FILTER (WHERE fate = 'consent')::int AS joined, count(*) FILTER (WHERE NOT known AND fate <> 'suppressed')::int AS new,
       count(*) FILTER (WHERE fate = 'standing')::int AS standing, count(*) FILTER (WHERE fate IN ('parked', 'lapsed', 'apart'))::int AS parked,
       count(*) FILTER (WHERE fate IN ('suppressed', 'objected'))::int AS stopped
  FROM import_person`;

export interface Taken {
  /** Different people in the file. */
  readonly people: number;
  /** Have a standing consent on the list now that they had not before. */
  readonly joined: number;
  /** Were unknown to us. */
  readonly new: number;
  /** Were on the list already; nothing of them changed. */
  readonly standing: number;
  /** Are kept and not written to: no consent that could be shown, or a person has to look. */
  readonly parked: number;
  /** Asked us to stop, everything or this list. */
  readonly stopped: number;
  /** Rows of people who are in the file more than once. */
  readonly duplicates: number;
}

export interface Taking {
  readonly id: string;
  readonly listKey: string;
  readonly fileHash: string;
  /** What the reading counted. */
  readonly counts: ImportCounts;
  readonly line: (taken: Taken) => LogLine;
  /** Do everything and then nothing: to be told what would happen. */
  readonly dryRun: boolean;
}

/** Takes the rows of an import. "same": this file is in this list already. The client is the import's own. */
export async function takeRows(client: pg.ClientBase, taking: Taking): Promise<Taken | "same"> {
  failpoint("import_copied");
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await takeOnce(client, taking);
    } catch (error) {
      await client.query("ROLLBACK").catch(() => undefined);
      if ((error as { code?: string }).code !== TAKEN_MEANWHILE || attempt === ATTEMPTS) throw error;
    }
  }
}

/** unique_violation: somebody of the file signed up after they were looked for. */
const TAKEN_MEANWHILE = "23505";
const ATTEMPTS = 5;

async function takeOnce(client: pg.ClientBase, taking: Taking): Promise<Taken | "same"> {
  await client.query("BEGIN");
  await client.query(LOCK);
  const same = await client.query(
    "SELECT 1 FROM import WHERE list_key = $1 AND file_hash = $2 AND state = 'done'",
    [taking.listKey, taking.fileHash],
  );
  const taken = same.rowCount ? "same" : await take(client, taking);
  failpoint("import_taken");
  await client.query(taken === "same" || taking.dryRun ? "ROLLBACK" : "COMMIT");
  return taken;
}

async function take(client: pg.ClientBase, { id, listKey, fileHash, counts, line }: Taking): Promise<Taken> {
  await client.query("SET LOCAL work_mem = '128MB'");
  // A table that was empty when it was last looked at makes the planner walk through a million rows once for each of a million.
  await client.query("SET LOCAL enable_nestloop = off");
  await client.query(PERSON_TABLE);
  await client.query(CHOOSE, [id, listKey]);
  await client.query("ANALYZE import_person");
  const added = (await client.query(PEOPLE)).rowCount ?? 0;
  const { rows } = await client.query<Omit<Taken, "duplicates">>(COUNTS);
  const counted = rows[0];
  if (!counted) throw new Error("an import counted nothing");
  await client.query("ANALYZE subscriber");
  await client.query(CONSENTS, [listKey]);
  await client.query(REPORT, [id]);
  const gone = await client.query("DELETE FROM import_row WHERE import_id = $1", [id]);
  const taken = { ...counted, new: added, duplicates: (gone.rowCount ?? 0) - counted.people };
  const done = await client.query(
    "UPDATE import SET state = 'done', file_hash = $2, counts = $3, finished_at = now() WHERE id = $1 AND state = 'reading'",
    [id, fileHash, { ...counts, ...taken }],
  );
  if (done.rowCount !== 1) throw new Error("an import was cleared away while it was taken");
  await client.query("SELECT append_log($1)", [bodyOf(line(taken))]);
  return taken;
}
