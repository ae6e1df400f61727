// Sealing of short texts at rest: AES-256-GCM under a key of its own for each purpose (SEC29). Opens only what was sealed for the same place.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";

const VERSION = "v1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `v1.<base64url>`: nonce, tag and text. `place` (a table and a row's key) is bound to it, so that a sealed text moved elsewhere does not open. */
export function seal(secret: string, place: string, text: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyFor(secret), nonce).setAAD(Buffer.from(place));
  const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
  return `${VERSION}.${Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString("base64url")}`;
}

export const isSealed = (text: string): boolean => text.startsWith(`${VERSION}.`);

/** Throws where the text was not sealed with this secret for this place, or was changed. */
export function unseal(secret: string, place: string, sealed: string): string {
  const bytes = Buffer.from(sealed.slice(VERSION.length + 1), "base64url");
  const [nonce, tag] = [bytes.subarray(0, NONCE_BYTES), bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES)];
  const opener = createDecipheriv("aes-256-gcm", keyFor(secret), nonce)
    .setAAD(Buffer.from(place))
    .setAuthTag(tag);
  return opener.update(bytes.subarray(NONCE_BYTES + TAG_BYTES), undefined, "utf8") + opener.final("utf8");
}

const keyFor = (secret: string): Buffer => Buffer.from(hkdfSync("sha256", secret, "", "bellman seal v1", 32));
