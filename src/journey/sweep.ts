// Every second, by the one leader: dead workers, doubt, due work without a job, and work that is finished.
import { DEATHS_BEFORE_SPLIT, LEASE_SECONDS, SPLIT_INTO, SWEEP_SECONDS } from "../../config/limits.ts";
import type { Doorbell } from "../queue/doorbell.ts";
import type { Lapsed } from "../store/batches.ts";
import type { Store } from "../store/store.ts";
import { lineAbout, MACHINE } from "./log.ts";
import { silencedLine } from "./record.ts";

export interface SweepDeps {
  readonly store: Pick<Store, "sweeping" | "batches">;
  readonly doorbell: Doorbell;
  /** Makes a stop file a hold. */
  readonly adoptStop: () => Promise<void>;
  readonly resolve: () => Promise<number>;
  readonly close: (dispatchId: null) => Promise<string[]>;
}

/**
 * Puts back on the path whatever fell off it. Every part is safe to repeat; nothing here sends. Returns in how many ms something
 * falls due before the next sweep, or null.
 */
export async function sweep(deps: SweepDeps): Promise<number | null> {
  const { sweeping, batches } = deps.store;
  const began = performance.now();
  await deps.adoptStop();
  for (const communicationId of await sweeping.due())
    await deps.doorbell.ringAgain("release", { communicationId });
  for (const lapsed of await batches.lapse(LEASE_SECONDS, (one) => doubtedLine(one)))
    await isolate(deps, lapsed);
  await deps.resolve();
  for (const renditionId of await sweeping.wantedRenditions())
    await deps.doorbell.ringAgain("render", { renditionId });
  await deps.close(null);
  // What fell due while this sweep was under way waits no second either.
  return sweeping.nextDue(performance.now() - began, SWEEP_SECONDS * 1_000);
}

/** A batch that workers die with is split until the delivery at fault is alone; that one is dead, the others go (R3). */
async function isolate({ store: { batches } }: SweepDeps, lapsed: Lapsed): Promise<void> {
  if (lapsed.deaths < DEATHS_BEFORE_SPLIT) return;
  const [only, another] = await batches.left(lapsed);
  if (only === undefined) return;
  if (another !== undefined) {
    // What has ended of it is worked by nobody again.
    await batches.silence(lapsed, (people) => silencedLine(lapsed, people));
    return batches.split(lapsed, SPLIT_INTO);
  }
  const why = `${lapsed.deaths} workers died with it`;
  const facts = { channel: lapsed.channelKey, dispatch: lapsed.dispatchId, dead: 1 };
  await batches.bury(only, lineAbout("deliveries.recorded", about(lapsed), MACHINE, facts, why));
}

const about = ({ reference, campaignKey, leadAgencyKey }: Lapsed) => ({
  reference,
  campaign: { key: campaignKey, leadAgencyKey },
});
const doubtedLine = (lapsed: Lapsed) =>
  lineAbout("deliveries.doubted", about(lapsed), MACHINE, {
    channel: lapsed.channelKey,
    dispatch: lapsed.dispatchId,
    in_doubt: lapsed.doubts,
  });
