// Who wrote a message that is no report: a mail system, a machine that answers for a person, or somebody.
import type { Fields } from "./fields.ts";

const OUT_OF_OFFICE =
  /^\s*(auto(matic|matische|matisch)?[- ]?(reply|response|antwort)?\b|out of (the )?office|vacation|away from|on (annual )?leave|i am away|holiday|abwesen|odpowiedź automatyczna)/i;

/** Vacation notes and the like (RFC 3834), which say nothing of whether an address works. */
export function isAutomaticAnswer(head: Fields): boolean {
  const auto = head.get("auto-submitted")?.toLowerCase() ?? "";
  if (auto.startsWith("auto-replied")) return true;
  if (
    ["x-autoreply", "x-autorespond", "x-auto-response-suppress", "x-mail-autoreply"].some((h) => head.has(h))
  )
    return true;
  const bulk = /^(auto_?reply|auto-?reply)$/i.test(head.get("precedence") ?? "");
  return bulk || OUT_OF_OFFICE.test(head.get("subject") ?? "");
}

/** Bounces come from nobody (RFC 5321 4.5.5) or from the mail system itself. */
export function isFromMailSystem(head: Fields): boolean {
  return isWrittenByMailSystem(head) || /^<\s*>$/.test(head.get("return-path")?.trim() ?? "");
}

/** By its own word. Such a one may well call its answer automatic, which it is. */
export function isWrittenByMailSystem(head: Fields): boolean {
  return /\b(mailer-daemon|mail delivery (sub)?system|postmaster)\b/i.test(head.get("from") ?? "");
}
