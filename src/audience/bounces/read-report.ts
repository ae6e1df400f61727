// Reads one message that came back: a delivery status, a complaint, a word to stop, or none of these. Never throws, whatever it is given.
import PostalMime, { type Attachment, type Email } from "postal-mime";
import { REPORT_LIMITS } from "../../../config/audience-limits.ts";
import { aboutOf, ENVELOPE_HEADERS, headOf } from "./about.ts";
import { isAutomaticAnswer, isFromMailSystem, isWrittenByMailSystem } from "./automatic.ts";
import { recipientsIn } from "./delivery-status.ts";
import { type Fields, groupsIn } from "./fields.ts";
import type { NoReport, Report } from "./report.ts";
import { copyIn, textBounce } from "./text-bounce.ts";

/** `envelope`: whom the mail system that handed it over says it was for, if it says so (a pipe's `${recipient}`). */
export interface Came {
  readonly bytes: Uint8Array;
  readonly envelope?: readonly string[];
}
interface Opened {
  readonly email: Email;
  readonly head: Fields;
  readonly envelope: readonly string[];
}

const none = (why: NoReport): Report => ({ kind: "none", why });

/** Looks at the first MiB and at most 20 parts deep; what is beyond that is not ours to unravel (H93). */
export async function readReport({ bytes, envelope = [] }: Came): Promise<Report> {
  try {
    const email = await PostalMime.parse(bytes.subarray(0, REPORT_LIMITS.bytes), {
      forceRfc822Attachments: true,
      maxNestingDepth: REPORT_LIMITS.nesting,
      maxHeadersSize: REPORT_LIMITS.headersBytes,
    });
    const head = headOfMessage(email);
    const told = [...envelope, ...ENVELOPE_HEADERS.flatMap((name) => head.get(name) ?? [])];
    return classify({ email, head, envelope: told });
  } catch {
    return none("unreadable");
  }
}

function headOfMessage({ headers }: Email): Fields {
  const head = new Map<string, string>();
  for (const { key, value } of headers)
    head.set(
      key,
      ENVELOPE_HEADERS.includes(key) ? `${head.get(key) ?? ""} ${value}` : (head.get(key) ?? value),
    );
  return head;
}

function classify(opened: Opened): Report {
  const status = partOf(opened.email, "message/delivery-status", "message/global-delivery-status");
  if (status !== null) return deliveryStatus(opened, status);
  const feedback = partOf(opened.email, "message/feedback-report");
  if (feedback !== null) return feedbackReport(opened, feedback);
  const stops = opened.envelope.flatMap(unsubscribeTokensIn);
  if (stops.length > 0) return { kind: "unsubscribe", tokens: stops.slice(0, REPORT_LIMITS.tokens) };
  if (isAutomaticAnswer(opened.head) && !isWrittenByMailSystem(opened.head)) return none("automatic");
  return isFromMailSystem(opened.head) ? textReport(opened) : none("other");
}

function deliveryStatus({ email, envelope }: Opened, text: string): Report {
  const groups = groupsIn(text);
  const recipients = recipientsIn(groups);
  if (recipients.length === 0) return none("unreadable");
  return {
    kind: "delivery-status",
    source: "dsn",
    recipients,
    about: aboutOf(envelope, groups, originalOf(email)),
  };
}

/** RFC 5965. What is about our signatures (RFC 6591), viruses or a mistake taken back is no complaint of a person. */
const WISHES: Readonly<Record<string, "complaint" | "opt-out">> = {
  abuse: "complaint",
  fraud: "complaint",
  "opt-out": "opt-out",
  "opt-out-list": "opt-out",
};
function feedbackReport({ email, envelope }: Opened, text: string): Report {
  const groups = groupsIn(text);
  const type = groups.map((fields) => fields.get("feedback-type")).find((one) => one !== undefined);
  const wish = WISHES[type?.toLowerCase().trim() ?? ""];
  if (!wish) return none("other");
  return { kind: "feedback", wish, about: aboutOf(envelope, groups, originalOf(email)) };
}

function textReport({ email, envelope }: Opened): Report {
  const text = (email.text ?? email.html ?? "").slice(0, REPORT_LIMITS.fieldsBytes);
  const recipient = textBounce(text);
  if (!recipient) return none("other");
  const original = headOf(partOf(email, ...ORIGINAL) ?? copyIn(text));
  return {
    kind: "delivery-status",
    source: "text",
    recipients: [recipient],
    about: aboutOf(envelope, [], original),
  };
}

const ORIGINAL = [
  "message/rfc822",
  "text/rfc822-headers",
  "message/rfc822-headers",
  "message/global",
  "message/global-headers",
];
const originalOf = (email: Email): Fields => headOf(partOf(email, ...ORIGINAL) ?? "");

/** The first part of one of these types, as text. */
function partOf({ attachments }: Email, ...types: readonly string[]): string | null {
  const found = attachments.find(({ mimeType }) => types.includes(mimeType));
  return found ? textOf(found) : null;
}

const textOf = ({ content }: Attachment): string =>
  typeof content === "string"
    ? content.slice(0, REPORT_LIMITS.fieldsBytes)
    : Buffer.from(content instanceof Uint8Array ? content : new Uint8Array(content))
        .subarray(0, REPORT_LIMITS.fieldsBytes)
        .toString("utf8");

const IN_ADDRESS = /(?:^|[\s<,])unsubscribe\+([^\s@<>,"]{8,128})@/gi;
/** The token must be in the address that was written to: whom a message says it is from proves nothing (H96). */
const unsubscribeTokensIn = (text: string): string[] =>
  [...text.matchAll(IN_ADDRESS)].map(([, token = ""]) => token);
