// How many people a message would reach now: for one list, one class of message, and the segments it is for.
import type { MessageClass } from "../domain/basis.ts";
import { DomainError } from "../domain/errors.ts";
import { basesOf } from "../domain/list-duty.ts";
import { bySpecificity, type Segment, type SegmentRule } from "../domain/segment.ts";
import { isSensitive } from "../domain/segment-check.ts";
import { type AudienceCount, audienceCount } from "../domain/segment-count.ts";
import type { Store } from "../store/store.ts";

export interface CountDeps {
  readonly store: Pick<Store, "segments" | "release">;
  readonly sealRule: (rule: SegmentRule, sensitive: ReadonlySet<string>) => SegmentRule;
}
export interface CountQuestion {
  readonly listKey: string;
  readonly messageClass: MessageClass;
  readonly segments: readonly Segment[];
}

/**
 * Exact; the answer's segments are in the order in which a release tries them. On a sensitive list or segment few are not told
 * apart (LAW6). Who paused, or has had as many messages as they may get, is only known at the release. Throws "no-such-list".
 */
export async function countAudience(
  { store, sealRule }: CountDeps,
  { listKey, messageClass, segments }: CountQuestion,
): Promise<AudienceCount> {
  const { lists, sealed } = await store.release.terms([listKey]);
  const [list] = lists;
  if (!list) throw new DomainError("no-such-list", `There is no list "${listKey}". See: bellman lists`);
  const sensitive = new Set(sealed);
  const known = { interests: sealed.map((key) => ({ key, sensitive: true })) };
  const ordered = [...segments].sort(bySpecificity);
  const rows = await store.segments.count({
    listKey,
    bases: basesOf(list, messageClass),
    rules: ordered.map(({ rule }) => sealRule(rule, sensitive)),
  });
  const counted = ordered.map(({ key, rule }) => ({ key, sensitive: isSensitive(rule, known) }));
  return audienceCount(rows, counted, list.sensitive || counted.some((one) => one.sensitive));
}
