// What tells whether a sensitive message is discreet, put together from the partnership's set-up: names opened, senders, lists.
import type { Discretion } from "../domain/discreet.ts";
import type { SegmentRule } from "../domain/segment.ts";
import type { Library } from "../library/library.ts";
import type { SetUp } from "../store/partnership.ts";

export interface DiscretionDeps {
  readonly library: Pick<Library, "discreetWords">;
  readonly listNames: { readonly open: (list: { readonly key: string; readonly name: string }) => string };
  readonly settings: { readonly mailFrom: string };
}

export function discretionOf(
  { library, listNames, settings }: DiscretionDeps,
  { lists, interests, channels, segments }: SetUp,
): Discretion {
  const sensitive = new Set(interests.flatMap((one) => (one.sensitive ? [one.key] : [])));
  const byKey = new Map(lists.map((list) => [list.key, list]));
  const telling = ({ interests: named = [] }: SegmentRule) => named.some((key) => sensitive.has(key));
  return {
    words: library.discreetWords(),
    names: [
      ...lists.flatMap((list) => (list.sensitive ? [listNames.open(list)] : [])),
      ...interests.flatMap((one) => (one.sensitive ? [one.name] : [])),
    ],
    channels: channels.map(({ key, listKey, settings: own }) => {
      const { key: list, kind, sensitive: secret } = byKey.get(listKey ?? "") ?? {};
      return {
        key,
        fromName: discreetName(own),
        list:
          list !== undefined && kind !== undefined ? { key: list, kind, sensitive: secret === true } : null,
      };
    }),
    tellingSegments: segments.flatMap(({ key, rule }) => (telling(rule) ? [key] : [])),
    mailFrom: settings.mailFrom,
  };
}

/** Under which name a channel sends what is sensitive; null where it has no name to send under. */
function discreetName({
  discreet_from_name: discreet,
  from_name: usual,
}: Record<string, unknown>): string | null {
  const name = discreet ?? usual;
  return typeof name === "string" ? name : null;
}
