// One pair of append-only files: message bytes, and an index line for each message. Must not know SMTP.
import { readFileSync, readdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";

export interface SinkEntry {
  readonly id: number;
  readonly messageId: string;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  readonly receivedAt: string;
  readonly bytes: number;
}

/** An entry and where its bytes lie. */
export interface Stored {
  readonly entry: SinkEntry;
  readonly offset: number;
}

export interface Generation {
  readonly number: number;
  readonly stored: Stored[];
  /** Writes all or nothing. Resolves when both files were written (and, if asked, are on the disk). */
  readonly append: (group: readonly { entry: SinkEntry; body: Buffer }[], durable: boolean) => Promise<void>;
  readonly read: (stored: Stored) => Promise<Buffer>;
  readonly close: () => Promise<void>;
}

const bodyFile = (dir: string, number: number): string => join(dir, `messages.${number}.dat`);
const indexFile = (dir: string, number: number): string => join(dir, `index.${number}.jsonl`);

/** The numbers of the generations in this folder, oldest first. */
export const generationsIn = (dir: string): number[] =>
  readdirSync(dir)
    .map((name) => Number(/^messages\.(\d+)\.dat$/.exec(name)?.[1] ?? NaN))
    .filter((number) => !Number.isNaN(number))
    .sort((a, b) => a - b);

/** Opens a generation, making it where it is missing, and cuts off what a crash left half written. */
export async function openGeneration(dir: string, number: number): Promise<Generation> {
  const [bodyPath, indexPath] = [bodyFile(dir, number), indexFile(dir, number)];
  const bodies = await open(bodyPath, "a+", 0o600);
  const index = await open(indexPath, "a+", 0o600);
  const { stored, indexBytes } = wholeEntries(readFileSync(indexPath), statSync(bodyPath).size);
  const last = stored.at(-1);
  const size = { bodies: last ? last.offset + last.entry.bytes : 0, index: indexBytes };
  truncateSync(bodyPath, size.bodies);
  truncateSync(indexPath, size.index);

  const append: Generation["append"] = async (group, durable) => {
    const placed = place(group, size.bodies);
    const lines = Buffer.from(placed.map((one) => JSON.stringify(one) + "\n").join(""));
    const bytes = Buffer.concat(group.map((one) => one.body));
    try {
      await bodies.appendFile(bytes);
      await index.appendFile(lines); // second, so that an index line always has its message
      if (durable) await Promise.all([bodies.datasync(), index.datasync()]);
    } catch (fault) {
      await undo(bodies, index, size);
      throw fault;
    }
    size.bodies += bytes.length;
    size.index += lines.length;
    stored.push(...placed);
  };
  const read = async ({ entry, offset }: Stored): Promise<Buffer> => {
    const bytes = Buffer.allocUnsafe(entry.bytes);
    const { bytesRead } = await bodies.read(bytes, 0, entry.bytes, offset);
    return bytes.subarray(0, bytesRead);
  };
  const close = async (): Promise<void> => {
    await bodies.close();
    await index.close();
  };
  return { number, stored, append, read, close };
}

/** The index first: bytes without an index are nothing, an index without bytes would be a lie. */
export function removeGeneration(dir: string, number: number): void {
  rmSync(indexFile(dir, number), { force: true });
  rmSync(bodyFile(dir, number), { force: true });
}

function place(group: readonly { entry: SinkEntry }[], start: number): Stored[] {
  let offset = start;
  return group.map(({ entry }) => {
    const stored = { entry, offset };
    offset += entry.bytes;
    return stored;
  });
}

async function undo(
  bodies: FileHandle,
  index: FileHandle,
  size: { bodies: number; index: number },
): Promise<void> {
  await bodies.truncate(size.bodies);
  await index.truncate(size.index);
}

/** The index up to the first line that is cut off, is no JSON, or speaks of bytes that are not there. */
function wholeEntries(index: Buffer, bodyBytes: number): { stored: Stored[]; indexBytes: number } {
  const stored: Stored[] = [];
  let [at, offset] = [0, 0];
  for (let end = index.indexOf(10); end !== -1; end = index.indexOf(10, at)) {
    const line = parse(index.toString("utf8", at, end));
    if (line?.offset !== offset || offset + line.entry.bytes > bodyBytes) break;
    stored.push(line);
    offset += line.entry.bytes;
    at = end + 1;
  }
  return { stored, indexBytes: at };
}

function parse(line: string): Stored | null {
  try {
    return JSON.parse(line) as Stored;
  } catch {
    return null;
  }
}
