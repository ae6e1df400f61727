// What mail systems without RFC 3464 write when they give a message back. Cautious: a sentence of failure and a code, from a machine.
import { statusIn } from "../../domain/bounce-kind.ts";
import type { ReportedRecipient } from "./report.ts";

/** Openings and sentences of qmail, Exim, old Sendmail, Lotus, Exchange and the like. */
const FAILED =
  /could not be delivered|couldn.t be delivered|undeliverable|delivery (has )?failed|failed permanently|permanent (fatal )?error|unable to deliver|not able to deliver|could not deliver|returned to sender|undelivered mail/i;
const DELAYED =
  /has not (yet )?been delivered|delayed|will (continue|keep on) (trying|to try|to be tried)|no action is required|still being (re)?tried/i;
const CODED = /(?<![\d.])(5\d\d[ -]|#?[45]\.\d{1,3}\.\d{1,3}(?!\.?\d))/;
/** Where the copy of our own message begins: its words are ours, and no verdict. */
const COPY_BELOW =
  /^-{2,} ?(this is a copy|below this line|original message|returned message|the (body|header) of|undelivered message)[^\n]*$/im;

/** One recipient, or null where this is no bounce that we dare to read. */
export function textBounce(text: string): ReportedRecipient | null {
  const [said = ""] = text.split(COPY_BELOW);
  const coded = CODED.exec(said);
  if (!coded) return null;
  const status = statusIn(said.slice(coded.index, coded.index + 12));
  const diagnostic = said.slice(coded.index, coded.index + 400);
  const around = { addresses: [], status, diagnostic };
  if (FAILED.test(said) && !/^4/.test(status ?? "")) return { ...around, action: "failed" };
  if (DELAYED.test(said)) return { ...around, action: "delayed" };
  return FAILED.test(said) ? { ...around, action: "failed" } : null;
}

/** The copy of our message below, with its head. */
export function copyIn(text: string): string {
  const marker = COPY_BELOW.exec(text);
  const below = marker ? text.slice(marker.index + marker[0].length) : text;
  const head = /^(return-path|received|from|to|subject|message-id|date|x-bellman-reference):/im.exec(below);
  return head ? below.slice(head.index) : "";
}
