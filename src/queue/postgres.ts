// BullMQ on PostgreSQL. Its tables live in a schema of their own; each worker also holds one LISTEN connection. What BullMQ does
// not do by itself when the database dies and comes back is done here.
import { createPostgresBackend, type PostgresConnectionOptions, Queue, Worker } from "bullmq";
import pg from "pg";
import { DomainError } from "../domain/errors.ts";
import { sleep } from "../lib/clock.ts";
import type { Backend, WorkerOptions } from "./types.ts";
import { GIVE_UP_MS } from "./queues.ts";
import { AGAIN_MS, steadfast } from "./steadfast.ts";

const SCHEMA = "bullmq";
/**
 * The tables are brought up to date once, here: BullMQ remembers a failed first contact for as long as its object lives, so it
 * must be told to us and not to a ring.
 */
export async function openPostgres(connectionString: string, options: WorkerOptions): Promise<Backend> {
  await updateTables(connectionString);
  // A statement that nobody answers gives its connection up, so that the next ring gets a new one.
  const ringing = {
    ...{ connectionString, schema: SCHEMA, max: 2 },
    ...{ connectionTimeoutMillis: GIVE_UP_MS, query_timeout: GIVE_UP_MS },
  };
  return {
    name: "postgres",
    queue: (name) => new Queue(name, { connection: ringing }, createPostgresBackend),
    worker: (name, process, concurrency) =>
      steadfast(() => {
        const pool = poolOf(connectionString);
        const connection = pool as unknown as PostgresConnectionOptions; // BullMQ's own type of a pool is narrower than pg's
        const all = { ...options, concurrency, connection, autorun: false };
        const worker = new Worker(name, process, all, patientBackend);
        return { worker, after: () => pool.end() };
      }),
    close: () => Promise.resolve(),
  };
}

async function updateTables(connectionString: string): Promise<void> {
  const connection = { connectionString, schema: SCHEMA, max: 1, migrate: true };
  const first = new Queue("first", { connection }, createPostgresBackend);
  first.on("error", () => undefined);
  try {
    await first.waitUntilReady();
  } catch (error) {
    throw new DomainError(
      "queue-unreachable",
      `The queue's tables in the database at ${new URL(connectionString).host} cannot be used: ${(error as Error).message}. Check that this account may create a schema named "${SCHEMA}" there.`,
    );
  } finally {
    await first.close().catch(() => undefined);
  }
}

/** A worker asks for jobs in a loop and takes most failures for a reason to ask again at once: here it waits first. */
const patientBackend: typeof createPostgresBackend = (name, options, more) => {
  const backend = createPostgresBackend(name, options, more);
  const take = backend.moveToActive.bind(backend);
  backend.moveToActive = (...asked) =>
    take(...asked).catch(async (error: unknown) => {
      await sleep(AGAIN_MS);
      throw error;
    });
  return backend;
};

/** Our own: a connection that is lost while it is in use would end the process, as nobody listens to it then. */
function poolOf(connectionString: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString,
    max: 4,
    keepAlive: true,
    options: `-c search_path=${SCHEMA}`,
  });
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  return pool;
}
