// The heart of the queue's contract on a Redis Cluster and behind a Sentinel; the whole of it is queue.test.ts.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { makeLogger } from "../../src/lib/logger.ts";
import { type Backend, openBackend } from "../../src/queue/backend.ts";
import { type Doorbell, openDoorbell } from "../../src/queue/doorbell.ts";
import type { Payload } from "../../src/queue/queues.ts";
import { answer } from "../../src/queue/work.ts";
import { NO_REDIS, redisBinary, type TestRedis } from "../support/redis.ts";
import { startCluster, startSentinel } from "../support/redis-topologies.ts";
import { later, until } from "../support/waiting.ts";

const logger = makeLogger({ level: "silent" });
type Dispatch = Payload<"dispatch">;
const some = (): Dispatch => ({ dispatchId: randomUUID() });
const kinds = [
  ["a Cluster of three masters", startCluster],
  ["a server behind a Sentinel", startSentinel],
] as const;

if (redisBinary() === null) test.skip(`Redis Cluster and Sentinel: ${NO_REDIS}`, () => undefined);
else
  describe.each(kinds)("the queue on %s", (_name, start) => {
    let redis: TestRedis;
    const closing: (() => Promise<unknown>)[] = [];
    beforeAll(async () => {
      redis = await start();
    }, 60_000);
    afterAll(() => redis.stop());
    afterEach(async () => {
      for (const close of closing.splice(0).reverse()) await close();
      await redis.flushAll();
    });

    async function open(): Promise<{ backend: Backend; bell: Doorbell }> {
      const prefix = `t-${randomUUID().slice(0, 8)}`;
      const backend = await openBackend({ databaseUrl: "", redisUrl: redis.url, prefix });
      closing.push(() => backend.close());
      const bell = openDoorbell(backend, logger);
      closing.push(() => bell.close());
      return { backend, bell };
    }

    function hear(backend: Backend, step: () => Promise<unknown> = () => Promise.resolve()) {
      const heard: Dispatch[] = [];
      const keep = (payload: Dispatch) => {
        heard.push(payload);
        return step();
      };
      const working = answer(backend, "dispatch", keep, logger);
      closing.push(() => working.close());
      return { heard, working };
    }

    test("a ring runs the step with exactly what was rung, and no other step", async () => {
      const { backend, bell } = await open();
      const { heard } = hear(backend);
      await bell.ring("render", { renditionId: randomUUID() });
      const payload = some();
      await bell.ring("dispatch", payload);
      await until(() => heard.length > 0);
      await sleep(200);
      expect(heard).toEqual([payload]);
    });

    test("ringing twice while the first waits runs the step once; after it has run it can be rung again", async () => {
      const { backend, bell } = await open();
      const payload = some();
      await bell.ring("dispatch", payload);
      await bell.ring("dispatch", payload);
      const { heard } = hear(backend);
      await until(() => heard.length > 0);
      await sleep(300);
      expect(heard).toEqual([payload]);
      await bell.ring("dispatch", payload);
      await until(() => heard.length === 2);
    });

    test("after the queue's data is gone, the worker that was running hears new rings", async () => {
      const { backend, bell } = await open();
      const { heard } = hear(backend);
      await bell.ring("dispatch", some());
      await until(() => heard.length === 1);
      await redis.flushAll();
      await bell.ring("dispatch", some());
      await until(() => heard.length === 2);
    });

    test("closing waits for the step under way and hears nothing afterwards", async () => {
      const { backend, bell } = await open();
      const { promise, resolve } = later();
      const { heard, working } = hear(backend, () => promise);
      await bell.ring("dispatch", some());
      await until(() => heard.length === 1);
      const closed = working.close();
      await sleep(100);
      resolve();
      await closed;
      await bell.ring("dispatch", some());
      await sleep(300);
      expect(heard).toHaveLength(1);
    });
  });
