// Where a row of a table ends, which quotation marks make a question: a lone one must cost its own row and not all that follow (H3).
import type { IMPORT_LIMITS } from "../../../config/audience-limits.ts";

export type Delimiter = "," | ";" | "\t";
export type RowLimits = Pick<typeof IMPORT_LIMITS, "columns" | "characters" | "lines">;

export type RowEnd =
  | { readonly kind: "row"; readonly end: number; readonly quoted: boolean }
  /** The text ends before the row does. */
  | { readonly kind: "more" }
  | { readonly kind: "bad"; readonly why: string };

interface Within {
  readonly delimiter: Delimiter;
  readonly limits: RowLimits;
  /** Nothing comes after this text. */
  readonly last: boolean;
}
const MORE = { kind: "more" } as const;
const bad = (why: string): RowEnd => ({ kind: "bad", why });
const LONE =
  'has a quotation mark in the middle of a cell; it must stand at both ends of the cell and be doubled inside (")';
const OPEN = "has a quotation mark that is never closed";

/** The end (before its line feed) of the row that begins at `from`. */
export function endOfRow(text: string, from: number, within: Within): RowEnd {
  const { limits, last } = within;
  const feed = text.indexOf("\n", from);
  const end = feed < 0 ? text.length : feed;
  const mark = text.indexOf('"', from);
  if (mark < 0 || mark > end) {
    if (end - from > limits.characters) return tooLong(limits);
    return feed < 0 && !last ? MORE : { kind: "row", end, quoted: false };
  }
  return quotedRow(text, from, within);
}

const tooLong = ({ characters }: RowLimits): RowEnd =>
  bad(`is longer than ${characters.toLocaleString("en-GB")} characters`);

/** Cell after cell, as RFC 4180 has them. */
function quotedRow(text: string, from: number, within: Within): RowEnd {
  const { delimiter, limits, last } = within;
  const stop = Math.min(text.length, from + limits.characters + 2);
  let at = from;
  for (;;) {
    const cell = text[at] === '"' ? quotedCell(text, at, from, within) : plainCell(text, at, delimiter, stop);
    if (typeof cell !== "number") return cell;
    at = cell;
    if (at - from > limits.characters) return tooLong(limits);
    if (at >= text.length) return last ? { kind: "row", end: text.length, quoted: true } : MORE;
    if (text[at] === "\n") return { kind: "row", end: at, quoted: true };
    at += 1; // the delimiter
  }
}

/** Where a cell without quotation marks ends; at most at `stop`. */
function plainCell(text: string, from: number, delimiter: Delimiter, stop: number): number | RowEnd {
  for (let at = from; at < stop; at += 1) {
    const char = text[at];
    if (char === delimiter || char === "\n") return at;
    if (char === '"') return bad(LONE);
  }
  return stop;
}

/** Where the cell that begins with the quotation mark at `from` ends. */
function quotedCell(text: string, from: number, rowFrom: number, within: Within): number | RowEnd {
  const { delimiter, limits, last } = within;
  const tooFar = (at: number): boolean =>
    at - rowFrom > limits.characters || linesIn(text, from, at, limits.lines) > limits.lines;
  const mark = closingMark(text, from + 1);
  if (mark < 0) return last || tooFar(text.length) ? bad(OPEN) : MORE;
  if (tooFar(mark)) return bad(OPEN);
  const after = text[mark + 1];
  // The next character decides whether this mark is doubled, and it may not be here yet.
  if (after === undefined) return last ? mark + 1 : MORE;
  return after === delimiter || after === "\n"
    ? mark + 1
    : bad("has text after the closing quotation mark of a cell");
}

/** The next quotation mark that is not doubled; -1 where there is none. */
function closingMark(text: string, from: number): number {
  let mark = text.indexOf('"', from);
  while (mark >= 0 && text[mark + 1] === '"') mark = text.indexOf('"', mark + 2);
  return mark;
}

/** Line feeds between two places, counted up to one more than `most`. */
function linesIn(text: string, from: number, to: number, most: number): number {
  let count = 0;
  for (
    let at = text.indexOf("\n", from);
    at >= 0 && at < to && count <= most;
    at = text.indexOf("\n", at + 1)
  )
    count += 1;
  return count;
}
