// Every ten seconds, by the one leader: due work without a job, leases that ended, doubt, and work that is finished.
import { MOST_ATTEMPTS } from "../../config/limits.ts";
import type { Doorbell } from "../queue/doorbell.ts";
import type { Swept } from "../store/sweeping.ts";
import type { Store } from "../store/store.ts";
import { type About, lineAbout, MACHINE } from "./log.ts";

export interface SweepDeps {
  readonly store: Pick<Store, "sweeping" | "sending">;
  readonly doorbell: Doorbell;
  readonly resolve: () => Promise<number>;
  readonly close: (dispatchId: null) => Promise<string[]>;
}

/** Puts back on the path whatever fell off it. Every part is safe to repeat; nothing here sends. */
export async function sweep(deps: SweepDeps): Promise<void> {
  const { sweeping } = deps.store;
  await sweeping.lapse(line("deliveries.doubted"));
  await sweeping.retry(MOST_ATTEMPTS, line("deliveries.recorded"));
  await deps.resolve();
  for (const communicationId of await sweeping.due())
    await deps.doorbell.ringAgain("release", { communicationId });
  for (const renditionId of await sweeping.wantedRenditions())
    await deps.doorbell.ringAgain("render", { renditionId });
  for (const batch of await sweeping.silentBatches()) await deps.doorbell.ringAgain("dispatch", batch);
  await deps.close(null);
}

const line =
  (kind: "deliveries.doubted" | "deliveries.recorded") =>
  (about: About, { channelKey, state, count }: Swept) =>
    lineAbout(kind, about, MACHINE, { channel: channelKey, [state]: count });
