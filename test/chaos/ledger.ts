// The outside world's own record: one line for each acceptance, on the disk before the sender hears "250". Knows nothing of Bellman.
import { openSync, readSync, closeSync, statSync } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";

export interface Acceptance {
  /** By the wall clock of the machine, in ms. */
  readonly at: number;
  readonly messageId: string;
  readonly recipient: string;
  /** What the message itself says it belongs to; "" where it says nothing. */
  readonly reference: string;
}

const lineOf = ({ at, messageId, recipient, reference }: Acceptance): string =>
  `${[at, messageId, recipient, reference].join("\t")}\n`;

export function acceptanceOf(line: string): Acceptance {
  const [at = "", messageId = "", recipient = "", reference = ""] = line.split("\t");
  return { at: Number(at), messageId, recipient, reference };
}

export interface LedgerWriter {
  /** Resolves when the line is on the disk. What comes while the disk is busy shares the next write. */
  readonly append: (acceptance: Acceptance) => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function openLedger(file: string): Promise<LedgerWriter> {
  const handle = await open(file, "a");
  let waiting: { line: string; done: () => void; failed: (error: unknown) => void }[] = [];
  let writing: Promise<void> | null = null;
  const flush = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting;
      waiting = [];
      try {
        await write(handle, group.map((one) => one.line).join(""));
        for (const one of group) one.done();
      } catch (error) {
        for (const one of group) one.failed(error);
      }
    }
    writing = null;
  };
  return {
    append: (acceptance) =>
      new Promise((done, failed) => {
        waiting.push({ line: lineOf(acceptance), done, failed });
        writing ??= flush();
      }),
    close: async () => {
      await writing;
      await handle.close();
    },
  };
}

async function write(handle: FileHandle, text: string): Promise<void> {
  await handle.appendFile(text);
  await handle.datasync();
}

/** Reads what was added since the last call; a line that is half written waits for the next. */
export function followLedger(file: string): () => Acceptance[] {
  let from = 0;
  let rest = "";
  return () => {
    const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
    if (size <= from) return [];
    const bytes = Buffer.alloc(size - from);
    const descriptor = openSync(file, "r");
    try {
      from += readSync(descriptor, bytes, 0, bytes.length, from);
    } finally {
      closeSync(descriptor);
    }
    const lines = (rest + bytes.toString("utf8")).split("\n");
    rest = lines.pop() ?? "";
    return lines.map(acceptanceOf);
  };
}

/** All acceptances so far: how often each recipient of each reference was taken. Texts that repeat are kept once. */
export interface Book {
  readonly taken: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly count: () => number;
  /** When the first one after a moment was taken, among the newest few thousand; null: none yet. */
  readonly firstAfter: (moment: number) => number | null;
  /** Takes in what the ledger has more by now. */
  readonly update: () => void;
}

export function openBook(file: string): Book {
  const follow = followLedger(file);
  const taken = new Map<string, Map<string, number>>();
  const names = new Map<string, string>();
  let count = 0;
  const newest: number[] = [];
  const once = (text: string): string => {
    const kept = names.get(text) ?? Buffer.from(text).toString(); // a copy: a part of a line would keep the whole piece alive
    names.set(text, kept);
    return kept;
  };
  return {
    taken,
    count: () => count,
    firstAfter: (moment) => newest.find((at) => at > moment) ?? null,
    update: () => {
      for (const { at, recipient, reference } of follow()) {
        const people = taken.get(reference) ?? new Map<string, number>();
        taken.set(once(reference), people.set(once(recipient), (people.get(recipient) ?? 0) + 1));
        newest.push(at);
        count += 1;
      }
      if (newest.length > 20_000) newest.splice(0, newest.length - 10_000);
    },
  };
}
