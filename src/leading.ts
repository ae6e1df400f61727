// What the one leader among all schedulers does, one thing after the other; the others only ask whether it is their turn.
import type { Deps } from "./deps.ts";
import { openFetching } from "./fetching.ts";

export interface Leading {
  /** Does `work` now if this process leads and nothing else is under way; what was missed comes with the next beat. */
  readonly beat: (work: () => Promise<unknown>) => void;
  /** Does `work` as soon as nothing else is under way. */
  readonly next: (work: () => Promise<unknown>) => void;
  readonly ended: () => Promise<void>;
}

export function openLeading(deps: Deps): Leading {
  const { watch, store, logger } = deps;
  const fetching = openFetching(deps);
  let running: Promise<unknown> | null = null;
  const beat: Leading["beat"] = (work) => {
    running ??= watch
      .look()
      .then((ours) => ours && store.leader.lead(async () => void (await work())))
      .catch((err: unknown) => logger.error({ err }, "the scheduler failed"))
      .finally(() => (running = null));
  };
  return {
    beat,
    next: (work) => void Promise.resolve(running).then(() => beat(work)),
    ended: async () => void (await Promise.all([running, fetching.close()])),
  };
}
