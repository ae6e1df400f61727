// Who may be written to at all: one plain address, not one of our own (H18-H21, H27, H28). Pure.
import { domainToASCII } from "node:url";

/** One plain address and nothing that a mail program could read as a second one, a group, an encoded word or a header. */
const ONE_ADDRESS =
  /^(?=.{3,254}$)(?!.*=\?)[^\s\u0000-\u001f\u007f"(),:;<>@[\\\]]+@[^\s\u0000-\u001f\u007f"(),:;<>@[\\\]]+$/u;

/** Mailboxes of ours that answer by machine, or that nobody reads (RFC 2142): a message to them makes a loop. */
const OURS = new Set([
  "postmaster",
  "mailer-daemon",
  "bounce",
  "bounces",
  "return",
  "returns",
  "unsubscribe",
  "no-reply",
  "noreply",
]);

export type Recipient =
  { readonly ok: true; readonly address: string } | { readonly ok: false; readonly code: string };

/** The address as the relay is told it, its domain in ASCII; or why it is not written to. */
export function recipientOf(
  address: unknown,
  own: readonly Own[],
  mayReach?: (address: string) => boolean,
): Recipient {
  if (typeof address !== "string" || !ONE_ADDRESS.test(address)) return { ok: false, code: "bad-address" };
  const told = isAscii(address) ? address : withAsciiDomain(address);
  if (told === null) return { ok: false, code: "bad-address" };
  if (own.some((one) => isOwn(told, one))) return { ok: false, code: "own-address" };
  if (mayReach && !mayReach(address)) return { ok: false, code: "not-on-allow-list" };
  return { ok: true, address: told };
}

const isAscii = (text: string): boolean => /^[!-~]*$/.test(text);

/** RFC 5891: relays look domains up in ASCII. Null where it is no domain. */
function withAsciiDomain(address: string): string | null {
  const at = address.indexOf("@");
  // What the WHATWG host setter stops at or decodes would lead to another domain than the one that was read.
  if (/[/?#%]/.test(address.slice(at + 1))) return null;
  const domain = domainToASCII(address.slice(at + 1));
  return domain === "" ? null : `${address.slice(0, at)}@${domain}`;
}

/** What is ours, ready for comparing. */
export interface Own {
  readonly local: string;
  /** With its "@". */
  readonly domain: string;
}
export function ownOf(mailFrom: string): Own {
  const at = mailFrom.lastIndexOf("@");
  return { local: localOf(mailFrom.slice(0, at).toLowerCase()), domain: mailFrom.slice(at).toLowerCase() };
}

function isOwn(address: string, own: Own): boolean {
  const small = address.toLowerCase().replace(/\.$/, "");
  if (!small.endsWith(own.domain)) return false;
  const local = localOf(small.slice(0, -own.domain.length));
  return local === own.local || OURS.has(local);
}

/** Without what follows a plus sign: `bounce+123` is `bounce`. */
const localOf = (local: string): string => local.replace(/(?<=.)\+.*$/, "");
