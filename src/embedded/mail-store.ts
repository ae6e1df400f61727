// Keeps the messages of the mail sink: files for the bytes, memory for the index only. Must not know SMTP or HTTP.
import { grouped } from "../lib/group.ts";
import { type Generation, generationsIn, openGeneration, removeGeneration } from "./mail-generation.ts";
import { type SinkEntry } from "./mail-generation.ts";

export interface MailStore {
  /** Resolves once the message is written; messages that arrive together share one write. */
  readonly add: (message: NewMessage) => Promise<SinkEntry>;
  readonly count: () => number;
  readonly list: (page: SinkPage) => SinkEntry[];
  readonly read: (id: number) => Promise<Buffer | null>;
  readonly find: (messageId: string) => SinkEntry | null;
  readonly clear: () => Promise<void>;
  readonly close: () => Promise<void>;
}
export interface NewMessage extends Omit<SinkEntry, "id" | "bytes"> {
  readonly body: Buffer;
}
export interface SinkPage {
  readonly offset: number;
  readonly limit: number;
  /** A part of a recipient's address, in any case. */
  readonly to?: string;
}

/** Opens the store in `dir`. Keeps at most `keep` messages, and at least the newest half of that, by dropping whole files. */
export async function openMailStore(dir: string, keep: number, durable: boolean): Promise<MailStore> {
  const shelf = await openShelf(dir);
  const inTurn = turns();
  const write = (messages: readonly NewMessage[]): Promise<SinkEntry[]> =>
    inTurn(() => writeDown(shelf, messages, keep, durable));
  return {
    add: grouped(write, { windowMs: 0, most: 256 }),
    count: () => shelf.generations.reduce((sum, one) => sum + one.stored.length, 0),
    list: (page) => listPage(shelf.generations, page),
    find: (messageId) => shelf.byMessageId.get(messageId) ?? null,
    read: (id) => readById(shelf.generations, id),
    clear: () =>
      inTurn(async () => {
        await begin(shelf);
        await dropAllBut(shelf, 1);
      }),
    close: () => inTurn(async () => void (await Promise.all(shelf.generations.map((one) => one.close())))),
  };
}

/** The generations, oldest first; the last one is written to. */
interface Shelf {
  readonly dir: string;
  generations: Generation[];
  readonly byMessageId: Map<string, SinkEntry>;
  nextId: number;
}

async function openShelf(dir: string): Promise<Shelf> {
  const shelf: Shelf = { dir, generations: [], byMessageId: new Map(), nextId: 1 };
  for (const number of generationsIn(dir)) shelf.generations.push(await openGeneration(dir, number));
  for (const { entry } of shelf.generations.flatMap((one) => one.stored)) {
    shelf.byMessageId.set(entry.messageId, entry);
    shelf.nextId = entry.id + 1;
  }
  return shelf;
}

async function begin(shelf: Shelf): Promise<Generation> {
  const begun = await openGeneration(shelf.dir, (shelf.generations.at(-1)?.number ?? 0) + 1);
  shelf.generations.push(begun);
  return begun;
}

async function dropAllBut(shelf: Shelf, kept: number): Promise<void> {
  const dropped = shelf.generations.slice(0, -kept);
  shelf.generations = shelf.generations.slice(-kept);
  for (const one of dropped) {
    for (const { entry } of one.stored) {
      if (shelf.byMessageId.get(entry.messageId) === entry) shelf.byMessageId.delete(entry.messageId);
    }
    await one.close();
    removeGeneration(shelf.dir, one.number);
  }
}

async function writeDown(
  shelf: Shelf,
  messages: readonly NewMessage[],
  keep: number,
  durable: boolean,
): Promise<SinkEntry[]> {
  let current = shelf.generations.at(-1) ?? (await begin(shelf));
  if (current.stored.length > 0 && current.stored.length + messages.length > keep / 2) {
    current = await begin(shelf);
    await dropAllBut(shelf, 2);
  }
  const group = messages.map(({ body, ...rest }, index) => ({
    entry: { id: shelf.nextId + index, ...rest, bytes: body.length },
    body,
  }));
  await current.append(group, durable);
  shelf.nextId += group.length;
  for (const { entry } of group) shelf.byMessageId.set(entry.messageId, entry);
  return group.map(({ entry }) => entry);
}

/** One after the other: writing, turning over and clearing never overlap. */
function turns(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

function* newestFirst(generations: readonly Generation[]): Generator<SinkEntry> {
  for (const { stored } of generations.toReversed()) {
    for (let at = stored.length - 1; at >= 0; at -= 1) {
      const found = stored[at];
      if (found) yield found.entry;
    }
  }
}

function listPage(generations: readonly Generation[], { offset, limit, to }: SinkPage): SinkEntry[] {
  const wanted = to?.toLowerCase() ?? "";
  const page: SinkEntry[] = [];
  let skip = offset;
  for (const entry of newestFirst(generations)) {
    if (page.length >= limit) break;
    if (wanted && !entry.to.toLowerCase().includes(wanted)) continue;
    if (skip > 0) skip -= 1;
    else page.push(entry);
  }
  return page;
}

async function readById(generations: readonly Generation[], id: number): Promise<Buffer | null> {
  for (const one of generations) {
    const first = one.stored[0]?.entry.id ?? Infinity;
    const stored = one.stored[id - first]; // ids of one generation follow each other without gaps
    if (stored) return one.read(stored);
  }
  return null;
}
