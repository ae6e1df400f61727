// What would tell something about a person by itself (domestic abuse, hate crime, drugs …) is not readable in the tables (LAW6).
import { keyedHash } from "../lib/hash.ts";
import { isSealed, seal, sealSame, unseal } from "../lib/seal.ts";

/** How a sensitive interest stands in a subscriber's row: equal for equal interests, so that segments find it; the key opens nothing. */
export const sealedInterest = (secret: string, key: string): string =>
  `~${keyedHash(secret, "interest", key).slice(0, 20)}`;

/** Interests as they are written into a row: the sensitive ones sealed. */
export const sealInterests = (
  secret: string,
  interests: readonly string[],
  sensitive: ReadonlySet<string>,
): string[] => interests.map((key) => (sensitive.has(key) ? sealedInterest(secret, key) : key));

/** The same way back, for the person's own page and for an export; what no known key fits stays sealed. */
export function openInterests(
  secret: string,
  interests: readonly string[],
  sensitive: ReadonlySet<string>,
): string[] {
  const known = new Map([...sensitive].map((key) => [sealedInterest(secret, key), key]));
  return interests.map((one) => known.get(one) ?? one);
}

const placeOf = (listKey: string): string => `list:${listKey}:name`;
type Named = { readonly key: string; readonly name: string };
/** A sensitive list's name, as it stands in its row. */
export const sealListName = (secret: string, { key, name }: Named): string =>
  seal(secret, placeOf(key), name);
/** A list's name to show, whether it is sealed or not. What another secret sealed is told as that, and `apply` seals it anew. */
export const openListName = (secret: string, list: Named): string =>
  opened(secret, placeOf(list.key), list.name);

function opened(secret: string, place: string, text: string): string {
  if (!isSealed(text)) return text;
  try {
    return unseal(secret, place, text);
  } catch {
    return "(sealed with another secret)";
  }
}

const wordsPlace = (listKey: string): string => `list:${listKey}:wording`;
type Words = { readonly key: string; readonly text: string };

/** Both ways with the house's secret. The words people agree to name the topic as plainly as the list's name does. */
export const listNamesOf = (secret: string) => ({
  open: (list: Named) => openListName(secret, list),
  seal: (list: Named) => sealListName(secret, list),
  openWords: ({ key, text }: Words) => opened(secret, wordsPlace(key), text),
  /** Equal words are equal when sealed: a version of words never changes, and the table can tell. */
  sealWords: ({ key, text }: Words) => sealSame(secret, wordsPlace(key), text),
});
