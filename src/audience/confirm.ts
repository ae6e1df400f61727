// The link of a confirming letter was used: the sign-up becomes a consent, or an old consent is confirmed (H8, LAW3, LAW10).
import type { Store } from "../store/store.ts";
import { readLink } from "./link-token.ts";

export interface ConfirmDeps {
  readonly store: Pick<Store, "signUps" | "preferences">;
  readonly secret: string;
}
/**
 * - `joined`, `stays`: they get what they asked for. - `apart`: the address is on lists of the other kind (children's or not).
 * - `gone`: the link is over, or not ours.
 */
export type Confirmed =
  { readonly kind: "joined" | "stays"; readonly subscriberId: string } | { readonly kind: "apart" | "gone" };

/** Safe to repeat. A fresh opt-in lifts an earlier stop for exactly the lists that were asked for. The record names no sensitive one. */
export async function confirm({ store, secret }: ConfirmDeps, token: string): Promise<Confirmed> {
  const signUp = readLink(secret, "confirm", token);
  if (signUp !== null)
    return store.signUps.confirm(signUp, (lists) => ({
      kind: "subscriber.joined",
      actor: "subscriber",
      facts: { lists },
    }));
  const subscriberId = readLink(secret, "still", token);
  if (subscriberId === null) return { kind: "gone" };
  const stays = await store.preferences.stay(subscriberId, {
    kind: "subscriber.confirmed",
    actor: "subscriber",
  });
  return stays ? { kind: "stays", subscriberId } : { kind: "gone" };
}
