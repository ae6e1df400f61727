// Before the first test: one throw-away PostgreSQL with our tables in the database every test file copies.
// TEST_DATABASE_URL names a server to use instead; its account must be allowed to create databases.
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { tsImport } from "tsx/esm/api";

const ROOT = join(import.meta.dirname, "../..");
const MARK = "bellman-test-";
const DAY = 24 * 60 * 60 * 1000;

export default async function globalSetup(globalConfig) {
  if (needsNoDatabase(globalConfig)) return;
  globalThis.__BELLMAN_TEST__ = process.env.TEST_DATABASE_URL ? await onTheirServer() : await onOurServer();
  process.env.BELLMAN_TEST_TEMPLATE = globalThis.__BELLMAN_TEST__.url; // Jest's workers inherit it
  await migrate(globalThis.__BELLMAN_TEST__.url);
}

/** `npm test -- test/unit`: starting a database would take longer than the tests. */
function needsNoDatabase({ testPathPatterns }) {
  const asked = testPathPatterns?.patterns ?? [];
  return asked.length > 0 && asked.every((path) => path.includes("test/unit"));
}

async function onOurServer() {
  sweepOldRuns();
  const { startPostgres } = await tsImport("../../src/embedded/postgres.ts", import.meta.url);
  const dir = mkdtempSync(join(tmpdir(), MARK));
  process.env.BELLMAN_TEST_DIR = dir;
  const { url, stop } = await startPostgres(dir, { fast: true });
  return { url, dir, stop };
}

async function onTheirServer() {
  const { createDatabase, dropDatabase } = await tsImport("./databases.ts", import.meta.url);
  const url = await createDatabase(process.env.TEST_DATABASE_URL, "bellman_template");
  return { url, stop: () => dropDatabase(url) };
}

/** The tables, if they are written yet. */
async function migrate(url) {
  const dir = join(ROOT, "prisma/migrations");
  if (!existsSync(join(ROOT, "src/store/migrate.ts")) || !existsSync(dir)) return;
  const store = await tsImport("../../src/store/migrate.ts", import.meta.url);
  await store.migrate(url, dir);
}

/** Folders of failed or interrupted runs are kept for a day, so that one can look into them. */
function sweepOldRuns() {
  for (const name of readdirSync(tmpdir()).filter((name) => /^bellman-(test|folder)-/.test(name))) {
    const dir = join(tmpdir(), name);
    try {
      if (Date.now() - statSync(dir).mtimeMs > DAY) rmSync(dir, { recursive: true, force: true });
    } catch {
      // Another account's.
    }
  }
}
