// The one way a person gets onto a list: with a consent, and never as an address of our own.
import { ownAddressFault } from "../domain/own-address.ts";
import type { ConsentGiven, NewSubscriber } from "../store/audience.ts";
import type { Store } from "../store/store.ts";

export interface AddDeps {
  readonly store: Pick<Store, "audience">;
  readonly settings: { readonly mailFrom: string; readonly bounceAddress?: string | undefined };
}
export interface Added {
  /** How many were not there before. */
  readonly added: number;
  /** Which of the people given were refused, by their place among them, and why. No address: this may be logged. */
  readonly refused: readonly { readonly index: number; readonly why: string }[];
}

export async function addSubscribers(
  { store, settings }: AddDeps,
  people: readonly NewSubscriber[],
  consent: ConsentGiven,
): Promise<Added> {
  const faults = people.map(({ email }) => ownAddressFault(email, settings.mailFrom, settings.bounceAddress));
  const refused = faults.flatMap((why, index) => (why === null ? [] : [{ index, why }]));
  const kept = people.filter((_, index) => faults[index] === null);
  return { added: kept.length > 0 ? await store.audience.add(kept, consent) : 0, refused };
}
