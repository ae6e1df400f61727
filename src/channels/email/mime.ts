// Composes one rendition once and fills it for many people: text and HTML, quoted-printable, ASCII, ready for the wire.
import { escapeHtml, prepare, type SlotValues } from "../../domain/slots.ts";
import type { EmailRendition, Issue } from "../channel.ts";
import { dateHeader, fromHeader, header, subjectHeader } from "./headers.ts";
import { encodedPart, type Piece } from "./quoted-printable.ts";

/**
 * What goes over the wire after DATA. No line begins with a dot and every line ends in CRLF, so nothing needs stuffing.
 * Without `tail` no relay can take the message: it holds the end of the last part and the final dot.
 */
export interface Message {
  /** In this order: shared bytes and a person's own characters. */
  readonly head: readonly Piece[];
  readonly tail: string;
  /** Only an address beyond ASCII (RFC 6531) makes it anything but ASCII. */
  readonly isAscii: boolean;
}
export interface Addressed {
  readonly to: string;
  readonly messageId: string;
  readonly values: SlotValues;
  /** Text alone. */
  readonly plain?: boolean | undefined;
  readonly stopAddress?: string | undefined;
}
export type Composed =
  { readonly ok: true; readonly message: Message } | { readonly ok: false; readonly code: string };

/** `=_` is no quoted-printable, so no text can hold this line. */
const BOUNDARY = "=_bellman";
const TAIL = `\r\n--${BOUNDARY}--\r\n.\r\n`;
const WAY_OUT = /^https?:\/\/[!-;=?-~]{1,900}$/;

const opened = (type: "plain" | "html"): string =>
  `\r\n--${BOUNDARY}\r\nContent-Type: text/${type}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n`;

/**
 * Everything that is the same for all recipients is done here; each costs a few joins. Answers a short code where this
 * person cannot be written to: `missing-<slot>`, or a way out that is no address of ours (H33).
 */
export function composer(
  { subject, html, text }: EmailRendition,
  issue: Issue,
  from: { readonly name: string; readonly address: string },
): (addressed: Addressed) => Composed {
  const subjectOf = preparedSubject(subject);
  const [htmlOf, textOf] = [encodedPart(html, escapeHtml), encodedPart(text)];
  const begin = Buffer.from(fromHeader(from.name, from.address), "latin1");
  const textBegins = Buffer.from(fixedHeaders(issue) + opened("plain"), "latin1");
  const htmlBegins = Buffer.from(opened("html"), "latin1");
  return ({ to, messageId, values, plain, stopAddress }) => {
    const line = subjectOf(values);
    if (!line.ok) return missing(line);
    const stop = values.unsubscribe_url;
    if (stop && !WAY_OUT.test(stop)) return { ok: false, code: "bad-way-out" };
    const own = `To: <${to}>\r\n${line.text}Message-ID: ${messageId}\r\n${dateNow()}${stop ? wayOut(stop, stopAddress) : ""}`;
    const head: Piece[] = [begin, own, textBegins];
    const inText = textOf(values, head);
    if (inText !== null) return missing({ missing: inText });
    if (!plain) head.push(htmlBegins);
    const inHtml = plain ? null : htmlOf(values, head);
    if (inHtml !== null) return missing({ missing: inHtml });
    return { ok: true, message: { head, tail: TAIL, isAscii: /^[!-~]*$/.test(to) } };
  };
}

const missing = ({ missing: slot }: { readonly missing: string }): Composed => ({
  ok: false,
  code: `missing-${slot}`,
});

/** A subject without slots is encoded once. */
function preparedSubject(subject: string) {
  const { slots, fill } = prepare(subject);
  const line = (values: SlotValues) => {
    const filled = fill(values);
    return filled.ok ? { ok: true as const, text: subjectHeader(filled.text) } : filled;
  };
  if (slots.length > 0) return line;
  const same = line({});
  return () => same;
}

/** One click, as RFC 8058 has it; and an address where one is read (RFC 2369), on a line of its own as it is long. */
const wayOut = (stop: string, address?: string): string =>
  `List-Unsubscribe: <${stop}>${address ? `,\r\n <mailto:${address}>` : ""}\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n`;

const fixedHeaders = ({ language, reference }: Issue): string =>
  [
    header("Content-Language", language),
    header("X-Bellman-Reference", reference),
    header("Auto-Submitted", "auto-generated"),
    header("MIME-Version", "1.0"),
    `Content-Type: multipart/alternative; boundary="${BOUNDARY}"\r\n`,
  ].join("");

/** The Date header of this second; thousands of messages share one. */
let dated = { second: 0, line: "" };
function dateNow(): string {
  const second = Math.floor(Date.now() / 1_000);
  if (second !== dated.second) dated = { second, line: dateHeader(new Date(second * 1_000)) };
  return dated.line;
}
