// What the one leader does at set times, apart from sweeping: every night what can wait until then, and small tidying by day.
import cron from "node-cron";
import { mergeCells, recount } from "./audience/cells.ts";
import type { Deps } from "./deps.ts";
import { recheckTimes } from "./journey/recheck-times.ts";
import type { Leading } from "./leading.ts";

/** When, and what. Minutes apart, so that one waits for nobody. */
const ROUND: readonly (readonly [string, (deps: Deps) => Promise<unknown>])[] = [
  ["30 17 3 * * *", recheckTimes],
  ["30 37 3 * * *", recount],
  // Every ten minutes: a day of changes would make a count as slow as the people themselves.
  ["40 */10 * * * *", mergeCells],
];

export function startNights(deps: Deps, next: Leading["next"]): { destroy(): Promise<unknown> } {
  const tasks = ROUND.map(([when, work]) => cron.schedule(when, () => next(() => work(deps))));
  return { destroy: () => Promise.all(tasks.map(async (task) => task.destroy())) };
}
