// The clock of the house: every second the one leader sweeps; every night it does what can wait until then.
import cron from "node-cron";
import { SWEEP_SECONDS } from "../config/limits.ts";
import type { Deps } from "../src/deps.ts";
import { nightly } from "../src/journey/nightly.ts";
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
  const sweeping = () => beat(() => sweep(deps));
  const swept = cron.schedule(`*/${SWEEP_SECONDS} * * * * *`, sweeping, { suppressMissedWarning: true });
  const night = cron.schedule("30 17 3 * * *", () => {
    void Promise.resolve(running).then(() => beat(() => nightly(deps)));
  });
  sweeping();
  const end = () => Promise.all([swept.destroy(), night.destroy()]);
  return { close: () => end().then(async () => void (await running)) };
}
