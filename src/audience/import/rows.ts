// Cuts text into rows and rows into cells. A row that is broken is told by its number and left out; those after it are whole (H3, H6).
// What has quotation marks is parsed by csv-parse, once it is known where its row ends.
import { parse } from "csv-parse/sync";
import { type Delimiter, endOfRow, type RowLimits } from "./row-end.ts";

/** `no` as a spreadsheet counts: the line of column names is row 1. */
export type RawRow =
  { readonly no: number; readonly cells: readonly string[] } | { readonly no: number; readonly why: string };
type Cut = RawRow | { readonly no: number; readonly quoted: string };

export interface Rows {
  readonly push: (text: string) => RawRow[];
  readonly end: () => RawRow[];
}

export function openRows(delimiter: Delimiter, limits: RowLimits): Rows {
  const cutter = openCutter(delimiter, limits);
  const cut = (text: string, last: boolean): RawRow[] =>
    parsed(cutter(text, last), delimiter).map((row) => narrow(row, limits));
  let held = "";
  return {
    push: (text) => {
      // Half a CR LF waits for its other half.
      const whole = held + text;
      held = whole.endsWith("\r") ? "\r" : "";
      return cut(oneLineEnd(held ? whole.slice(0, -1) : whole), false);
    },
    end: () => cut(oneLineEnd(held), true),
  };
}

/** Finds the rows in what has come so far; the beginning of a row that has not ended waits. */
function openCutter(delimiter: Delimiter, limits: RowLimits): (text: string, last: boolean) => Cut[] {
  let rest = "";
  let no = 0;
  /** Inside a row that was refused already: up to the next line. */
  let skipping = false;
  return (fresh, last) => {
    const text = rest + fresh;
    const found: Cut[] = [];
    let at = 0;
    while (at < text.length) {
      if (skipping) {
        const next = text.indexOf("\n", at);
        at = next < 0 ? text.length : next + 1;
        skipping = next < 0;
        continue;
      }
      const row = endOfRow(text, at, { delimiter, limits, last });
      if (row.kind === "more") break;
      no += 1;
      skipping = row.kind === "bad";
      if (row.kind === "bad") found.push({ no, why: row.why });
      else {
        const line = text.slice(at, row.end);
        if (line.trim() !== "")
          found.push(row.quoted ? { no, quoted: line } : { no, cells: line.split(delimiter) });
        at = row.end + 1;
      }
    }
    rest = text.slice(at);
    return found;
  };
}

/** Windows' and old Macs' line ends become one kind, also inside of quotation marks. */
const oneLineEnd = (text: string): string => (text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text);

/** All rows with quotation marks of one stretch at once: csv-parse costs more to start than to go on. */
function parsed(found: readonly Cut[], delimiter: Delimiter): RawRow[] {
  const quoted = found.flatMap((row) => ("quoted" in row ? [row.quoted] : []));
  if (quoted.length === 0) return found as RawRow[];
  const records: string[][] = parse(quoted.join("\n"), {
    ...{ delimiter, record_delimiter: "\n", relax_column_count: true, skip_empty_lines: false, bom: false },
  });
  if (records.length !== quoted.length) throw new Error("the rows of a file were cut in the wrong places");
  let next = 0;
  return found.map((row) => ("quoted" in row ? { no: row.no, cells: records[next++] ?? [] } : row));
}

const narrow = (row: RawRow, { columns }: RowLimits): RawRow =>
  "cells" in row && row.cells.length > columns
    ? { no: row.no, why: `has more than ${columns} columns` }
    : row;
