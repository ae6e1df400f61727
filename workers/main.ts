// Starts the workers of this process: all of them, or only those named.
import type { Deps } from "../src/deps.ts";
import dispatch from "./dispatch.ts";
import release from "./release.ts";
import render from "./render.ts";

const WORKERS = { release, render, dispatch };
export type WorkerName = keyof typeof WORKERS;
export const WORKER_NAMES = Object.keys(WORKERS) as WorkerName[];

/** Closing stops claiming at once, finishes what has passed the gate and hands the rest back. */
export function startWorkers(
  deps: Deps,
  only: readonly WorkerName[] = WORKER_NAMES,
): { close(): Promise<void> } {
  const stopping = new AbortController();
  const working = only.map((name) => WORKERS[name](deps, stopping.signal));
  return {
    async close() {
      stopping.abort();
      await Promise.all(working.map((worker) => worker.close()));
    },
  };
}
