// Collects what could prove that a report is about a message of ours, from the places where mail systems put it.
import { REPORT_LIMITS } from "../../../config/audience-limits.ts";
import { messageIdLocalIn } from "../../lib/message-id.ts";
import type { About } from "./report.ts";
import { addressIn, type Fields, fieldsIn } from "./fields.ts";
import { tokensIn } from "./return-token.ts";

/** Where the mail system that brought a message says whom it was for, if it says so. */
export const ENVELOPE_HEADERS = [
  ...["delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-rcpt-to", "to"],
];
/** In our own message as it is given back, and in the fields of a report. */
const SENDER_FIELDS = [
  "return-path",
  "original-mail-from",
  "x-postfix-sender",
  "x-original-from",
  "x-failed-sender",
];
const RECIPIENT_FIELDS = ["original-rcpt-to", "removal-recipient", "to"];
/** With the list of the message in it, or without. */
const STOP_TOKEN = /\/stop\/([0-9a-f-]{36}(?:\.[a-z0-9-]{1,80})?\.[0-9a-f]{64})/g;

/** `sources`: what was told of the envelope, then groups of fields, then the head of the returned message. */
export function aboutOf(envelope: readonly string[], groups: readonly Fields[], original: Fields): About {
  const all = [...groups, original];
  const of = (names: readonly string[]) =>
    all.flatMap((fields) => names.flatMap((name) => fields.get(name) ?? []));
  const tokens = [...envelope, ...of(SENDER_FIELDS)].flatMap(tokensIn);
  return {
    tokens: [...new Set(tokens)].slice(0, REPORT_LIMITS.tokens),
    messageId: messageIdLocalIn(original.get("message-id") ?? ""),
    reference: original.get("x-bellman-reference")?.slice(0, 80) ?? null,
    stopTokens: stopTokensIn(original.get("list-unsubscribe") ?? ""),
    addresses: of(RECIPIENT_FIELDS).flatMap((value) => addressIn(value) ?? []),
  };
}

const stopTokensIn = (text: string): string[] =>
  [...text.matchAll(STOP_TOKEN)].map(([, token = ""]) => token).slice(0, REPORT_LIMITS.tokens);

/** The head of a message that a report gives back, whole or its headers only. */
export function headOf(text: string): Fields {
  const most = text.slice(0, REPORT_LIMITS.fieldsBytes).replace(/\r\n?/g, "\n").replace(/^\n+/, "");
  return fieldsIn(most.split(/\n[ \t]*\n/, 1)[0] ?? "");
}
