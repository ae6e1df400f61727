// How a command runs: settings read, house opened, work done, everything closed, and one of a few exit codes.
import { STOP_WITHIN_MS } from "../../config/limits.ts";
import { readSettings, type Settings } from "../../config/env.ts";
import type { OpenHouse } from "../house.ts";
import { explain, note } from "./print.ts";

export const EXIT = { done: 0, failed: 1, wrongUse: 2, tryLater: 75 } as const;

/** Ends when the person or the machine asks us to stop; the second time, at once. */
export function stopSignal(): AbortSignal {
  const stopping = new AbortController();
  const onSignal = () => {
    if (stopping.signal.aborted) process.exit(EXIT.failed);
    note("Stopping: finishing what is on its way …");
    stopping.abort();
    // Whatever still hangs then (a relay, a database that is away) must not keep a deploy waiting (X18).
    setTimeout(() => process.exit(EXIT.failed), STOP_WITHIN_MS + 4_000).unref();
  };
  process.on("SIGINT", onSignal).on("SIGTERM", onSignal);
  return stopping.signal;
}

/** Runs `work` and turns whatever it throws into one plain sentence and exit code 1. */
export async function command(work: (settings: Settings) => Promise<void>): Promise<void> {
  try {
    const settings = readSettings();
    try {
      await work(settings);
    } catch (error) {
      if (["trace", "debug"].includes(settings.logLevel)) console.error(error);
      throw error;
    }
  } catch (error) {
    note(`bellman: ${explain(error)}`);
    process.exitCode = EXIT.failed;
  }
}

/** Opens a house for `work` and closes it whatever happens. */
export async function inHouse<T>(
  open: Promise<OpenHouse>,
  work: (house: OpenHouse) => Promise<T>,
): Promise<T> {
  const house = await open;
  try {
    return await work(house);
  } finally {
    await house.close();
  }
}
