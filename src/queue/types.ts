// What the house sees of a queue, whichever server carries it. The rest of BullMQ's types stays in this folder.
import type { Job, JobsOptions, Processor } from "bullmq";
import type { WORKER_OPTIONS } from "./queues.ts";

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
