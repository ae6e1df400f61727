// A provider turned an account away: every worker leaves it alone for a while, and the record says so once.
import { TRY_AGAIN_SECONDS } from "../../../config/limits.ts";
import type { Unavailable, Why } from "../../domain/outcome.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Batch } from "../../store/batches.ts";
import type { Store } from "../../store/store.ts";
import { lineAbout, MACHINE } from "../log.ts";
import { aboutBatch } from "../record.ts";

export interface BlockDeps {
  readonly store: Pick<Store, "workers">;
  readonly logger: Logger;
}

/** `seconds`: what the provider asked for, or null where it did not say. Nothing is counted against anybody meanwhile. */
export async function blockAccount(
  { store, logger }: BlockDeps,
  batch: Batch,
  { retryAfterSeconds: seconds, why, code }: Unavailable,
): Promise<void> {
  const wait = Math.max(1, seconds ?? TRY_AGAIN_SECONDS);
  const facts = { account: batch.account, channel: batch.channelKey, seconds: wait };
  const said = `${WORDS[why]} (${code})`;
  const line = lineAbout("account.blocked", aboutBatch(batch), MACHINE, facts, said);
  if (await store.workers.block(batch.account, wait, said, line))
    logger.warn({ account: batch.account, seconds: wait, why }, "a provider turned us away");
}

const WORDS: Readonly<Record<Why, string>> = {
  "not-reached": "nobody answered",
  lost: "the connection was lost",
  "turned-away": "it wants nothing of us just now",
  "sign-in": "it does not know us: check the account's name and password",
  throttled: "too much at once",
  resting: "it failed too often and is left alone for a while",
  policy: "it does not want this message: look at what it says before going on",
};
