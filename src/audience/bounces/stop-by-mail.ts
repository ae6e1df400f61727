// A message to the address of the way out (unsubscribe+<token>@…): the token alone says who, so a forged From does nothing (H96).
import { keyedHash, sameText } from "../../lib/hash.ts";
import type { Store } from "../../store/store.ts";
import { stop } from "../stop.ts";
import { subscriberOf } from "../stop-token.ts";

const PURPOSE = "stop by mail";
/** In hex: with the id and "unsubscribe+" exactly 64 octets, the most there may be before an "@". */
const SIGNATURE = 20;
const TOKEN = new RegExp(`^([0-9a-f]{32})([0-9a-f]{${SIGNATURE}})$`);

/** The short form of a stop token: small letters and digits, as mail systems may change capitals. */
export const mailStopToken = (secret: string, subscriberId: string): string =>
  subscriberId.replaceAll("-", "") + signature(secret, subscriberId);

const signature = (secret: string, subscriberId: string): string =>
  keyedHash(secret, PURPOSE, subscriberId).slice(0, SIGNATURE);

function subscriberOfMail(secret: string, token: string): string | null {
  const [, hex, given = ""] = TOKEN.exec(token) ?? [];
  const id = hex?.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return id && sameText(given, signature(secret, id)) ? id : null;
}

/** Takes the short token and the one of links. False: not one of ours, and nothing was changed. Safe to repeat. */
export async function stopByMail(
  deps: { readonly store: Pick<Store, "audience">; readonly secret: string },
  token: string,
): Promise<boolean> {
  const small = token.toLowerCase();
  const subscriberId = subscriberOfMail(deps.secret, small) ?? subscriberOf(deps.secret, small);
  if (subscriberId === null) return false;
  await stop(deps, { subscriberId, how: "mail" });
  return true;
}
