// Who works when: each channel and lane has runners of its own, so that a slow channel never slows another and urgent never waits.
import { BATCHES_AT_ONCE, POLL_MS } from "../../../config/limits.ts";
import type { Lane } from "../../domain/lane.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Store } from "../../store/store.ts";

export interface LanesDeps {
  readonly store: Pick<Store, "batches">;
  readonly mayClaim: () => boolean;
  readonly dispatch: (input: { channelKey: string; lane: Lane }) => Promise<void>;
  readonly logger: Logger;
}
export interface Lanes {
  /** Looks at once for something to do; the doorbell calls it. */
  readonly wake: () => void;
  /** Starts nothing more and waits for what is under way. */
  readonly close: () => Promise<void>;
}

/** The doorbell is only faster: every POLL_MS each worker looks by itself, so a lost queue costs a second. */
export function openLanes(deps: LanesDeps): Lanes {
  const { start, ended } = openRunners(deps);
  let closed = false;
  let looking: Promise<void> | null = null;
  let again = false;
  const look = async (): Promise<void> => {
    do {
      again = false;
      if (closed || !deps.mayClaim()) return;
      for (const { channelKey, lane } of await deps.store.batches.ripe()) start(channelKey, lane);
    } while (again);
  };
  const wake = (): void => {
    again = true;
    looking ??= look()
      .catch((err: unknown) => deps.logger.warn({ err }, "could not look for work"))
      .finally(() => (looking = null));
  };
  const timer = setInterval(wake, POLL_MS);
  wake();
  return {
    wake,
    close: async () => {
      closed = true;
      clearInterval(timer);
      await looking;
      await ended();
    },
  };
}

/** Up to BATCHES_AT_ONCE runners for each channel and lane; one that finds nothing left ends. */
function openRunners({ dispatch, logger }: LanesDeps) {
  const running = new Map<string, Set<Promise<void>>>();
  return {
    start: (channelKey: string, lane: Lane): void => {
      const key = `${channelKey}/${lane}`;
      const runners = running.get(key) ?? new Set();
      running.set(key, runners);
      while (runners.size < BATCHES_AT_ONCE) {
        const runner: Promise<void> = dispatch({ channelKey, lane })
          .catch((err: unknown) => logger.error({ err, channelKey, lane }, "a lane stopped"))
          .finally(() => runners.delete(runner));
        runners.add(runner);
      }
    },
    ended: () => Promise.all([...running.values()].flatMap((runners) => [...runners])),
  };
}
