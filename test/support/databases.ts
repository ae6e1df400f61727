// Creates, drops and lists test databases. Loaded by Jest's workers and, through tsx, by its global set-up: no Jest in here.
import { randomBytes } from "node:crypto";
import pg from "pg";

/** The databases of test files carry this mark, so that what is left of a failed run can be told from anything else. */
const MARK = "t_";

const at = (url: string, database: string): string =>
  Object.assign(new URL(url), { pathname: `/${database}` }).href;
const nameIn = (url: string): string => decodeURIComponent(new URL(url).pathname.slice(1));

async function ask<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql, values)).rows;
  } finally {
    await client.end();
  }
}

/** Creates an empty database beside the one `url` names, and gives back its address. */
export async function createDatabase(url: string, start: string): Promise<string> {
  const name = `${start}_${randomBytes(6).toString("hex")}`;
  await ask(url, `CREATE DATABASE "${name}"`);
  return at(url, name);
}

/** Copies the database `template` names. Nothing may be connected to that one meanwhile. */
export async function copyDatabase(template: string): Promise<string> {
  const name = `${MARK}${randomBytes(6).toString("hex")}`;
  await ask(at(template, "postgres"), `CREATE DATABASE "${name}" TEMPLATE "${nameIn(template)}"`);
  return at(template, name);
}

export async function dropDatabase(url: string): Promise<void> {
  await ask(at(url, "postgres"), `DROP DATABASE IF EXISTS "${nameIn(url)}" WITH (FORCE)`);
}

/** The names of the databases that failed test files left. */
export async function keptDatabases(url: string): Promise<string[]> {
  const sql = "SELECT datname FROM pg_database WHERE starts_with(datname, $1)";
  return (await ask<{ datname: string }>(at(url, "postgres"), sql, [MARK])).map((row) => row.datname);
}
