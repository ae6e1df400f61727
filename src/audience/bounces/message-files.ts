// Messages out of a pipe, a file, an mbox or a Maildir, one after the other, of each no more than we look at.
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { REPORT_LIMITS } from "../../../config/audience-limits.ts";

/** Reads a stream to its end and keeps its beginning: whoever writes into the pipe must be able to finish (H93: 50 MB). */
export async function beginningOf(stream: Readable): Promise<Buffer> {
  const kept: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    const piece = Buffer.from(chunk as Buffer | string);
    if (bytes < REPORT_LIMITS.bytes) kept.push(piece.subarray(0, REPORT_LIMITS.bytes - bytes));
    bytes += piece.length;
  }
  return Buffer.concat(kept);
}

/** What a path holds: a Maildir's new and cur, an mbox's messages, else the file itself. Throws ENOENT, EACCES. */
export async function* messagesAt(path: string): AsyncGenerator<Buffer> {
  if (!(await stat(path)).isDirectory()) {
    yield* messagesInFile(path);
    return;
  }
  for (const folder of ["new", "cur"]) {
    const names = await readdir(join(path, folder));
    for (const name of names.filter((one) => !one.startsWith(".")).sort())
      yield await beginningOf(createReadStream(join(path, folder, name)));
  }
}

/** In an mbox a line "From …" after an empty one begins a message, and one that a message itself had begins with ">". */
async function* messagesInFile(path: string): AsyncGenerator<Buffer> {
  const lines = createInterface({ input: createReadStream(path, "latin1"), crlfDelay: Infinity });
  let message: string[] = [];
  let isMbox: boolean | null = null;
  let bytes = 0;
  for await (const line of lines) {
    isMbox ??= isFromLine(line);
    if (isMbox && isFromLine(line) && isBetween(message)) {
      if (message.length > 0) yield asBytes(message);
      [message, bytes] = [[], 0];
    } else if (bytes < REPORT_LIMITS.bytes) {
      message.push(isMbox ? line.replace(/^>(?=>*From )/, "") : line);
      bytes += line.length + 2;
    }
  }
  if (message.length > 0) yield asBytes(message);
}

const isFromLine = (line: string): boolean => line.startsWith("From ");
const isBetween = (message: readonly string[]): boolean => (message.at(-1) ?? "") === "";
const asBytes = (lines: readonly string[]): Buffer => Buffer.from(lines.join("\r\n"), "latin1");
