// A person says stop: every consent ends and the address is suppressed, effective at the gate.
import type { Store } from "../store/store.ts";

export interface StopDeps {
  readonly store: Pick<Store, "audience">;
}

/** Safe to repeat. The log's line says that somebody stopped and where, never who. */
export async function stop(
  deps: StopDeps,
  { subscriberId, how }: { subscriberId: string; how: "one-click" | "page" | "mail" },
): Promise<void> {
  await deps.store.audience.stop(subscriberId, how, {
    kind: "subscriber.stopped",
    actor: "subscriber",
    facts: { how },
  });
}
