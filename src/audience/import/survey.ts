// One walk through a file before anything is made of it: how large, which hash, which encoding, and is it a table at all (H1, H2, H14).
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { IMPORT_LIMITS } from "../../../config/audience-limits.ts";
import { DomainError } from "../../domain/errors.ts";
import { type Encoding, encodingByHead, type Found, linesIn, openMixture } from "./encoding.ts";

export interface Survey extends Found {
  readonly bytes: number;
  /** SHA-256 of its bytes, in lower-case hex. */
  readonly hash: string;
}

const HEAD_BYTES = 4_096;
const SAVE_AS = "Open it in the program it came from and save it as “CSV UTF-8”.";
/** What begins like this is no table of text, whatever its name says (ASVS 5.2.2). */
const KINDS: readonly (readonly [RegExp, string])[] = [
  [/^PK(\x03\x04|\x05\x06)/, `This is an Excel workbook or a ZIP archive, not a CSV file. ${SAVE_AS}`],
  [/^\xd0\xcf\x11\xe0/, `This is an old Excel workbook, not a CSV file. ${SAVE_AS}`],
  [/^%PDF/, "This is a PDF, not a CSV file. Ask for the list itself, as “CSV UTF-8”."],
  [/^\x1f\x8b/, "This is a compressed file, not a CSV file. Unpack it first."],
  [
    /^\s*<(!doctype|html|table|\?xml|head|body|meta|style|script)/i,
    `This is a web page or XML, not a CSV file. ${SAVE_AS}`,
  ],
  [/^\s*\{\\rtf/, `This is a text document, not a CSV file. ${SAVE_AS}`],
  [/^\s*[[{]\s*["{[]/, "This is JSON, not a CSV file. Ask for the list as “CSV UTF-8”."],
];

/** Throws "not-a-table", "file-too-large", "file-is-empty", "mixed-encodings", and "too-many-rows" where that shows by its lines alone. */
export async function survey(path: string): Promise<Survey> {
  const { head, bytes } = await headOf(path);
  mustBeTable(head);
  mustFit(bytes);
  const byHead = encodingByHead(head);
  const hash = createHash("sha256");
  const mixture = openMixture();
  const lines = openLineCount();
  // In UTF-16 the byte of a line's end is also half of a letter (all of Gurmukhi): reading the rows counts them then.
  const isPlain = byHead === null || byHead.encoding === "utf-8";
  for await (const chunk of createReadStream(path, { highWaterMark: 262_144 }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    if (isPlain) lines.write(chunk);
    if (byHead === null) mixture.write(chunk);
  }
  if (lines.most() > IMPORT_LIMITS.rows + 1) throw tooManyRows();
  return { ...(byHead ?? mixture.end()), bytes, hash: hash.digest("hex") };
}

/** How many rows there are at least: every line is one, but where quotation marks may hold several together. */
function openLineCount() {
  let [count, quoted] = [0, false];
  return {
    write: (chunk: Buffer): void => {
      quoted ||= chunk.includes(0x22);
      if (!quoted) count += linesIn(chunk);
    },
    most: (): number => (quoted ? 0 : count),
  };
}

export const tooManyRows = (): DomainError =>
  new DomainError(
    "too-many-rows",
    `This file has more than ${IMPORT_LIMITS.rows.toLocaleString("en-GB")} rows, which is the most an import takes. Nothing was taken in; divide it into several files, each with the line of column names.`,
  );

export function mustFit(bytes: number): void {
  if (bytes === 0) throw new DomainError("file-is-empty", "This file is empty. Nothing was taken in.");
  if (bytes > IMPORT_LIMITS.bytes)
    throw new DomainError(
      "file-too-large",
      `This file is larger than ${IMPORT_LIMITS.bytes / 1_000_000} MB, which is the most an import takes. Nothing was taken in; divide it into several files, each with the line of column names.`,
    );
}

function mustBeTable(head: Buffer): void {
  const text = head
    .toString("latin1")
    .replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, "")
    .replaceAll("\0", "");
  const found = KINDS.find(([pattern]) => pattern.test(text) || pattern.test(head.toString("latin1")));
  if (found) throw new DomainError("not-a-table", found[1]);
  const control = head.filter((byte) => (byte < 9 || (byte > 13 && byte < 32)) && byte !== 0).length;
  if (control > head.length / 20)
    throw new DomainError("not-a-table", `This is no table of text. ${SAVE_AS}`);
}

async function headOf(path: string): Promise<{ head: Buffer; bytes: number }> {
  const file = await open(path);
  try {
    const { size: bytes } = await file.stat();
    const { buffer, bytesRead } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
    return { head: buffer.subarray(0, bytesRead), bytes };
  } finally {
    await file.close();
  }
}

/** An encoding a person named, held against what the file is. Throws "wrong-encoding". */
export function chosenEncoding(found: Found, named: Encoding | undefined): Encoding {
  if (named === undefined || named === found.encoding) return found.encoding;
  if (!found.sure) return named;
  throw new DomainError(
    "wrong-encoding",
    `This file is in ${found.encoding.toUpperCase()}, which its bytes prove; read as ${named} its names would be garbled.`,
  );
}
