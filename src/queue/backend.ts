// The two backends behind one face: BullMQ on PostgreSQL by default (postgres.ts), on Redis (redis.ts) when REDIS_URL is set.
import { type Job, type JobsOptions, type Processor, Queue, Worker } from "bullmq";
import { openPostgres } from "./postgres.ts";
import { WORKER_OPTIONS } from "./queues.ts";
import { connectRedis } from "./redis.ts";
import { steadfast } from "./steadfast.ts";

export interface QueueSettings {
  readonly databaseUrl: string;
  readonly redisUrl: string | undefined;
  /** Keeps several Bellmans on one Redis apart; on PostgreSQL the database itself does. */
  readonly prefix: string;
  /** Other times than the house's; for tests that cannot wait a minute. */
  readonly timing?: Partial<WorkerOptions>;
}
export type WorkerOptions = Record<keyof typeof WORKER_OPTIONS, number>;

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
    ? openPostgres(settings.databaseUrl, options)
    : redis(settings.redisUrl, settings.prefix, options);
}

async function redis(url: string, prefix: string, options: WorkerOptions): Promise<Backend> {
  const { ringing, working, prefixed, close } = await connectRedis(url);
  const name = prefixed(prefix);
  return {
    name: "redis",
    queue: (queue) => new Queue(queue, { connection: ringing, prefix: name }),
    worker: (queue, process, concurrency) =>
      steadfast(() => {
        const all = { ...options, connection: working, prefix: name, concurrency, autorun: false };
        return { worker: new Worker(queue, process, all) };
      }),
    close,
  };
}
