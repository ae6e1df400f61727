// From bytes to text: which encoding a file is in, found or guessed, and never a letter that is not what was written (H2).
import { isAscii, isUtf8 } from "node:buffer";
import { DomainError } from "../../domain/errors.ts";

export const ENCODINGS = ["utf-8", "utf-16le", "utf-16be", "windows-1252"] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** What is at 0x80-0x9F in Windows-1252 (WHATWG Encoding). Written out: some versions of Node read Latin-1 instead. Five places are nothing. */
const HIGH = "€\0‚ƒ„…†‡ˆ‰Š‹Œ\0Ž\0\0‘’“”•–—˜™š›œ\0žŸ";

export interface Decoder {
  /** The text so far; the end of a chunk may wait for the next. Throws DomainError "wrong-encoding". */
  readonly write: (chunk: Buffer) => string;
  readonly end: () => string;
}

export function openDecoder(encoding: Encoding): Decoder {
  if (encoding === "windows-1252") return { write: windows1252, end: () => "" };
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (chunk: Buffer | undefined, stream: boolean): string => {
    try {
      return decoder.decode(chunk, { stream });
    } catch {
      throw wrong(`It holds bytes that are not ${encoding.toUpperCase()}.`);
    }
  };
  return { write: (chunk) => decode(chunk, true), end: () => decode(undefined, false) };
}

function windows1252(chunk: Buffer): string {
  return chunk.toString("latin1").replace(/[\u0080-\u009f]/g, (byte) => {
    const letter = HIGH[byte.charCodeAt(0) - 0x80] ?? "\0";
    if (letter === "\0") throw wrong("It holds bytes that are nothing in Windows-1252.");
    return letter;
  });
}

const wrong = (why: string): DomainError =>
  new DomainError(
    "wrong-encoding",
    `This file is not in that encoding. ${why} Save it as “CSV UTF-8” from the program it came from, or name another encoding.`,
  );

export interface Found {
  readonly encoding: Encoding;
  /** False: nothing in the file proves it, so a person has to look at the preview and say that it reads right. */
  readonly sure: boolean;
}

/** By the mark at its beginning, or by the noughts that plain letters have in UTF-16; null: it takes a look at the whole file. */
export function encodingByHead(head: Buffer): Found | null {
  if (head.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) return { encoding: "utf-8", sure: true };
  if (head.subarray(0, 2).equals(Buffer.from([0xff, 0xfe]))) return { encoding: "utf-16le", sure: true };
  if (head.subarray(0, 2).equals(Buffer.from([0xfe, 0xff]))) return { encoding: "utf-16be", sure: true };
  const noughts = [0, 1].map((odd) => head.filter((byte, i) => i % 2 === odd && byte === 0).length);
  const [even = 0, odd = 0] = noughts;
  const many = head.length / 4;
  if (odd > many && even < many / 8) return { encoding: "utf-16le", sure: false };
  return even > many && odd < many / 8 ? { encoding: "utf-16be", sure: false } : null;
}

/** Looks at lines as they pass: are those with other letters in UTF-8, in something else, or some so and some so? */
export function openMixture() {
  let rest: Buffer = Buffer.alloc(0);
  let lineNo = 0;
  const first: { utf8: number | null; other: number | null } = { utf8: null, other: null };
  const look = (lines: Buffer): void => {
    // A stretch that tells nothing new is only counted: nearly all of nearly every file.
    if (isAscii(lines) || (first.utf8 !== null && isUtf8(lines))) lineNo += linesIn(lines);
    else for (const line of eachLine(lines)) lookAtLine(line);
  };
  const lookAtLine = (line: Buffer): void => {
    lineNo += 1;
    if (isAscii(line)) return;
    if (isUtf8(line)) first.utf8 ??= lineNo;
    else first.other ??= lineNo;
  };
  return {
    write(chunk: Buffer): void {
      const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
      const end = bytes.lastIndexOf(10) + 1;
      if (end > 0) look(bytes.subarray(0, end));
      // A line that never ends is no row anyway; what its pieces are in, nobody has to know.
      rest = bytes.length - end > LONGEST_LINE ? Buffer.alloc(0) : Buffer.from(bytes.subarray(end));
    },
    /** Throws "mixed-encodings" where both are there. */
    end(): Found {
      if (rest.length > 0) look(rest);
      if (first.other === null) return { encoding: "utf-8", sure: true };
      if (first.utf8 === null) return { encoding: "windows-1252", sure: false };
      throw new DomainError(
        "mixed-encodings",
        `This file is in two encodings: line ${first.utf8} is in UTF-8 and line ${first.other} is not, so some names would be garbled whichever was taken. It was put together from two files: save each as “CSV UTF-8” and import them one after the other.`,
      );
    },
  };
}
const LONGEST_LINE = 1_000_000;

export function linesIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) count += 1;
  return count;
}

function* eachLine(bytes: Buffer): Generator<Buffer> {
  let from = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, from)) {
    yield bytes.subarray(from, at);
    from = at + 1;
  }
  if (from < bytes.length) yield bytes.subarray(from);
}
