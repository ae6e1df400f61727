// Retention as the leader does it: a step, then everything else that waits, then the next step.
import cron from "node-cron";
import { RETENTION_PAUSE_MS } from "../config/limits.ts";
import { retainTonight } from "./audience/retention.ts";
import type { Deps } from "./deps.ts";
import type { Leading } from "./leading.ts";

/** Every hour: what was off at night, or broken off, is made good when it runs again. Done, a night is not begun twice. */
const HOURLY = "0 23 * * * *";

export function startRetaining(deps: Deps, next: Leading["next"]): { destroy(): Promise<unknown> } {
  let more: NodeJS.Timeout | undefined;
  let ended = false;
  const retaining = () =>
    next(async () => {
      clearTimeout(more);
      const unfinished = await retainTonight(deps);
      if (unfinished && !ended) more = setTimeout(retaining, RETENTION_PAUSE_MS);
    });
  const task = cron.schedule(HOURLY, retaining);
  const destroy = async () => {
    ended = true;
    clearTimeout(more);
    await task.destroy();
  };
  return { destroy };
}
