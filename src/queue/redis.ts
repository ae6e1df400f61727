// Connections to Redis for the queue: one server, one that Sentinels watch, or a Cluster. Knows no queue and no job.
import { Cluster, Redis } from "ioredis";
import { DomainError } from "../domain/errors.ts";
import { parseRedisAddress, type RedisAddress, sayRedis } from "../lib/redis-address.ts";
import { GIVE_UP_MS } from "./queues.ts";

export interface RedisConnections {
  readonly ringing: Redis | Cluster;
  readonly working: Redis | Cluster;
  /** The prefix as BullMQ needs it: in a Cluster all keys of a queue must be in one slot, which the braces do. */
  readonly prefixed: (prefix: string) => string;
  readonly close: () => Promise<void>;
}

interface Manner {
  readonly maxRetriesPerRequest: number | null;
  readonly enableOfflineQueue?: boolean;
  readonly connectTimeout?: number;
  readonly commandTimeout?: number;
  readonly retryStrategy?: (times: number) => number | null;
}

/** A ring that cannot be heard now is the sweeper's to repeat, and must not hold up whoever rings. */
const RINGING: Manner = {
  maxRetriesPerRequest: 1,
  enableOfflineQueue: false,
  connectTimeout: 5_000,
  commandTimeout: GIVE_UP_MS,
};

/** Workers wait for Redis to come back for as long as it takes; a doorbell does not. Throws "queue-unreachable". */
export async function connectRedis(url: string): Promise<RedisConnections> {
  const address = parseRedisAddress(url);
  if (!address) throw new Error("REDIS_URL was not checked");
  const always = (): number => 1_000;
  const ringing = make(address, RINGING, always);
  ringing.on("error", () => undefined);
  await ringing.connect().catch((error: unknown) => {
    ringing.disconnect();
    throw new DomainError(
      "queue-unreachable",
      `Redis does not answer at REDIS_URL (${sayRedis(url)}): ${(error as Error).message}. Start it, or unset REDIS_URL to use PostgreSQL.`,
    );
  });
  // BullMQ's own copies of this connection take the rule along: once we have closed, nobody waits for Redis any more.
  let closed = false;
  const patiently = (times: number) => (closed ? null : Math.min(times * 200, 5_000));
  const working = make(address, { maxRetriesPerRequest: null, retryStrategy: patiently }, patiently);
  working.on("error", () => undefined);
  if (working.status === "wait") working.connect().catch(() => undefined);
  return {
    ringing,
    working,
    prefixed: (prefix) => (address.kind === "cluster" ? `{${prefix}}` : prefix),
    close: () => {
      closed = true;
      ringing.disconnect();
      working.disconnect();
      return Promise.resolve();
    },
  };
}

/** Not connected yet. `again`: ms until the next try to find the Sentinels or the Cluster; null gives up. */
function make(
  address: RedisAddress,
  options: Manner,
  again: (times: number) => number | null,
): Redis | Cluster {
  const access = (({ username, password }: { username?: string; password?: string }) => ({
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  }))(address.kind === "single" ? {} : address);
  if (address.kind === "single") return new Redis(address.url, { lazyConnect: true, ...options });
  if (address.kind === "sentinel")
    return new Redis({
      ...options,
      ...access,
      lazyConnect: true,
      sentinels: address.places.map(({ host, port }) => ({ host, port })),
      name: address.name,
      db: address.db,
      sentinelRetryStrategy: again,
    });
  const { enableOfflineQueue = true, retryStrategy: _, ...withoutRetry } = options;
  return new Cluster([...address.places], {
    lazyConnect: true,
    enableOfflineQueue,
    clusterRetryStrategy: again,
    redisOptions: { ...withoutRetry, ...access },
  });
}
