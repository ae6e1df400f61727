// The heart of the queue's contract on a Redis Cluster and behind a Sentinel; the whole of it is queue.test.ts.
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, test } from "@jest/globals";
import { heartOfTheQueue, openBells, type QueueKind } from "../support/bells.ts";
import { NO_REDIS, redisBinary, type TestRedis } from "../support/redis.ts";
import { startCluster, startSentinel } from "../support/redis-topologies.ts";

const kinds = [
  ["a Cluster of three masters", startCluster],
  ["a server behind a Sentinel", startSentinel],
] as const;

if (redisBinary() === null) test.skip(`Redis Cluster and Sentinel: ${NO_REDIS}`, () => undefined);
else
  describe.each(kinds)("the queue on %s", (_name, start) => {
    let redis: TestRedis;
    const kind: QueueKind = {
      address: () => redis.url,
      settings: (redisUrl) => ({ databaseUrl: "", redisUrl, prefix: `t-${randomUUID().slice(0, 8)}` }),
      empty: () => redis.flushAll(),
    };
    const bells = openBells(kind);
    beforeAll(async () => {
      redis = await start();
    }, 60_000);
    afterAll(() => redis.stop());
    afterEach(async () => {
      await bells.close();
      await redis.flushAll();
    });
    heartOfTheQueue(kind, bells);
  });
