// The two backends behind one face: BullMQ on PostgreSQL by default, on Redis (redis.ts) when REDIS_URL is set.
import {
  createPostgresBackend,
  type Job,
  type JobsOptions,
  type PostgresConnectionOptions,
  type Processor,
  Queue,
  Worker,
} from "bullmq";
import { DomainError } from "../domain/errors.ts";
import { GIVE_UP_MS, WORKER_OPTIONS } from "./queues.ts";
import { connectRedis } from "./redis.ts";

export interface QueueSettings {
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  /** Keeps several Bellmans on one Redis apart; on PostgreSQL the database itself does. */
  readonly prefix: string;
  /** Other times than the house's; for tests that cannot wait a minute. */
  readonly timing?: Partial<WorkerOptions>;
}
type WorkerOptions = Record<keyof typeof WORKER_OPTIONS, number>;

/** As much of BullMQ's classes as the house uses; each backend's own types differ only in their connections. */
export interface JobQueue {
  add(name: string, payload: object, options: JobsOptions): Promise<unknown>;
  on(event: "error", listener: (error: Error) => void): unknown;
  close(): Promise<void>;
}
export interface JobWorker {
  on(event: "error", listener: (error: Error) => void): unknown;
  on(event: "failed", listener: (job: Job | undefined, error: Error) => void): unknown;
  close(): Promise<void>;
}

export interface Backend {
  readonly name: "postgres" | "redis";
  queue(name: string): JobQueue;
  worker(name: string, process: Processor, concurrency: number): JobWorker;
  close(): Promise<void>;
}

export async function openBackend(settings: QueueSettings): Promise<Backend> {
  const options = { ...WORKER_OPTIONS, ...settings.timing };
  return settings.redisUrl === undefined
    ? postgres(settings.databaseUrl, options)
    : redis(settings.redisUrl, settings.prefix, options);
}

/**
 * Its tables live in a schema of their own; each worker also holds one LISTEN connection. They are brought up to date once,
 * here: BullMQ remembers a failed first contact for as long as the process lives, so it must be told to us and not to a ring.
 */
async function postgres(connectionString: string, options: WorkerOptions): Promise<Backend> {
  const connection = { connectionString, schema: "bullmq" };
  // A statement that nobody answers gives its connection up, so that the next ring gets a new one.
  const ringing = {
    ...connection,
    max: 2,
    connectionTimeoutMillis: GIVE_UP_MS,
    query_timeout: GIVE_UP_MS,
  };
  await updateTables(connectionString, { ...connection, max: 1, migrate: true });
  return {
    name: "postgres",
    queue: (name) => new Queue(name, { connection: ringing }, createPostgresBackend),
    worker: (name, process, concurrency) =>
      new Worker(
        name,
        process,
        { connection: { ...connection, max: 3 }, concurrency, ...options },
        createPostgresBackend,
      ),
    close: () => Promise.resolve(),
  };
}

async function updateTables(url: string, connection: PostgresConnectionOptions): Promise<void> {
  const first = new Queue("first", { connection }, createPostgresBackend);
  first.on("error", () => undefined);
  try {
    await first.waitUntilReady();
  } catch (error) {
    throw new DomainError(
      "queue-unreachable",
      `The queue's tables in the database at ${new URL(url).host} cannot be used: ${(error as Error).message}. Check that this account may create a schema named "bullmq" there.`,
    );
  } finally {
    await first.close().catch(() => undefined);
  }
}

async function redis(url: string, prefix: string, options: WorkerOptions): Promise<Backend> {
  const { ringing, working, prefixed, close } = await connectRedis(url);
  const name = prefixed(prefix);
  return {
    name: "redis",
    queue: (queue) => new Queue(queue, { connection: ringing, prefix: name }),
    worker: (queue, process, concurrency) =>
      new Worker(queue, process, { connection: working, prefix: name, concurrency, ...options }),
    close,
  };
}
