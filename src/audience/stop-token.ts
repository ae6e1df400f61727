// The way out that every message carries: a link that stops all messages to one person, without a login.
import { addressKey } from "../domain/address.ts";
import { keyedHash, sameText } from "../lib/hash.ts";

const PURPOSE = "stop";
const TOKEN = /^([0-9a-f-]{36})\.([0-9a-f]{64})$/;

/** `<subscriber id>.<keyed hash>`: says nothing about the person, and cannot be made without the secret. */
export const stopToken = (secret: string, subscriberId: string): string =>
  `${subscriberId}.${keyedHash(secret, PURPOSE, subscriberId)}`;

/** The subscriber a token stands for; null for any token that is not ours. */
export function subscriberOf(secret: string, token: string): string | null {
  const [, id, signature] = TOKEN.exec(token) ?? [];
  return id && signature && sameText(signature, keyedHash(secret, PURPOSE, id)) ? id : null;
}

/** The keyed hash under which a person is known and suppressed; it outlives the address itself (LAW5). */
export const emailHash = (secret: string, email: string): string =>
  keyedHash(secret, "address", addressKey(email));
