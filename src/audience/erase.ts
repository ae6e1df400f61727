// A person wants to be forgotten: everything goes but the keyed hash that keeps us from ever writing again, and the bare evidence (LAW5, LAW10).
import type { Store } from "../store/store.ts";

export interface EraseDeps {
  readonly store: Pick<Store, "erasure">;
}

/** Cannot be undone. False where they were gone already. */
export const erase = (
  { store }: EraseDeps,
  { subscriberId, actor }: { subscriberId: string; actor: string },
): Promise<boolean> => store.erasure.erase(subscriberId, { kind: "subscriber.erased", actor });
