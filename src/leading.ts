// What the one leader among all schedulers does, one thing after the other; the others only ask whether it is their turn.
import type { Deps } from "./deps.ts";
import { openFetching } from "./fetching.ts";

export interface Leading {
  /** Does `work` now if this process leads and nothing else is under way; what was missed comes with the next beat. */
  readonly beat: (work: () => Promise<unknown>) => void;
  /** Does `work` as soon as nothing else is under way; of several that wait, the first asked for begins. */
  readonly next: (work: () => Promise<unknown>) => void;
  /** What still waits is not begun: whatever it needs is about to be closed. */
  readonly ended: () => Promise<void>;
}

export function openLeading(deps: Deps): Leading {
  const { watch, store, logger } = deps;
  const fetching = openFetching(deps);
  let running: Promise<unknown> | null = null;
  let ending = false;
  const beat: Leading["beat"] = (work) => {
    running ??= watch
      .look()
      .then((ours) => ours && store.leader.lead(async () => void (await work())))
      .catch((err: unknown) => logger.error({ err }, "the scheduler failed"))
      .finally(() => (running = null));
  };
  // Whoever waited looks again: of two that waited for the same end, the first has begun something by then.
  const next: Leading["next"] = (work) => {
    if (ending) return;
    if (running) void running.then(() => next(work));
    else beat(work);
  };
  const ended = async () => {
    ending = true;
    await Promise.all([running, fetching.close()]);
  };
  return { beat, next, ended };
}
