// Takes a communication whose time has come and hands it to the release step. Decides nothing itself.
import { LOOKOUT_MS } from "../config/limits.ts";
import type { Deps } from "../src/deps.ts";
import { openLookout } from "../src/journey/lookout.ts";
import { release } from "../src/journey/release.ts";

export default (deps: Deps): { close(): Promise<void> } => {
  // Not before this database was looked at: a restored one is held, another environment's is left alone.
  const step = async (communicationId: string) =>
    (await deps.watch.sure()) && release(deps, { communicationId });
  const bell = deps.answer("release", ({ communicationId }) => step(communicationId));
  const lookout = openLookout({
    find: () => deps.store.sweeping.due(LOOKOUT_MS / 1_000),
    work: step,
    logger: deps.logger,
  });
  return { close: async () => void (await Promise.all([bell.close(), lookout.close()])) };
};
