// A person's own page: what they may see over which link, and what they change. No login: the link is the key.
import { LETTERS_A_DAY, OPEN_LINK_MINUTES } from "../../config/audience-limits.ts";
import type { Store } from "../store/store.ts";
import { readLink } from "./link-token.ts";
import { openInterests, sealInterests } from "./sealed-topic.ts";

export interface PreferenceDeps {
  readonly store: Pick<Store, "preferences" | "partnership" | "letters">;
  readonly secret: string;
  readonly listNames: {
    readonly open: (list: { readonly key: string; readonly name: string }) => string;
    readonly openWords: (words: { readonly key: string; readonly text: string }) => string;
  };
}
/** `everything`: the link of one hour, which also shows what would say something about the person (LAW6). */
export interface Reach {
  readonly subscriberId: string;
  readonly everything: boolean;
}
export type Person = NonNullable<Awaited<ReturnType<Store["preferences"]["person"]>>>;
export type Change = Parameters<Store["preferences"]["change"]>[1];

/** Null for a token that is not ours, is over, or was made for something else. `now` in ms. */
export function reachOf(
  { secret }: Pick<PreferenceDeps, "secret">,
  token: string,
  now: number,
): Reach | null {
  const everything = readLink(secret, "everything", token, now);
  if (everything !== null) return { subscriberId: everything, everything: true };
  const some = readLink(secret, "preferences", token, now);
  return some === null ? null : { subscriberId: some, everything: false };
}

/** The person with what this link may show: lists by their open names, interests by their keys. Null where they are gone. */
export async function shownPerson(deps: PreferenceDeps, reach: Reach) {
  const [person, setUp] = [
    await deps.store.preferences.person(reach.subscriberId),
    await deps.store.partnership.read(),
  ];
  if (!person) return null;
  const sensitive = sensitiveOf(setUp.interests);
  // Children are not profiled: the page asks them for neither groups nor interests, as /join/young does not (LAW8).
  const isChild = person.ageBand !== "adult";
  const offered = setUp.interests.filter((one) => !isChild && (reach.everything || !one.sensitive));
  return {
    person,
    groups: isChild ? [] : setUp.groups,
    areas: setUp.areas,
    interests: offered,
    chosen: openInterests(deps.secret, person.interests, sensitive),
    consents: person.consents
      .filter(({ list }) => reach.everything || !list.sensitive)
      .map((consent) => ({
        ...consent,
        listName: deps.listNames.open(consent.list),
        words: wordsOf(deps, consent),
      })),
  };
}

/** A version of our words, or the words themselves where a file brought them; null where only a version is known. */
function wordsOf(
  { listNames }: PreferenceDeps,
  {
    listKey,
    wording,
    list,
  }: { listKey: string; wording: string; list: { wordings: readonly { version: string; text: string }[] } },
): string | null {
  const text = list.wordings.find(({ version }) => version === wording)?.text;
  if (text !== undefined) return listNames.openWords({ key: listKey, text });
  return wording.includes(" ") ? wording : null;
}

/** What a link does not show stays as it is. False where the person is gone. */
export async function changePreferences(
  deps: PreferenceDeps,
  reach: Reach,
  wanted: Change,
): Promise<boolean> {
  const shown = await shownPerson(deps, reach);
  if (!shown) return false;
  const sensitive = sensitiveOf(shown.interests);
  const offered = new Set(shown.interests.map(({ key }) => key));
  // As they stand in the row, sealed or not.
  const kept = shown.person.interests.filter((_stands, index) => !offered.has(shown.chosen[index] ?? ""));
  const chosen = wanted.interests.filter((key) => offered.has(key));
  const groups = new Set(shown.groups.map(({ key }) => key));
  return deps.store.preferences.change(
    reach.subscriberId,
    {
      ...wanted,
      areaCode: shown.areas.some(({ code }) => code === wanted.areaCode) ? wanted.areaCode : null,
      groups: [
        ...shown.person.groups.filter((key) => !groups.has(key)),
        ...wanted.groups.filter((key) => groups.has(key)),
      ],
      interests: [...kept, ...sealInterests(deps.secret, chosen, sensitive)],
    },
    { kind: "subscriber.changed", actor: "subscriber" },
  );
}

const sensitiveOf = (interests: readonly { key: string; sensitive: boolean }[]): ReadonlySet<string> =>
  new Set(interests.filter((one) => one.sensitive).map(({ key }) => key));

/** Has a link sent that shows everything. The page says the same whether one more was sent or not. */
export async function askEverything(deps: PreferenceDeps, { subscriberId }: Reach): Promise<void> {
  const person = await deps.store.preferences.person(subscriberId);
  if (!person) return;
  await deps.store.letters.ask(
    { kind: "everything", about: subscriberId, emailHash: person.emailHash, minutes: OPEN_LINK_MINUTES },
    LETTERS_A_DAY,
  );
}
