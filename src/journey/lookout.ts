// Beside the doorbell: work that has lain for some seconds is taken up without a ring. A queue that is deaf costs seconds, not the work.
import { LOOKOUT_MS } from "../../config/limits.ts";
import type { Logger } from "../lib/logger.ts";
import { eachAtOnce } from "../lib/pool.ts";

export interface LookoutDeps {
  /** The ids of what should have been rung for some time ago. */
  readonly find: () => Promise<readonly string[]>;
  /** Safe to do twice. */
  readonly work: (id: string) => Promise<unknown>;
  /** How many are worked on together; one after the other where nothing is said. */
  readonly atOnce?: number;
  readonly logger: Logger;
}

export function openLookout({ find, work, atOnce = 1, logger }: LookoutDeps): { close(): Promise<void> } {
  let looking: Promise<void> | null = null;
  let closed = false;
  const look = async (): Promise<void> => {
    await eachAtOnce(await find(), atOnce, async (id) => {
      if (!closed) await work(id);
    });
  };
  const timer = setInterval(() => {
    looking ??= look()
      .catch((err: unknown) => logger.warn({ err }, "the lookout failed"))
      .finally(() => (looking = null));
  }, LOOKOUT_MS);
  return {
    close: async () => {
      closed = true;
      clearInterval(timer);
      await looking;
    },
  };
}
