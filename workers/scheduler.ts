// The clock of the house: every second the one leader sweeps. Decides nothing itself.
import cron from "node-cron";
import { SWEEP_SECONDS } from "../config/limits.ts";
import type { Deps } from "../src/deps.ts";
import { sweep } from "../src/journey/sweep.ts";

export default function startScheduler(deps: Deps): { close(): Promise<void> } {
  let running: Promise<unknown> | null = null;
  const beat = () => {
    running ??= deps.watch
      .look()
      .then((ours) => ours && deps.store.leader.lead(() => sweep(deps)))
      .catch((err: unknown) => deps.logger.error({ err }, "the sweep failed"))
      .finally(() => (running = null));
  };
  const task = cron.schedule(`*/${SWEEP_SECONDS} * * * * *`, beat);
  beat();
  return {
    close: async () => {
      await task.destroy();
      await running;
    },
  };
}
