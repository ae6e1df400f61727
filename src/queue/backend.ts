// The two backends behind one face: BullMQ on PostgreSQL by default (postgres.ts), on Redis (redis.ts) when REDIS_URL is set.
import { Queue, Worker } from "bullmq";
import { openPostgres } from "./postgres.ts";
import { WORKER_OPTIONS } from "./queues.ts";
import { connectRedis } from "./redis.ts";
import { steadfast } from "./steadfast.ts";
import type { Backend, QueueSettings, WorkerOptions } from "./types.ts";

export type * from "./types.ts";

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
