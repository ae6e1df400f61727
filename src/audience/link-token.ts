// Links that let one person do one thing without a login: signed, bound to their purpose, and nothing in them says who it is (SEC28).
import { keyedHash, sameText } from "../lib/hash.ts";

/** A token of one purpose opens nothing of another. */
export type LinkPurpose = "confirm" | "still" | "preferences" | "everything";

const TOKEN = /^([0-9a-f-]{36})(?:\.([0-9a-z]{1,10}))?\.([0-9a-f]{64})$/;

/** `<id>.<keyed hash>`; with `until` (ms since 1970) `<id>.<seconds, base 36>.<keyed hash>`, which is good until then. */
export function linkToken(secret: string, purpose: LinkPurpose, id: string, until?: number): string {
  const body = until === undefined ? id : `${id}.${Math.floor(until / 1_000).toString(36)}`;
  return `${body}.${keyedHash(secret, purpose, body)}`;
}

/** Whose token it is; null for any that is not ours, not of this purpose, or over. `now` in ms. */
export function readLink(secret: string, purpose: LinkPurpose, token: string, now = 0): string | null {
  const [, id, until, signature] = TOKEN.exec(token) ?? [];
  if (!id || !signature) return null;
  const body = until === undefined ? id : `${id}.${until}`;
  if (!sameText(signature, keyedHash(secret, purpose, body))) return null;
  return until === undefined || parseInt(until, 36) * 1_000 > now ? id : null;
}
