// What the one leader does at set times, apart from sweeping.
import cron from "node-cron";
import type { Deps } from "./deps.ts";
import { recheckTimes } from "./journey/recheck-times.ts";
import type { Leading } from "./leading.ts";
import { startRetaining } from "./retaining.ts";

export function startNights(deps: Deps, next: Leading["next"]): { destroy(): Promise<unknown> } {
  const tasks = [
    cron.schedule("30 17 3 * * *", () => next(() => recheckTimes(deps))),
    startRetaining(deps, next),
  ];
  return { destroy: () => Promise.all(tasks.map(async (task) => task.destroy())) };
}
