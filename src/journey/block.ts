// A provider turned an account away: every worker leaves it alone for a while, and the record says so once.
import { TRY_AGAIN_SECONDS } from "../../config/limits.ts";
import type { Logger } from "../lib/logger.ts";
import type { Batch } from "../store/batches.ts";
import type { Store } from "../store/store.ts";
import { lineAbout, MACHINE } from "./log.ts";
import { aboutBatch } from "./record.ts";

export interface BlockDeps {
  readonly store: Pick<Store, "workers">;
  readonly logger: Logger;
}

/** `seconds`: what the provider asked for, or null where it did not say. Nothing is counted against anybody meanwhile. */
export async function blockAccount(
  { store, logger }: BlockDeps,
  batch: Batch,
  seconds: number | null,
  why: string,
): Promise<void> {
  const wait = Math.max(1, seconds ?? TRY_AGAIN_SECONDS);
  const facts = { account: batch.account, channel: batch.channelKey, seconds: wait };
  const line = lineAbout("account.blocked", aboutBatch(batch), MACHINE, facts, why);
  if (await store.workers.block(batch.account, wait, why, line))
    logger.warn({ account: batch.account, seconds: wait, why }, "a provider turned us away");
}
