// What can wait for the night: the leader does it in small steps, and everything else goes on between them.
import cron from "node-cron";
import { RETENTION_PAUSE_MS } from "../config/limits.ts";
import { reconfirm } from "./audience/reconfirm.ts";
import { retainTonight } from "./audience/retention.ts";
import type { Deps } from "./deps.ts";
import { recheckTimes } from "./journey/recheck-times.ts";
import type { Leading } from "./leading.ts";
import { eachAtOnce } from "./lib/pool.ts";

/** One thing after the other; what fails keeps none of the others back. Each is safe to repeat. */
const NIGHTLY: readonly ((deps: Deps) => Promise<unknown>)[] = [recheckTimes, reconfirm];
const everyNight = (deps: Deps): Promise<void> =>
  eachAtOnce(NIGHTLY, 1, async (step) => void (await step(deps)));

export function openNight(deps: Deps, next: Leading["next"]): { close(): Promise<unknown> } {
  let more: NodeJS.Timeout | undefined;
  let closed = false;
  const retaining = () =>
    next(async () => {
      clearTimeout(more);
      const unfinished = await retainTonight(deps);
      if (unfinished && !closed) more = setTimeout(retaining, RETENTION_PAUSE_MS);
    });
  const once = cron.schedule("30 17 3 * * *", () => next(() => everyNight(deps)));
  // Every hour: what was off at night, or broken off, is made good when it runs again. Done, a night is not begun twice.
  const kept = cron.schedule("0 23 * * * *", retaining);
  const close = async () => {
    closed = true;
    clearTimeout(more);
    await Promise.all([once.destroy(), kept.destroy()]);
  };
  return { close };
}
