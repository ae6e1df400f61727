// Opens PostgreSQL once: one pool, shared by Prisma (records people look at) and by named SQL (moves and sets of rows).
import { readFileSync } from "node:fs";
import { PrismaPg } from "@prisma/adapter-pg";
import pg from "pg";
import { type Prisma, PrismaClient } from "../generated/prisma/client.ts";
import { bodyOf, type LogLine } from "../domain/log-entry.ts";
import { failpoint } from "../lib/failpoint.ts";

// Counts and ids stay far below 2^53, and JSON cannot carry BigInt.
pg.types.setTypeParser(pg.types.builtins.INT8, Number);

/** A connection inside a transaction, or the pool outside one. */
export type Sql = Pick<pg.ClientBase, "query">;

export interface Database {
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  /** Runs `work` in one transaction; its log lines are appended last, so that the log's lock is held briefly. */
  readonly transaction: <T>(work: (sql: Sql, log: (line: LogLine) => void) => Promise<T>) => Promise<T>;
  /** The same for records written through Prisma: what `work` writes and its log lines commit together. */
  readonly record: <T>(
    work: (tx: Prisma.TransactionClient, log: (line: LogLine) => void) => Promise<T>,
  ) => Promise<T>;
  readonly close: () => Promise<void>;
}

/** Setting up a large partnership is many small writes; Prisma's own default of 5 s is meant for one form. */
const RECORD_TIMEOUT_MS = 60_000;

/** A statement of src/store/sql, read once. Each file says above its text what it returns, changes and locks. */
export const statement = (name: string): string =>
  readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), "utf8");

export function openDatabase(url: string, { connections }: { connections: number }): Database {
  const pool = new pg.Pool({ connectionString: url, max: connections, connectionTimeoutMillis: 10_000 });
  // A connection lost while idle is replaced at the next query, one lost in use fails that query; without a listener either
  // would end the process.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool) });
  return {
    pool,
    prisma,
    transaction: (work) => inTransaction(pool, work),
    record: (work) =>
      prisma.$transaction(
        async (tx) => {
          const lines: LogLine[] = [];
          const result = await work(tx, (line) => lines.push(line));
          for (const line of lines) await tx.$queryRaw`SELECT append_log(${bodyOf(line)})`;
          return result;
        },
        { timeout: RECORD_TIMEOUT_MS, maxWait: RECORD_TIMEOUT_MS },
      ),
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
    },
  };
}

async function inTransaction<T>(
  pool: pg.Pool,
  work: (sql: Sql, log: (line: LogLine) => void) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  const lines: LogLine[] = [];
  try {
    await client.query("BEGIN");
    const result = await work(client, (line) => lines.push(line));
    for (const line of lines) await client.query("SELECT append_log($1)", [bodyOf(line)]);
    if (lines.length > 0) failpoint("after_log_insert");
    await client.query("COMMIT");
    client.release();
    return result;
  } catch (error) {
    // A connection that cannot even roll back is thrown away.
    await client.query("ROLLBACK").then(
      () => client.release(),
      () => client.release(true),
    );
    throw error;
  }
}
