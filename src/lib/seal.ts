// Sealing of short texts at rest: AES-256-GCM under a key of its own for each purpose (SEC29). Opens only what was sealed for the same place.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from "node:crypto";

const VERSION = "v1";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** `v1.<base64url>`: nonce, tag and text. `place` (a table and a row's key) is bound to it, so that a sealed text moved elsewhere does not open. */
export const seal = (secret: string, place: string, text: string): string =>
  sealedWith(randomBytes(NONCE_BYTES), secret, place, text);

/**
 * The same, but equal texts of one place give equal bytes, so that a table can tell that nothing changed. The nonce is a keyed hash of
 * both: it comes again for the same text only, which is all that such bytes give away.
 */
export const sealSame = (secret: string, place: string, text: string): string =>
  sealedWith(
    createHmac("sha256", keyFor(secret, "bellman seal nonce"))
      .update(`${place}\n${text}`)
      .digest()
      .subarray(0, NONCE_BYTES),
    ...([secret, place, text] as const),
  );

function sealedWith(nonce: Buffer, secret: string, place: string, text: string): string {
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

const keyFor = (secret: string, purpose = "bellman seal v1"): Buffer =>
  Buffer.from(hkdfSync("sha256", secret, "", purpose, 32));
