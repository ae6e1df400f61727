// Applies prisma/migrations in order and records them as `prisma migrate deploy` would, without Prisma's engine.
import { createHash, randomUUID } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";

/** The advisory lock Prisma Migrate itself takes, so that its CLI and this runner never overlap. */
const LOCK = 72707369;

const LEDGER = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;

interface Applied {
  readonly migration_name: string;
  readonly checksum: string;
  readonly finished_at: Date | null;
}

/** Applies what is missing, one transaction a migration, and returns their names. Throws when history was edited. */
export async function migrate(url: string, dir: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK]);
    await client.query("SET client_min_messages = warning");
    await client.query(LEDGER);
    const ledger = await client.query<Applied>(
      "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL",
    );
    const done = new Map(ledger.rows.map((row) => [row.migration_name, row]));
    const folders = (await readdir(dir, { withFileTypes: true })).filter((entry) => entry.isDirectory());
    const applied: string[] = [];
    for (const name of folders.map((folder) => folder.name).sort())
      if (await applyOne(client, dir, name, done.get(name))) applied.push(name);
    return applied;
  } finally {
    await client.end();
  }
}

async function applyOne(
  client: pg.Client,
  dir: string,
  name: string,
  before: Applied | undefined,
): Promise<boolean> {
  const sql = await readFile(join(dir, name, "migration.sql"), "utf8");
  const checksum = createHash("sha256").update(sql).digest("hex");
  if (before && !before.finished_at)
    throw new Error(`migration ${name} failed earlier; mend it by hand, then mark it applied`);
  if (before && before.checksum !== checksum)
    throw new Error(`migration ${name} was edited after it was applied`);
  if (before) return false;
  await client.query("BEGIN");
  try {
    await client.query(sql);
    await client.query(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count) VALUES ($1,$2,$3,now(),1)",
      [randomUUID(), checksum, name],
    );
    await client.query("COMMIT");
    return true;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}
