// Takes a wanted rendition and hands it to the render step. Decides nothing itself.
import { LOOKOUT_MS } from "../config/limits.ts";
import type { Deps } from "../src/deps.ts";
import { openLookout } from "../src/journey/lookout.ts";
import { renderRendition } from "../src/journey/render.ts";

export default (deps: Deps): { close(): Promise<void> } => {
  const bell = deps.answer("render", (payload) => renderRendition(deps, payload));
  const lookout = openLookout({
    find: () => deps.store.sweeping.overdueRenditions(LOOKOUT_MS / 1_000),
    work: (renditionId) => renderRendition(deps, { renditionId }),
    logger: deps.logger,
  });
  return { close: async () => void (await Promise.all([bell.close(), lookout.close()])) };
};
