// A process of its own may be started before its database or queue, as after a reboot: it waits for them and says so once (W2).
import type { Settings } from "../../config/env.ts";
import { START_WAIT } from "../../config/limits.ts";
import { DomainError } from "../domain/errors.ts";
import { joinHouse, type OpenHouse } from "../house.ts";
import { sleep } from "../lib/clock.ts";
import { note } from "./print.ts";

/** Null: told to stop meanwhile. What still is not there after START_WAIT.mostMs is thrown, for whoever keeps services running. */
export async function joinWhenThere(settings: Settings, signal: AbortSignal): Promise<OpenHouse | null> {
  const end = performance.now() + START_WAIT.mostMs;
  let hasSaid = false;
  while (!signal.aborted) {
    try {
      return await joinHouse(settings);
    } catch (error) {
      if (!mayCome(error) || performance.now() >= end) throw error;
      if (!hasSaid) note(`${error.message} Waiting for it, for up to ${START_WAIT.mostMs / 60_000} minutes.`);
      hasSaid = true;
    }
    await sleep(START_WAIT.againMs, signal);
  }
  return null;
}

const mayCome = (error: unknown): error is Error =>
  error instanceof DomainError && ["database-unreachable", "queue-unreachable"].includes(error.code);
