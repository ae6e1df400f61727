// What was found of a sender's domain, in words: what is there, why it matters, what to add. Decides whether bulk mail may go. Pure.
import type { Finding, Looked, Sender } from "./sender.ts";
import { alignmentPart, dkimPart, dmarcPart, mxPart, type Part, spfPart } from "./sender-parts.ts";

const WHY = {
  spf: "SPF says which machines may send with this envelope sender. Gmail, Yahoo and Outlook ask for it.",
  dkim: "DKIM signs each message, so that receivers see that it is ours and unchanged.",
  dmarc:
    "DMARC says what is to become of mail that is neither. Without it anybody can write in our name, and large providers turn bulk mail down.",
  alignment:
    "What SPF or DKIM prove must be about the domain people see. Else DMARC fails, whatever they prove.",
  bounces:
    "What cannot be delivered comes back to this domain. If nobody takes mail there, we go on writing to addresses that are gone.",
} as const;
/** All findings, in the order in which a person puts them right. */
export function findingsOf(sender: Sender, looked: Looked): Finding[] {
  const parts: readonly (readonly [Finding["about"], Part])[] = [
    ["spf", spfPart(sender, looked.spf)],
    ["dkim", dkimPart(sender, looked.dkim)],
    ["dmarc", dmarcPart(sender, looked.dmarc)],
    ["alignment", alignmentPart(sender, looked)],
    ["bounces", mxPart(sender, looked.mx)],
  ];
  return parts.map(([about, said]) => ({ about, why: WHY[about], ...said }));
}

/** Bulk mail may go: nothing is wrong, and what could not be asked is not taken for right. */
export const isFit = (findings: readonly Finding[]): boolean =>
  findings.every(({ rating }) => rating === "right" || rating === "better");
