// A worker of BullMQ's that outlives its server: one whose first contact failed stays dead, so another takes its place.
import { sleep } from "../lib/clock.ts";
import type { JobWorker } from "./types.ts";

/** A server that fails is asked again after this long; without it a worker would ask as fast as it can. */
export const AGAIN_MS = 500;

/** As much of BullMQ's worker as is used here; its own type is bound to its server. It must not run by itself. */
interface Bull {
  on(event: string, listener: (...said: never[]) => void): unknown;
  emit(event: "error", error: Error): boolean;
  waitUntilReady(): Promise<unknown>;
  run(): Promise<void>;
  close(): Promise<void>;
}
interface Opened {
  readonly worker: Bull;
  /** What else ends with it. */
  readonly after?: () => Promise<unknown>;
}

export function steadfast(open: () => Opened): JobWorker {
  const heard: [event: string, listener: (...said: never[]) => void][] = [];
  const leaving = new AbortController();
  let current = open();
  const renew = (): void => {
    current = open();
    for (const [event, listener] of heard) current.worker.on(event, listener);
  };
  const live = async (): Promise<void> => {
    while (!leaving.signal.aborted) {
      try {
        await current.worker.waitUntilReady();
        return await current.worker.run();
      } catch (error) {
        current.worker.emit("error", error as Error);
        await end(current);
        await sleep(AGAIN_MS, leaving.signal);
        if (!leaving.signal.aborted) renew();
      }
    }
  };
  const living = sleep(0).then(live); // whoever opened it listens first
  return {
    on: (event: string, listener: (...said: never[]) => void) => {
      heard.push([event, listener]);
      return current.worker.on(event, listener);
    },
    close: async () => {
      leaving.abort();
      await end(current);
      await living;
    },
  };
}

async function end({ worker, after }: Opened): Promise<void> {
  await worker.close().catch(() => undefined);
  await after?.().catch(() => undefined); // a second time it is refused, and that is all
}
