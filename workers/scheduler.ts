// The clock of the house: every second the one leader sweeps, and every night it looks whether a time zone's rules have changed.
import cron from "node-cron";
import { SWEEP_SECONDS } from "../config/limits.ts";
import type { Deps } from "../src/deps.ts";
import { recheckTimes } from "../src/journey/recheck-times.ts";
import { sweep } from "../src/journey/sweep.ts";

export default function startScheduler(deps: Deps): { close(): Promise<void> } {
  let running: Promise<unknown> | null = null;
  const beat = (work: () => Promise<unknown>) => {
    running ??= deps.watch
      .look()
      .then((ours) => ours && deps.store.leader.lead(async () => void (await work())))
      .catch((err: unknown) => deps.logger.error({ err }, "the scheduler failed"))
      .finally(() => (running = null));
  };
  const swept = cron.schedule(`*/${SWEEP_SECONDS} * * * * *`, () => beat(() => sweep(deps)));
  const nightly = cron.schedule("30 17 3 * * *", () => {
    void Promise.resolve(running).then(() => beat(() => recheckTimes(deps)));
  });
  beat(() => sweep(deps));
  return {
    close: () => Promise.all([swept.destroy(), nightly.destroy()]).then(async () => void (await running)),
  };
}
