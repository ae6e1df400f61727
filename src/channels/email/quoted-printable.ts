// Quoted-printable with slots: literals are encoded once, a value by itself, and a soft line break keeps the two apart.
import { encode, wrap } from "nodemailer/lib/qp";
import { type Escape, readSlots, type SlotName, valueOf } from "../../domain/slots.ts";
import type { SlotValues } from "../../domain/slots.ts";

/** 76 is the most (RFC 2045 6.7). Three less: room for a soft break of ours and for a dot that becomes `=2E`. */
const LINE = 73;
const SOFT_BREAK = "=\r\n";
/** Needs no encoding at all, on any line: the ordinary name, ward or link. */
const PLAIN = /^(?!\.)[!-<>-~](?:[ -<>-~]{0,71}[!-<>-~])?$/;

/** One text as lines of at most 75 characters, all ASCII. A dot never begins a line, so SMTP has nothing to stuff. */
export function quotedPrintable(text: string): string {
  if (PLAIN.test(text)) return text;
  return wrap(encode(text.replace(/\r\n?|\n/g, "\r\n")), LINE).replace(/(^|\n)\./g, "$1=2E");
}

/** Each piece begins at the start of a line: the one before ends in a line break, soft where it has none of its own. */
const closed = (piece: string): string =>
  piece === "" || piece.endsWith("\r\n") ? piece : piece + SOFT_BREAK;

/** Bytes that all messages share, or a few characters of one. */
export type Piece = Buffer | string;

/**
 * The body of one part for many recipients. Decoded it is what `prepare(template).fill(values, escape)` gives; literals are
 * bytes made once and shared, so that a person costs their own few characters. Puts the pieces into `into` and answers null, or
 * answers the slot that is missing. Throws DomainError("bad-slots") where the template itself is at fault.
 */
export function encodedPart(
  template: string,
  escape?: Escape,
): (values: SlotValues, into: Piece[]) => SlotName | null {
  const { parts } = readSlots(template);
  const slots = [...new Set(parts.flatMap((part) => (typeof part === "string" ? [] : [part.slot])))];
  const last = parts.length - 1;
  const plan = parts.map((part, at) => {
    const ended = (piece: string) => Buffer.from(at === last ? piece : closed(piece), "latin1");
    if (typeof part === "string") return { literal: ended(quotedPrintable(part)) };
    const fallback = part.fallback === undefined ? undefined : ended(quotedPrintable(part.fallback));
    return { index: slots.indexOf(part.slot), fallback, isLast: at === last };
  });
  return (values, into) => {
    const ready = slots.map((slot) => encodedValue(values, slot, escape));
    for (const step of plan) {
      if (step.literal !== undefined) {
        into.push(step.literal);
        continue;
      }
      const value = ready[step.index];
      const piece = value === undefined ? step.fallback : step.isLast ? value : value + SOFT_BREAK;
      if (piece === undefined) return slots[step.index] as SlotName;
      into.push(piece);
    }
    return null;
  };
}

function encodedValue(values: SlotValues, slot: SlotName, escape?: Escape): string | undefined {
  const value = valueOf(values, slot, escape);
  return value === undefined ? undefined : quotedPrintable(value);
}
