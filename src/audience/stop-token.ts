// The way out that every message carries: a link that stops messages to one person, without a login.
import { addressKey } from "../domain/address.ts";
import { fromBase32, toBase32 } from "../lib/base32.ts";
import { keyedHash, sameText } from "../lib/hash.ts";

const PURPOSE = "stop";
const MAIL_PURPOSE = "stop by mail";
const TOKEN = /^([0-9a-f-]{36})(?:\.([a-z0-9-]{1,80}))?\.([0-9a-f]{64})$/;
/** 16 bytes of the id and 16 of the hash, 26 letters each: with "unsubscribe+" before it, all that fits before an "@". */
const MAIL_TOKEN = /^([a-z2-7]{26})([a-z2-7]{26})$/;
const MAIL_HASH = 32;

export interface StopsWhom {
  readonly subscriberId: string;
  /** The list of the message that carried the link; null in links of before and in addresses. */
  readonly listKey: string | null;
}

/** `<subscriber id>.<keyed hash>`, or `<subscriber id>.<list>.<keyed hash>`: says nothing about the person, and cannot be made without the secret. */
export function stopToken(secret: string, subscriberId: string, listKey?: string | null): string {
  const body = listKey ? `${subscriberId}.${listKey}` : subscriberId;
  return `${body}.${keyedHash(secret, PURPOSE, body)}`;
}

/** For an address ("unsubscribe+…@…"), where capitals may be lost on the way: 52 letters and figures. */
export function mailStopToken(secret: string, subscriberId: string): string {
  const id = subscriberId.replaceAll("-", "");
  const signature = keyedHash(secret, MAIL_PURPOSE, subscriberId).slice(0, MAIL_HASH);
  return toBase32(Buffer.from(id, "hex")) + toBase32(Buffer.from(signature, "hex"));
}

/** Whom a token of a link or an address stops; null for any that is not ours. */
export const readStopToken = (secret: string, token: string): StopsWhom | null =>
  readLinkToken(secret, token) ?? readMailToken(secret, token.toLowerCase());

function readLinkToken(secret: string, token: string): StopsWhom | null {
  const [, subscriberId, list, signature] = TOKEN.exec(token) ?? [];
  if (!subscriberId || !signature) return null;
  const body = list === undefined ? subscriberId : `${subscriberId}.${list}`;
  return sameText(signature, keyedHash(secret, PURPOSE, body))
    ? { subscriberId, listKey: list ?? null }
    : null;
}

function readMailToken(secret: string, token: string): StopsWhom | null {
  const [, id, signature] = MAIL_TOKEN.exec(token) ?? [];
  const bytes = id === undefined ? null : fromBase32(id);
  const signed = signature === undefined ? null : fromBase32(signature);
  if (!bytes || !signed) return null;
  const subscriberId = bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  const expected = keyedHash(secret, MAIL_PURPOSE, subscriberId).slice(0, MAIL_HASH);
  return sameText(signed.toString("hex"), expected) ? { subscriberId, listKey: null } : null;
}

/** The subscriber a token stands for; null for any token that is not ours. */
export const subscriberOf = (secret: string, token: string): string | null =>
  readStopToken(secret, token)?.subscriberId ?? null;

/** Where a mailbox can write to stop: `unsubscribe+<token>@<domain of mailFrom>` (RFC 2369). */
export const stopAddress = (secret: string, subscriberId: string, mailFrom: string): string =>
  `unsubscribe+${mailStopToken(secret, subscriberId)}${mailFrom.slice(mailFrom.lastIndexOf("@"))}`;

/** The keyed hash under which a person is known and suppressed; it outlives the address itself (LAW5). */
export const emailHash = (secret: string, email: string): string =>
  keyedHash(secret, "address", addressKey(email));
