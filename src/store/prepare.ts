// Before anything uses a database: is it there, is it new enough, are its tables up to date?
import pg from "pg";
import { DomainError } from "../domain/errors.ts";
import { migrate } from "./migrate.ts";

/** Reaches the database, checks what it promises, brings its tables up to date, and stamps it with `environment` if nobody has. */
export async function prepareDatabase(url: string, migrations: string, environment: string): Promise<void> {
  const { host } = new URL(url);
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    const { rows } = await client.query<{ version: number }>(
      "SELECT current_setting('server_version_num')::int AS version",
    );
    if ((rows[0]?.version ?? 0) < 150_000)
      throw new DomainError(
        "database-too-old",
        `The database at ${host} is older than PostgreSQL 15. Use 15 or newer.`,
      );
  } catch (error) {
    if (error instanceof DomainError) throw error;
    const why = (error as Error).message || (error as { code?: string }).code;
    throw new DomainError(
      "database-unreachable",
      `The database at DATABASE_URL (${host}) cannot be used: ${why}. Check that it runs and that the name and password are right.`,
    );
  } finally {
    await client.end().catch(() => undefined);
  }
  await migrate(url, migrations);
  await stamp(url, environment);
}

async function stamp(url: string, environment: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query("INSERT INTO environment (name) VALUES ($1) ON CONFLICT DO NOTHING", [environment]);
  } finally {
    await client.end();
  }
}
