// Files that survive a crash: replaced in one step, or appended to and flushed. Knows nothing of what is in them.
import {
  appendFileSync,
  closeSync,
  existsSync,
  fsync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";

/** After this the file holds the whole of `text` or what it held before, whenever the power goes. Throws what the disk says. */
export function replaceDurably(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const beside = `${path}.${process.pid}.new`;
  const file = openSync(beside, "w", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** Appends one JSON value as a line and waits until the disk has it. */
export function appendDurably(path: string, values: readonly unknown[]): void {
  mkdirSync(dirname(path), { recursive: true });
  const file = openSync(path, "a", 0o600);
  try {
    writeSync(file, values.map((value) => `${JSON.stringify(value)}\n`).join(""));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** The lines of a file of JSON lines; the last one may have been cut off by a crash. None where there is no file. */
export function readLines<T>(path: string): T[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, "utf8")
    .split("\n")
    .flatMap(parsed<T>);
}

function parsed<T>(line: string): T[] {
  try {
    return line === "" ? [] : [JSON.parse(line) as T];
  } catch {
    return [];
  }
}

export interface DailyJournal {
  /** Survives the process at once and the machine a second later. */
  append(value: unknown): void;
  close(): void;
}

/** One file a day, `<name>-2026-11-22.ndjson`; the oldest go when there are more than `keepDays`. Throws what the disk says. */
export function openDailyJournal(dir: string, name: string, keepDays: number): DailyJournal {
  let day = "";
  let file = -1;
  let flushing: NodeJS.Timeout | null = null;
  const flushSoon = () => {
    flushing ??= setTimeout(() => {
      flushing = null;
      if (file >= 0) fsync(file, () => undefined);
    }, 1_000).unref();
  };
  const close = () => {
    if (flushing) clearTimeout(flushing);
    flushing = null;
    if (file < 0) return;
    fsyncSync(file);
    closeSync(file);
    file = -1;
    day = "";
  };
  const turn = (today: string) => {
    close();
    mkdirSync(dir, { recursive: true });
    file = openSync(join(dir, `${name}-${today}.ndjson`), "a", 0o600);
    day = today;
    for (const old of journalFiles(dir, name).slice(0, -keepDays)) rmSync(old, { force: true });
  };
  return {
    append(value) {
      const today = new Date().toISOString().slice(0, 10);
      if (today !== day) turn(today);
      appendFileSync(file, `${JSON.stringify(value)}\n`);
      flushSoon();
    },
    close,
  };
}

/** The files of a daily journal, oldest first. */
export const journalFiles = (dir: string, name: string): string[] =>
  existsSync(dir)
    ? readdirSync(dir)
        .filter((file) => file.startsWith(`${name}-`) && file.endsWith(".ndjson"))
        .sort()
        .map((file) => join(dir, file))
    : [];
