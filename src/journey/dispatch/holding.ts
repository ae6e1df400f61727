// The batches this process has in its hands. A claim whose answer was lost may have been made all the same: it would stay with a
// worker that lives and knows nothing of it, so it is given back before the next one.
import type { Batch } from "../../store/batches.ts";
import type { Store } from "../../store/store.ts";

export interface Holding {
  /** Runs a claim and remembers what it brought. */
  readonly take: (claim: () => Promise<Batch | null>) => Promise<Batch | null>;
  readonly letGo: (batch: Batch) => void;
}

export function openHolding({ store, owner }: { store: Pick<Store, "batches">; owner: string }): Holding {
  const held = new Set<string>();
  let unsure = false;
  const nameOf = ({ dispatchId, batchNo }: Batch) => `${dispatchId}/${batchNo}`;
  return {
    take: async (claim) => {
      if (unsure) {
        await store.batches.giveBack(owner, [...held]);
        unsure = false;
      }
      try {
        const batch = await claim();
        if (batch) held.add(nameOf(batch));
        return batch;
      } catch (error) {
        unsure = true;
        throw error;
      }
    },
    letGo: (batch) => void held.delete(nameOf(batch)),
  };
}
