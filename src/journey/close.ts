// The end of step 8: batches, dispatches and communications in which nothing is left to do are closed.
import type { Store } from "../store/store.ts";
import { lineAbout, MACHINE } from "./log.ts";

export interface CloseDeps {
  readonly store: Pick<Store, "sending" | "sweeping" | "pages">;
}

/** Of one dispatch, or of all (null). Returns the communications that are completed now. */
export function close(deps: CloseDeps, dispatchId: string | null): Promise<string[]> {
  return deps.store.sweeping.close(dispatchId, async (communicationId) => {
    const about = await deps.store.sending.about(communicationId);
    if (!about) throw new Error(`communication ${communicationId} is missing`);
    const totals: Record<string, number> = {};
    for (const { state, count } of await deps.store.pages.progress([communicationId]))
      totals[state] = (totals[state] ?? 0) + count;
    return lineAbout("communication.completed", about, MACHINE, { deliveries: totals });
  });
}
