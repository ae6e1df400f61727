// An account that may only be asked so often a minute: the bucket is in the database and all workers share it (X9).
import { sleep } from "../../lib/clock.ts";
import type { Batch } from "../../store/batches.ts";
import type { Store } from "../../store/store.ts";

/** Waits for this account's turn. False when the worker was asked to stop meanwhile. */
export type Allowance = (
  batch: Pick<Batch, "account" | "mostPerMinute">,
  signal: AbortSignal,
) => Promise<boolean>;

const ASK_AGAIN_MS = 250;

export function openAllowance({ store }: { store: Pick<Store, "workers"> }): Allowance {
  const held = new Map<string, number>();
  const asking = new Map<string, Promise<number>>();
  /** A second's worth at a time, fetched once for all who wait. */
  const fetch = (account: string, perMinute: number): Promise<number> => {
    const fetched =
      asking.get(account) ??
      store.workers
        .takeTokens(account, perMinute, Math.ceil(perMinute / 60))
        .then((n) => {
          held.set(account, (held.get(account) ?? 0) + n);
          return n;
        })
        .finally(() => asking.delete(account));
    asking.set(account, fetched);
    return fetched;
  };
  return async ({ account, mostPerMinute }, signal) => {
    if (mostPerMinute === null) return true;
    while (!signal.aborted) {
      const left = held.get(account) ?? 0;
      if (left > 0) {
        held.set(account, left - 1);
        return true;
      }
      if ((await fetch(account, mostPerMinute)) === 0) await sleep(ASK_AGAIN_MS, signal);
    }
    return false;
  };
}
