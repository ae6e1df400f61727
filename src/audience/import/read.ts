// Walks through a file row by row: judges each, hands people on as COPY lines and what is to be said about rows as notes. Holds one stretch at a time.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { setImmediate } from "node:timers/promises";
import { IMPORT_LIMITS } from "../../../config/audience-limits.ts";
import { DomainError } from "../../domain/errors.ts";
import { EVIDENCE_FIELDS } from "../../domain/import-evidence.ts";
import { openRowReader, refusedRow, type RowReader } from "../../domain/import-row.ts";
import type { ImportRules, RowNote, RowRead } from "../../domain/import-rules.ts";
import type { ImportNote } from "../../store/imports.ts";
import { openDecoder } from "./encoding.ts";
import type { openCopyLines } from "./copy-line.ts";
import type { Look } from "./look.ts";
import { openRows, type RawRow } from "./rows.ts";
import { tooManyRows } from "./survey.ts";

/** So little at a time that pages of the same process never wait longer than some milliseconds for their turn. */
const STRETCH_BYTES = 32_768;

export interface ReadCounts {
  bytes: number;
  /** People's rows, blank ones and the line of names left out. */
  rows: number;
  refused: number;
  /** Rows without a consent that could be shown. */
  withoutConsent: number;
  /** Rows whose address a person has to look at. */
  flagged: number;
  /** Rows taken with something of them left out. */
  changed: number;
}
export interface Reading {
  readonly path: string;
  readonly look: Look;
  readonly rules: ImportRules;
  readonly line: ReturnType<typeof openCopyLines>;
  /** Given a stretch of COPY lines and notes; the next stretch waits for it. */
  readonly take: (lines: string, notes: readonly ImportNote[], counts: Readonly<ReadCounts>) => Promise<void>;
}

/** Throws "too-many-rows", "file-changed", "wrong-encoding". */
export async function readFile({ path, look, rules, line, take }: Reading): Promise<Readonly<ReadCounts>> {
  const counts: ReadCounts = { bytes: 0, rows: 0, refused: 0, withoutConsent: 0, flagged: 0, changed: 0 };
  const said = columnsSaid(rules);
  const reader = openRowReader(rules);
  for await (const { rows, bytes } of stretches(path, look)) {
    counts.bytes = bytes;
    const notes: ImportNote[] = [];
    let lines = "";
    for (const row of rows) {
      if (row.no <= look.headingRow) continue;
      counts.rows += 1;
      const read = "cells" in row ? readWhole(row.cells, look, reader) : refusedRow(row.why);
      count(read, counts);
      if (read.person) lines += line(row.no, read.person);
      for (const note of read.notes) if (isTold(note, said)) notes.push({ rowNo: row.no, ...note });
    }
    if (counts.rows > IMPORT_LIMITS.rows) throw tooManyRows();
    await take(lines, notes, counts);
    await setImmediate();
  }
  return counts;
}

/** More cells than the line of names has: something stands where it does not belong. */
const readWhole = (cells: readonly string[], { headings }: Look, read: RowReader): RowRead =>
  cells.slice(headings.length).some((cell) => cell.trim() !== "")
    ? refusedRow(
        "has more cells than the first line has names; a comma in one of them needs quotation marks around it",
      )
    : read(cells);

function count({ person, notes }: RowRead, counts: ReadCounts): void {
  if (person === null) counts.refused += 1;
  else if (notes.length > 0) {
    const of = (became: RowNote["became"], email: boolean) =>
      notes.some((note) => note.became === became && (note.field === "email") === email);
    if (of("parked", true)) counts.flagged += 1;
    if (of("parked", false)) counts.withoutConsent += 1;
    if (of("changed", false)) counts.changed += 1;
  }
}

/** Fields of a consent that rows can have; of one that no row has, one sentence for the whole file is enough. */
const columnsSaid = ({ places, fallback }: ImportRules): ReadonlySet<string> =>
  new Set(EVIDENCE_FIELDS.filter((field) => places.has(field) || fallback[field] !== undefined));

const isTold = ({ field, became }: RowNote, said: ReadonlySet<string>): boolean =>
  became !== "parked" || !(EVIDENCE_FIELDS as readonly string[]).includes(field) || said.has(field);

/** The file's rows in stretches. Its bytes are hashed again: what is taken is what was looked at. */
async function* stretches(path: string, look: Look): AsyncGenerator<{ rows: RawRow[]; bytes: number }> {
  const decoder = openDecoder(look.encoding);
  const reader = openRows(look.delimiter, IMPORT_LIMITS);
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path, {
    highWaterMark: STRETCH_BYTES,
  }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    bytes += chunk.length;
    yield { rows: reader.push(decoder.write(chunk)), bytes };
  }
  yield { rows: [...reader.push(decoder.end()), ...reader.end()], bytes };
  if (hash.digest("hex") !== look.survey.hash)
    throw new DomainError(
      "file-changed",
      "This file changed while it was read. Nothing was taken in; import it again.",
    );
}
