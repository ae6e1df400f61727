// Addresses of our own that must never be written to: what we send there would come back to us, for ever (H27). Pure.

/** What mail systems answer to themselves (RFC 2142, RFC 3834), and what our own mail is sent from. */
const SYSTEM = /^(postmaster|mailer-daemon|abuse|hostmaster|double-?bounce|bounces?|unsubscribe|no-?reply)$/;

/**
 * Why an address cannot be a subscriber, as the end of a sentence; null for anybody else's. `mailFrom` is what we send from,
 * `bounceAddress` where reports come back to, if that is another.
 */
export function ownAddressFault(
  email: string,
  mailFrom: string,
  bounceAddress: string = mailFrom,
): string | null {
  const fault = faultBeside(email, mailFrom);
  return fault ?? (bounceAddress === mailFrom ? null : faultBeside(email, bounceAddress));
}

function faultBeside(email: string, ours: string): string | null {
  const [given, own] = [partsOf(email), partsOf(ours)];
  if (given.domain !== own.domain) return null;
  if (given.local === own.local) return "is the address our own messages come from";
  return SYSTEM.test(given.local) ? "is an address of our own mail system" : null;
}

/** Capitals, a "+detail" and a last full stop make no other mailbox. */
function partsOf(email: string): { local: string; domain: string } {
  const text = email.trim().toLowerCase();
  const at = text.lastIndexOf("@");
  return {
    local: text.slice(0, Math.max(at, 0)).replace(/\+.*$/, ""),
    domain: text.slice(at + 1).replace(/\.$/, ""),
  };
}
