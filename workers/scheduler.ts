// The clock of the house: every few seconds the one leader sweeps. Decides nothing itself.
import cron from "node-cron";
import { SWEEP_SECONDS } from "../config/limits.ts";
import type { Deps } from "../src/deps.ts";
import { sweep } from "../src/journey/sweep.ts";

export default function startScheduler(deps: Deps): { close(): Promise<void> } {
  let running: Promise<unknown> = Promise.resolve();
  const beat = () => {
    running = deps.store.leader
      .lead(() => sweep(deps))
      .catch((err: unknown) => deps.logger.error({ err }, "the sweep failed"));
    return running;
  };
  const task = cron.schedule(`*/${SWEEP_SECONDS} * * * * *`, beat, { noOverlap: true });
  void beat();
  return {
    close: () =>
      Promise.resolve(task.destroy())
        .then(() => running)
        .then(() => undefined),
  };
}
