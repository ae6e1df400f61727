// Bells on a queue of a test's own, and the heart of the contract every queue must keep, whichever server carries it.
import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { makeLogger } from "../../src/lib/logger.ts";
import { type Backend, openBackend, type QueueSettings } from "../../src/queue/backend.ts";
import { type Doorbell, openDoorbell } from "../../src/queue/doorbell.ts";
import type { Payload } from "../../src/queue/queues.ts";
import { answer, type Working } from "../../src/queue/work.ts";
import { later, until } from "./waiting.ts";

export type Dispatch = Payload<"dispatch">;
export const some = (): Dispatch => ({ dispatchId: randomUUID() });

export interface QueueKind {
  readonly address: () => string;
  readonly settings: (address: string) => QueueSettings;
  /** Everything the queue knew is gone. */
  readonly empty: () => Promise<void>;
}
export interface Bells {
  readonly open: (settings?: QueueSettings) => Promise<{ backend: Backend; bell: Doorbell }>;
  /** Answers "dispatch" with `step` and keeps what it was given. */
  readonly hear: (
    backend: Backend,
    step?: (payload: Dispatch) => Promise<unknown>,
  ) => { heard: Dispatch[]; working: Working };
  /** What is to be closed after the test, last first. */
  readonly closing: (() => Promise<unknown>)[];
  readonly close: () => Promise<void>;
}

export function openBells(kind: QueueKind): Bells {
  const logger = makeLogger({ level: "silent" });
  const closing: (() => Promise<unknown>)[] = [];
  return {
    closing,
    open: async (settings = kind.settings(kind.address())) => {
      const backend = await openBackend(settings);
      closing.push(() => backend.close());
      const bell = openDoorbell(backend, logger);
      closing.push(() => bell.close());
      return { backend, bell };
    },
    hear: (backend, step = () => Promise.resolve()) => {
      const heard: Dispatch[] = [];
      const keep = (payload: Dispatch) => {
        heard.push(payload);
        return step(payload);
      };
      const working = answer(backend, "dispatch", keep, logger);
      closing.push(() => working.close());
      return { heard, working };
    },
    close: async () => {
      for (const close of closing.splice(0).reverse()) await close();
    },
  };
}

/** What holds on every server: to be called where tests are described, after which `bells.close` and `kind.empty` run. */
export function heartOfTheQueue(kind: QueueKind, { open, hear }: Bells): void {
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

  test("ringing twice while the first still waits runs the step once; after it has run it can be rung again", async () => {
    const { backend, bell } = await open();
    const payload = some();
    await bell.ring("dispatch", payload);
    await bell.ring("dispatch", payload);
    const { heard } = hear(backend);
    await until(() => heard.length > 0);
    await sleep(300);
    expect(heard).toEqual([payload]);
    for (const times of [2, 3]) {
      await bell.ring("dispatch", payload);
      await until(() => heard.length === times);
      await sleep(100); // the step has returned; its job leaves the queue a moment later
    }
    expect(heard).toEqual([payload, payload, payload]);
  });

  test("after the queue's data is gone, the worker that was running hears new rings", async () => {
    const { backend, bell } = await open();
    const { heard } = hear(backend);
    await bell.ring("dispatch", some());
    await until(() => heard.length === 1);
    await kind.empty();
    await bell.ring("dispatch", some());
    await until(() => heard.length === 2);
  });

  test("closing waits for the step under way and hears nothing afterwards", async () => {
    const { backend, bell } = await open();
    const { promise, resolve } = later();
    let finished = false;
    const { heard, working } = hear(backend, () => promise.then(() => (finished = true)));
    await bell.ring("dispatch", some());
    await until(() => heard.length === 1);
    const closed = working.close();
    await sleep(100);
    expect(finished).toBe(false);
    resolve();
    await closed;
    expect(finished).toBe(true);
    await bell.ring("dispatch", some());
    await sleep(300);
    expect(heard).toHaveLength(1);
  });
}
