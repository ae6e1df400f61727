// One contract for both queue backends: a ring is heard, lost, late or doubled, and never harms whoever rings.
import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { Backend } from "../../src/queue/backend.ts";
import type { Doorbell } from "../../src/queue/doorbell.ts";
import { type Dispatch, heartOfTheQueue, openBells, type QueueKind, some } from "../support/bells.ts";
import { withDatabase } from "../support/database.ts";
import { emptyQueueTables } from "../support/queue-tables.ts";
import { NO_REDIS, redisHalf, startRedis, type TestRedis } from "../support/redis.ts";
import { later, until } from "../support/waiting.ts";
import { openWire, type Wire } from "../support/wire.ts";

const database = withDatabase();
const half = redisHalf();
let redis: TestRedis | null = null;

beforeAll(async () => {
  if (half === "run") redis = await startRedis();
});
afterAll(() => redis?.stop());

const postgres: QueueKind = {
  address: () => database.url,
  settings: (databaseUrl) => ({ databaseUrl, redisUrl: undefined, prefix: "bellman" }),
  empty: () => emptyQueueTables(database.url),
};
const onRedis: QueueKind = {
  address: () => redis?.url ?? "",
  settings: (redisUrl) => ({ databaseUrl: "", redisUrl, prefix: `t-${randomUUID().slice(0, 8)}` }),
  empty: async () => redis?.flushAll(),
};

const kinds: [string, QueueKind][] = [["PostgreSQL", postgres]];
if (half === "run") kinds.push(["Redis", onRedis]);
else test.skip(`Redis: ${NO_REDIS}`, () => undefined);

describe.each(kinds)("the queue on %s", (_name, kind) => {
  const bells = openBells(kind);
  const { open, hear, closing } = bells;
  const wires: Wire[] = [];
  afterEach(async () => {
    for (const wire of wires) await wire.mend();
    await bells.close();
    for (const wire of wires.splice(0)) await wire.cut();
    await kind.empty();
  });

  heartOfTheQueue(kind, bells);

  async function openWired(): Promise<{ wire: Wire; backend: Backend; bell: Doorbell }> {
    const wire = await openWire(kind.address());
    wires.push(wire);
    return { wire, ...(await open(kind.settings(wire.url))) };
  }

  test.each([
    ["an id that is none", { dispatchId: "x" }],
    ["something missing", {}],
    ["something more, like an address", { ...some(), email: "aisha@example.org" }],
  ])("a job with %s never reaches the step, and the next one does", async (_what, bad) => {
    const { backend, bell } = await open();
    const queue = backend.queue("dispatch");
    closing.push(() => queue.close());
    await queue.add("dispatch", bad, {});
    const { heard } = hear(backend);
    const good = some();
    await bell.ring("dispatch", good);
    await until(() => heard.length > 0);
    await sleep(200);
    expect(heard).toEqual([good]);
  });

  test("a step that throws does not stop the jobs after it, and can be rung again", async () => {
    const { backend, bell } = await open();
    const bad = some();
    let times = 0;
    const { heard } = hear(backend, (payload) => {
      if (payload.dispatchId !== bad.dispatchId) return Promise.resolve();
      times += 1;
      return Promise.reject(new Error("the step failed"));
    });
    await bell.ring("dispatch", bad);
    for (let i = 1; i <= 5; i += 1) await bell.ring("dispatch", some());
    await until(() => heard.length === 6);
    await sleep(200);
    await bell.ring("dispatch", bad);
    await until(() => times === 2);
  });

  test("a ring neither throws nor hangs when the server is gone, and is heard once it is back", async () => {
    const { wire, backend, bell } = await openWired();
    const { heard } = hear(backend);
    await bell.ring("dispatch", some());
    await until(() => heard.length === 1);
    await wire.cut();
    const started = Date.now();
    await bell.ring("dispatch", some());
    expect(Date.now() - started).toBeLessThan(3_000);
    await wire.mend();
    await ringUntilHeard(bell, heard);
  });

  test("a ring neither throws nor hangs when the server falls silent, and is heard once it speaks", async () => {
    const { wire, backend, bell } = await openWired();
    const { heard } = hear(backend);
    await bell.ring("dispatch", some());
    await until(() => heard.length === 1);
    wire.freeze();
    for (let i = 0; i < 2; i += 1) {
      const started = Date.now();
      await bell.ring("dispatch", some());
      expect(Date.now() - started).toBeLessThan(3_000);
    }
    await wire.mend();
    await ringUntilHeard(bell, heard);
  });

  test("a ring that is answered while this process is busy counts as answered", async () => {
    const { backend, bell } = await open();
    const { heard } = hear(backend);
    const ringing = bell.ring("dispatch", some());
    for (const end = Date.now() + 2_500; Date.now() < end;); // as rendering an email does
    await ringing;
    await bell.ring("dispatch", some());
    await until(() => heard.length === 2, 5_000);
  });

  test("a worker that begins while the server is away does not ask without a rest, and hears rings once it is back", async () => {
    const { wire, backend, bell } = await openWired();
    await wire.cut();
    const { heard, working } = hear(backend);
    const troubles: Error[] = [];
    const other = backend.worker("render", () => Promise.resolve(), 1);
    other.on("error", (error) => troubles.push(error));
    closing.push(() => other.close());
    await sleep(3_000);
    expect(troubles.length).toBeLessThan(40);
    await wire.mend();
    await ringUntilHeard(bell, heard);
    await working.close();
  });

  /** As the sweeper does: again and again. */
  async function ringUntilHeard(bell: Doorbell, heard: readonly Dispatch[]): Promise<void> {
    const payload = some();
    const isHeard = () => heard.some((one) => one.dispatchId === payload.dispatchId);
    for (const end = Date.now() + 40_000; Date.now() < end && !isHeard(); await sleep(500))
      await bell.ring("dispatch", payload);
    expect(isHeard()).toBe(true);
  }

  test("the job of a killed worker comes back to another", async () => {
    const timing = { lockDuration: 2_000, stalledInterval: 500 };
    const settings = { ...kind.settings(kind.address()), timing };
    const { backend, bell } = await open(settings);
    const payload = some();
    await bell.ring("dispatch", payload);
    const script = join(import.meta.dirname, "../support/stuck-worker.ts");
    const child = spawn(process.execPath, ["--import", "tsx", script, JSON.stringify(settings)], {
      stdio: ["pipe", "pipe", "inherit"],
    });
    const [line] = (await once(child.stdout, "data")) as [Buffer];
    expect(JSON.parse(String(line))).toEqual(payload);
    const gone = once(child, "exit");
    child.kill("SIGKILL");
    await gone;
    const { heard } = hear(backend);
    await until(() => heard.length > 0);
    expect(heard).toEqual([payload]);
  });

  test("a queue emptied while a step runs does not harm that step or the next", async () => {
    const { backend, bell } = await open();
    const { promise, resolve } = later();
    const { heard } = hear(backend, () => promise);
    await bell.ring("dispatch", some());
    await until(() => heard.length === 1);
    await kind.empty();
    resolve();
    await bell.ring("dispatch", some());
    await until(() => heard.length === 2);
  });

  test("closing returns although the server is gone", async () => {
    const { wire, backend, bell } = await openWired();
    const { heard, working } = hear(backend);
    await bell.ring("dispatch", some());
    await until(() => heard.length === 1);
    await wire.cut();
    const started = Date.now();
    await working.close();
    await bell.close();
    await backend.close();
    expect(Date.now() - started).toBeLessThan(10_000);
  });
});
