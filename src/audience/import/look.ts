// A first look at a file: how it reads, what its columns are called, its first rows; what a person confirms before anything is taken (H2, H4).
import { createReadStream } from "node:fs";
import { IMPORT_LIMITS, IMPORT_PREVIEW_ROWS } from "../../../config/audience-limits.ts";
import { DomainError } from "../../domain/errors.ts";
import { type Encoding, openDecoder } from "./encoding.ts";
import type { Delimiter } from "./row-end.ts";
import { openRows, type RawRow } from "./rows.ts";
import { chosenEncoding, survey, type Survey } from "./survey.ts";

export interface Look {
  readonly survey: Survey;
  readonly encoding: Encoding;
  /** False: the encoding is a guess, and only a person who sees the rows can say whether it is right. */
  readonly sure: boolean;
  readonly delimiter: Delimiter;
  readonly headings: readonly string[];
  /** The row number of the headings. */
  readonly headingRow: number;
  /** The first rows after it, as they read. */
  readonly rows: readonly RawRow[];
}

const LOOK_BYTES = 262_144;

/** Throws what survey() throws, "wrong-encoding" and "no-columns". */
export async function lookAt(path: string, named?: Encoding): Promise<Look> {
  const found = await survey(path);
  const encoding = chosenEncoding(found, named);
  const text = await beginning(path, encoding, found.bytes <= LOOK_BYTES);
  const delimiter = delimiterOf(text);
  const reader = openRows(delimiter, IMPORT_LIMITS);
  const rows = [...reader.push(text), ...(found.bytes <= LOOK_BYTES ? reader.end() : [])];
  const at = rows.findIndex((row) => !isSepLine(row));
  const first = rows[at];
  if (!first || !("cells" in first))
    throw new DomainError(
      "no-columns",
      "The first line of this file must name its columns, such as email and first_name.",
    );
  const shown = rows.slice(at + 1, at + 1 + IMPORT_PREVIEW_ROWS);
  return {
    ...{ survey: found, encoding, sure: found.sure || named === encoding, delimiter },
    ...{ headings: first.cells, headingRow: first.no, rows: shown },
  };
}

/** Excel's own first line, "sep=;", is no row of anybody's. */
export const isSepLine = (row: RawRow): boolean =>
  row.no === 1 && "cells" in row && /^\ufeff?sep=/i.test(row.cells.join(""));

async function beginning(path: string, encoding: Encoding, whole: boolean): Promise<string> {
  const decoder = openDecoder(encoding);
  let text = "";
  for await (const chunk of createReadStream(path, { end: LOOK_BYTES - 1 }) as AsyncIterable<Buffer>)
    text += decoder.write(chunk);
  return whole ? text + decoder.end() : text;
}

/** What stands most often between the names of the columns, outside of quotation marks. */
function delimiterOf(text: string): Delimiter {
  const said = /^\ufeff?sep=([,;\t])\r?\n/i.exec(text)?.[1];
  if (said) return said as Delimiter;
  const line = (/^\s*([^\r\n]*)/.exec(text)?.[1] ?? "").replace(/"[^"]*"/g, "");
  const count = (sign: Delimiter): number => line.split(sign).length - 1;
  const signs: readonly Delimiter[] = [",", ";", "\t"];
  return signs.reduce((best, sign) => (count(sign) > count(best) ? sign : best));
}
