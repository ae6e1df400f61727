// The batches this process has in its hands. A claim whose answer was lost may have been made all the same: it would stay with a
// worker that lives and knows nothing of it, so it is given back before the next one.
import { CLAIM_ANSWER_MS } from "../../../config/limits.ts";
import { sleep } from "../../lib/clock.ts";
import type { Batch } from "../../store/batches.ts";
import type { Store } from "../../store/store.ts";

export interface Holding {
  /** Runs a claim and remembers what it brought. */
  readonly take: (claim: () => Promise<Batch | null>) => Promise<Batch | null>;
  readonly letGo: (batch: Batch) => void;
}

export function openHolding({ store, owner }: { store: Pick<Store, "batches">; owner: string }): Holding {
  const held = new Set<Batch>();
  /** Claims whose answers are on their way: what they bring is ours, though not yet in our hands. */
  const claiming = new Set<Promise<unknown>>();
  let unsure = false;
  let clearing: Promise<void> | null = null;
  const nameOf = ({ dispatchId, batchNo }: Batch) => `${dispatchId}/${batchNo}`;

  /** Else the batch of another claim would be given back from under whoever just got it, and be worked twice by one process. */
  const clear = async (): Promise<void> => {
    await Promise.race([Promise.allSettled([...claiming]), sleep(CLAIM_ANSWER_MS)]);
    unsure = false;
    try {
      await store.batches.giveBack(owner, [...held].map(nameOf));
    } catch (error) {
      unsure = true;
      throw error;
    }
  };
  const certain = async (): Promise<void> => {
    while (unsure || clearing) await (clearing ??= clear().finally(() => (clearing = null)));
  };
  const keep = async (claim: () => Promise<Batch | null>): Promise<Batch | null> => {
    try {
      const batch = await claim();
      if (batch) held.add(batch);
      return batch;
    } catch (error) {
      unsure = true;
      throw error;
    }
  };
  return {
    take: async (claim) => {
      await certain();
      const kept = keep(claim);
      claiming.add(kept);
      return kept.finally(() => claiming.delete(kept));
    },
    letGo: (batch) => void held.delete(batch),
  };
}
