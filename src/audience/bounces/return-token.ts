// Where a message's reports come back to: an envelope sender of its own, signed, so that a report is believed for that delivery alone.
import { keyedHash, sameText } from "../../lib/hash.ts";

const PURPOSE = "return";
/** In hex: 96 bits, so that the whole stays far below 64 octets before the "@" (RFC 5321 4.5.3.1.1). */
const SIGNATURE = 24;
const TOKEN = new RegExp(`^([0-9a-z]{1,11})([0-9a-f]{${SIGNATURE}})$`);
const IN_ADDRESS = new RegExp(`\\+([0-9a-z]{1,11}[0-9a-f]{${SIGNATURE}})@`, "gi");

/**
 * `<number of the delivery><keyed hash>`, small letters and digits only, as some systems change capitals on the way back. What is signed
 * is who was written what to, not the number: after a restore numbers are given out again, and an old token then fits nothing.
 */
export const returnToken = (secret: string, deliveryId: number, deliveryKey: string): string =>
  deliveryId.toString(36) + signature(secret, deliveryKey);

const signature = (secret: string, deliveryKey: string): string =>
  keyedHash(secret, PURPOSE, deliveryKey).slice(0, SIGNATURE);

/** `bounce@example.org` → `bounce+<token>@example.org`. */
export function returnAddress(bounceAddress: string, token: string): string {
  const at = bounceAddress.lastIndexOf("@");
  return `${bounceAddress.slice(0, at)}+${token}${bounceAddress.slice(at)}`;
}

/** Every token in a header or a field, each once; whether one is genuine only its delivery can say. */
export const tokensIn = (text: string): string[] => [
  ...new Set([...text.matchAll(IN_ADDRESS)].map(([, token = ""]) => token.toLowerCase())),
];

/** The delivery a token claims to be for. */
export function claimedBy(token: string): number | null {
  const id = Number.parseInt(TOKEN.exec(token)?.[1] ?? "", 36);
  return Number.isSafeInteger(id) && id > 0 ? id : null;
}

export const isFor = (secret: string, token: string, deliveryKey: string): boolean =>
  sameText(TOKEN.exec(token)?.[2] ?? "", signature(secret, deliveryKey));
