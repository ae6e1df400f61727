// Starts the workers of this process: all of them, or only those named.
import { STOP_WITHIN_MS } from "../config/limits.ts";
import type { Deps } from "../src/deps.ts";
import { sleep } from "../src/lib/clock.ts";
import dispatch from "./dispatch.ts";
import letters from "./letters.ts";
import release from "./release.ts";
import render from "./render.ts";

const WORKERS = { release, render, dispatch, letters };
export type WorkerName = keyof typeof WORKERS;
export const WORKER_NAMES = Object.keys(WORKERS) as WorkerName[];

/**
 * Closing stops claiming at once, finishes what has passed the gate and hands the rest back. What a hanging relay has not
 * answered within STOP_WITHIN_MS stays behind: our lease ends, and then it is in doubt (X18).
 */
export function startWorkers(
  deps: Deps,
  only: readonly WorkerName[] = WORKER_NAMES,
): { close(): Promise<void> } {
  const stopping = new AbortController();
  const working = only.map((name) => WORKERS[name](deps, stopping.signal));
  return {
    async close() {
      stopping.abort();
      const waiting = new AbortController();
      const closed = Promise.all(working.map((worker) => worker.close())).then(() => true);
      const inTime = sleep(STOP_WITHIN_MS, waiting.signal).then(() => false);
      if (!(await Promise.race([closed, inTime])))
        deps.logger.error("stopped without waiting any longer: what is on its way will be in doubt");
      waiting.abort();
    },
  };
}
