// What the one leader does at set times, apart from sweeping: every night what can wait until then, and small tidying by day.
import cron from "node-cron";
import { RETENTION_PAUSE_MS } from "../config/audience-limits.ts";
import { mergeCells, recount } from "./audience/cells.ts";
import { clearImports } from "./audience/import/clear.ts";
import { reconfirm } from "./audience/reconfirm.ts";
import { retainTonight } from "./audience/retention.ts";
import type { Deps } from "./deps.ts";
import { recheckTimes } from "./journey/recheck-times.ts";
import type { Leading } from "./leading.ts";

interface Round {
  readonly when: string;
  /** Safe to repeat, and to break off. */
  readonly work: (deps: Deps) => Promise<unknown>;
  /** True of what `work` returns where more is left: it goes on after a pause, and everything else goes on between. */
  readonly more?: (result: unknown) => boolean;
}

/** Minutes apart, so that one waits for nobody. */
const ROUNDS: readonly Round[] = [
  { when: "30 17 3 * * *", work: recheckTimes },
  { when: "30 27 3 * * *", work: reconfirm },
  { when: "30 37 3 * * *", work: recount },
  { when: "30 47 3 * * *", work: clearImports },
  // Every ten minutes: a day of changes would make a count as slow as the people themselves.
  { when: "40 */10 * * * *", work: mergeCells },
  // Every hour: what was off at night, or broken off, is made good when it runs again. Done, a night is not begun twice.
  { when: "0 23 * * * *", work: retainTonight, more: (unfinished) => unfinished === true },
];

export function openRounds(deps: Deps, next: Leading["next"]): { close(): Promise<unknown> } {
  const pauses = new Set<NodeJS.Timeout>();
  let closed = false;
  const go = ({ work, more }: Round): void =>
    next(async () => {
      const result = await work(deps);
      if (closed || !more?.(result)) return;
      const pause = setTimeout(() => {
        pauses.delete(pause);
        go({ when: "", work, more });
      }, RETENTION_PAUSE_MS);
      pauses.add(pause);
    });
  const tasks = ROUNDS.map((round) => cron.schedule(round.when, () => go(round)));
  const close = async () => {
    closed = true;
    for (const pause of pauses) clearTimeout(pause);
    await Promise.all(tasks.map(async (task) => task.destroy()));
  };
  return { close };
}
