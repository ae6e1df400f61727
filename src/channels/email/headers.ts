// The lines of a message's head. Nobody but us names a header (H32); what people wrote is encoded or cleaned first.
import { encodeWord, foldLines } from "nodemailer/lib/mime-funcs";
import { cleanValue } from "../../domain/slots.ts";

/** RFC 5322 2.1.1: 78 is wished for, 998 is the law. */
const LINE = 76;
/** Words of printable ASCII with single spaces, none too long to fold; anything else is encoded, so it arrives as it was. */
const PLAIN = /^[!-~]{1,60}(?: [!-~]{1,60})*$/;
const ATOMS = /^[A-Za-z0-9]{1,60}(?: [A-Za-z0-9]{1,60})*$/;

/** One header of ours, folded. Throws where the value is no plain line: a header is never made of user text. */
export function header(name: string, value: string): string {
  if (!/^[ -~]*$/.test(value)) throw new Error(`the header ${name} must be plain ASCII`);
  return `${foldLines(`${name}: ${value}`, LINE)}\r\n`;
}

/** RFC 2047 where it must be. `subject` is cleaned of whatever could end its line (H29). */
export function subjectHeader(subject: string): string {
  const text = cleanValue(subject);
  if (text === "") return "Subject:\r\n";
  const isPlain = PLAIN.test(text) && !text.includes("=?");
  return `${foldLines(`Subject: ${isPlain ? text : encoded(text)}`, LINE)}\r\n`;
}

/** `name <address>`; the name is the partnership's own, from its settings (H30). */
export function fromHeader(name: string, address: string): string {
  const text = cleanValue(name);
  const shown = ATOMS.test(text) ? text : encoded(text);
  return header("From", `${shown} <${address}>`);
}

/** Encoded words of whole characters, so short that a line holds one. */
const encoded = (text: string): string => encodeWord(text, "Q", 52);

/** RFC 5322 date, in UTC. */
export const dateHeader = (at: Date): string => `Date: ${at.toUTCString().replace("GMT", "+0000")}\r\n`;
