// The stop that works when nothing else does: a file in the data folder, while which is there nothing leaves this machine (X14).
// Must not know what is being stopped.
import {
  closeSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { codeOf, notWritable, prepareFolder } from "./data-folder.ts";

export interface StopNote {
  readonly reason: string;
  readonly by: string;
  /** UTC, ISO 8601, by this machine's clock. */
  readonly at: string;
}
export interface StopFile {
  readonly path: string;
  /** Whether it is there: asked of the disk at most every FRESH_MS. What cannot be looked at counts as there. */
  readonly isThere: () => boolean;
  /** What it says, asked of the disk now; null where there is none. A file made by hand may say nothing at all. */
  readonly read: () => StopNote | null;
  readonly remove: () => void;
}

/** A stop is noticed within this. In ms. */
const FRESH_MS = 50;
const NAME = "hold.json";

export function openStopFile(dir: string): StopFile {
  const path = join(dir, NAME);
  let known = false;
  let lookedAt = -Infinity;
  return {
    path,
    isThere: () => {
      const now = performance.now();
      if (now - lookedAt >= FRESH_MS) {
        known = isThere(path);
        lookedAt = now;
      }
      return known;
    },
    read: () => (isThere(path) ? readNote(path) : null),
    remove: () => {
      rmSync(path, { force: true });
      lookedAt = -Infinity;
    },
  };
}

/** Once this returns the file outlives a power cut. Gives back its path. Throws `data-folder-not-writable`. */
export function writeStopFile(dir: string, note: StopNote): string {
  const home = prepareFolder(dir);
  const path = join(home, NAME);
  try {
    const part = openSync(`${path}.part`, "w", 0o600);
    try {
      writeSync(part, `${JSON.stringify(note, null, 2)}\n`);
      fsyncSync(part);
    } finally {
      closeSync(part);
    }
    renameSync(`${path}.part`, path); // a reader sees the whole file or none
    syncFolder(home);
    return path;
  } catch (fault) {
    throw notWritable(home, fault);
  }
}

/** Windows cannot sync a folder, and does not have to. */
function syncFolder(dir: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(dir, "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch (fault) {
    return codeOf(fault) !== "ENOTDIR";
  }
}

function readNote(path: string): StopNote {
  const nothing = { reason: `the stop file ${NAME}, which says no reason`, by: "", at: "" };
  try {
    const { reason, by, at } = JSON.parse(readFileSync(path, "utf8")) as Partial<Record<string, unknown>>;
    const text = (value: unknown) => (typeof value === "string" ? value.trim() : "");
    return { reason: text(reason) || nothing.reason, by: text(by), at: text(at) };
  } catch {
    return nothing;
  }
}
