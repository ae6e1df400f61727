// How many people a communication that has not gone yet would reach now: by the rules it was put forward with, else by those of today.
import type { MessageClass } from "../domain/basis.ts";
import { endsBefore } from "../domain/campaign-reach.ts";
import type { Issue } from "../domain/issue.ts";
import { releaseFault } from "../domain/list-duty.ts";
import type { Segment } from "../domain/segment.ts";
import type { AudienceCount } from "../domain/segment-count.ts";
import { wallAt } from "../domain/wall-time.ts";
import type { Store } from "../store/store.ts";
import { countAudience, type CountDeps } from "./count.ts";

export interface ExpectedDeps extends CountDeps {
  readonly store: Pick<Store, "segments" | "release" | "plan" | "partnership">;
}
export interface Planned {
  readonly contentHash: string | null;
  readonly class: string;
  readonly audience: readonly string[];
  readonly channels: readonly string[];
  readonly dueAt: Date;
  readonly zone: string;
}
export interface Expected {
  readonly channelKey: string;
  readonly count: AudienceCount;
  /** What will keep it from being released, as it is now: a list's purpose, or an agreement that ends before it is due. */
  readonly warnings: readonly string[];
}

/** One for each channel that reaches people. Somebody on two of the lists is in both counts and gets one copy. */
export async function expectedReach(deps: ExpectedDeps, planned: Planned): Promise<Expected[]> {
  const { channels, segments } = (await frozen(deps, planned.contentHash)) ?? (await today(deps, planned));
  const messageClass = planned.class as MessageClass;
  const reached = channels.flatMap(({ key, listKey }) => (listKey === null ? [] : [{ key, listKey }]));
  const warnings = await warningsOf(
    deps,
    planned,
    reached.map(({ listKey }) => listKey),
  );
  return Promise.all(
    reached.map(async ({ key, listKey }) => ({
      channelKey: key,
      count: await countAudience(deps, { listKey, messageClass, segments }),
      warnings: warnings(listKey),
    })),
  );
}

async function warningsOf(
  { store }: ExpectedDeps,
  { class: messageClass, dueAt, zone }: Planned,
  keys: string[],
) {
  const { lists } = await store.release.terms(keys);
  const today = wallAt(await store.plan.now(), zone).slice(0, 10);
  const due = wallAt(dueAt.toISOString(), zone).slice(0, 10);
  return (key: string): string[] => {
    const list = lists.find((one) => one.key === key);
    if (!list) return [];
    const now = releaseFault(list, messageClass, today);
    return now === null ? endsBefore([list], today, due) : [now];
  };
}

interface Plan {
  readonly channels: readonly { readonly key: string; readonly listKey: string | null }[];
  readonly segments: readonly Segment[];
}

async function frozen({ store }: ExpectedDeps, hash: string | null): Promise<Plan | null> {
  const version = hash === null ? null : await store.plan.version(hash);
  return version && (JSON.parse(version.body) as Issue);
}

async function today({ store }: ExpectedDeps, { audience, channels }: Planned): Promise<Plan> {
  const setUp = await store.partnership.read();
  return {
    channels: setUp.channels.filter(({ key }) => channels.includes(key)),
    segments: setUp.segments.filter(({ key }) => audience.includes(key)),
  };
}
