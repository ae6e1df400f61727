// The clock of the house: every second the one leader sweeps, and when something falls due between; every night what can wait until then.
import cron from "node-cron";
import { SWEEP_SECONDS } from "../config/limits.ts";
import type { Deps } from "../src/deps.ts";
import { sweep } from "../src/journey/sweep.ts";
import { openLeading } from "../src/leading.ts";
import { openRounds } from "../src/rounds.ts";

export default function startScheduler(deps: Deps): { close(): Promise<void> } {
  const { beat, next, ended } = openLeading(deps);
  let soon: NodeJS.Timeout | undefined;
  const sweeping = () =>
    beat(async () => {
      const ms = await sweep(deps);
      clearTimeout(soon);
      if (ms !== null) soon = setTimeout(sweeping, ms);
    });
  const swept = cron.schedule(`*/${SWEEP_SECONDS} * * * * *`, sweeping, { suppressMissedWarning: true });
  const rounds = openRounds(deps, next);
  sweeping();
  const stop = () => Promise.all([swept.destroy(), rounds.close()]);
  // A sweep under way may still name the next moment.
  const forget = () => clearTimeout(soon);
  return { close: () => stop().then(ended).then(forget).then(ended) };
}
