// One person's data: put together for them in one search, or erased. Neither the log nor any sentence names them (LAW5, LAW11).
import { addressKey, readAddress } from "../domain/address.ts";
import { DomainError } from "../domain/errors.ts";
import type { Erased } from "../store/person-data.ts";
import type { Store } from "../store/store.ts";
import { openInterests } from "./sealed-topic.ts";
import { emailHash } from "./stop-token.ts";

export interface EraseDeps {
  readonly store: Pick<Store, "personData">;
  readonly secret: string;
}
export interface PersonDeps extends EraseDeps {
  readonly store: Pick<Store, "personData" | "partnership">;
  readonly listNames: {
    readonly open: (list: { key: string; name: string }) => string;
    readonly openWords: (words: { key: string; text: string }) => string;
  };
}
export interface WhoseData {
  readonly address: string;
  readonly by: string;
}
type Held = Readonly<Record<string, unknown>>;
/** What they said of themselves; sensitive interests stand sealed in the rows. */
type Said = Held & { readonly interests?: readonly string[] };

/** Everything held, with what is sealed opened: it is theirs. Null where nothing is held. Throws "bad-address". */
export async function accessPerson(deps: PersonDeps, { address, by }: WhoseData): Promise<Held | null> {
  const { hash, key } = known(deps, address);
  const held = await deps.store.personData.access(hash, key);
  if (held === null) return null;
  const setUp = await deps.store.partnership.read();
  await deps.store.personData.accessed({ kind: "subscriber.accessed", actor: by });
  const sensitive = new Set(setUp.interests.filter((one) => one.sensitive).map((one) => one.key));
  const named = new Map(
    setUp.lists.map((list) => [
      list.key,
      {
        name: deps.listNames.open(list),
        decided_by: list.controllers,
        privacy_notice: list.privacyNoticeUrl,
      },
    ]),
  );
  const opened = (said: Said): Said =>
    said.interests ? { ...said, interests: openInterests(deps.secret, said.interests, sensitive) } : said;
  const profile = held.profile as Said | undefined;
  const signUps = held.sign_ups as readonly (Held & { answers: Said })[] | undefined;
  const consents = (held.consents ?? []) as readonly (Held & { list: string })[];
  return {
    ...held,
    ...(profile ? { profile: opened(profile) } : {}),
    ...(signUps ? { sign_ups: signUps.map((one) => ({ ...one, answers: opened(one.answers) })) } : {}),
    consents: consents.map(({ words, ...one }) => ({
      ...{ ...one, ...(named.get(one.list) ?? {}) },
      words: typeof words === "string" ? deps.listNames.openWords({ key: one.list, text: words }) : null,
    })),
  };
}

/** Null: nothing was held that could be erased. Throws "bad-address". */
export async function erasePerson(deps: EraseDeps, { address, by }: WhoseData): Promise<Erased | null> {
  const { hash, key } = known(deps, address);
  return deps.store.personData.erase(hash, key, ({ consents, deliveries, signUps }) => ({
    ...{ kind: "subscriber.erased", actor: by, facts: { consents, deliveries, signUps } },
  }));
}

/** The same for who holds the link to their own preferences. Null where they are gone already. */
export async function eraseOneself(deps: EraseDeps, subscriberId: string): Promise<Erased | null> {
  const address = await deps.store.personData.addressOf(subscriberId);
  return address === null ? null : erasePerson(deps, { address, by: "subscriber" });
}

/** What is kept after an erasure, and why; as sentences for the person. */
export const keptAfterErasure = ({
  consents,
  deliveries,
  underWay,
  complaints,
}: Erased): readonly string[] => [
  "A keyed hash of the address is kept, from which the address cannot be read: it is how nobody writes to it again, also when it comes back in an imported list (UK GDPR Art 21; ICO: suppress, do not delete).",
  ...(consents > 0
    ? [
        `What was agreed to and taken back (${consents}) is kept under that hash, without a name or address, for as long as a claim could be made (UK GDPR Art 17(3)(e)).`,
      ]
    : []),
  ...(deliveries > 0 ? [`${deliveries} message(s) stay counted as sent; they no longer say to whom.`] : []),
  ...(underWay > 0 ? [`${underWay} message(s) were leaving in this very moment and may still arrive.`] : []),
  ...(complaints > 0
    ? [
        `${complaints} complaint(s) stay in the register: they have to be answered and shown (DPA 2018 s.164A).`,
      ]
    : []),
];

function known({ secret }: Pick<EraseDeps, "secret">, address: string): { hash: string; key: string } {
  const read = readAddress(address);
  if (!read.ok) throw new DomainError("bad-address", `What was given ${read.why}.`);
  return { hash: emailHash(secret, address), key: addressKey(address) };
}
