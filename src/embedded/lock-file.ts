// A lock that lives in a folder and frees itself when its holder dies. Must not know what it guards.
//
// The lock is the highest-numbered file `<name>.<n>`. Who finds its holder dead creates number n + 1, which only one can
// (O_EXCL), and then looks once more that nobody is above. The highest file is never removed, not even on release, so
// the height only grows; two can therefore never both hold it, which unlink-and-create of one file cannot promise.
// Chosen over a listening socket (a fixed port collides; abstract names are Linux only and open to squatters).
import {
  chownSync,
  existsSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { codeOf } from "./data-folder.ts";
import { ownMark, stateOf, type ProcessMark } from "./process-mark.ts";

/** How often a holder shows that it lives, and how long one from another machine is watched for that sign. Milliseconds. */
const BEAT = 2_000;
const WATCH = 7_000;
/** A lock file is created and then written: an empty one this old has lost its writer. Milliseconds. */
const UNWRITTEN = 2_000;

export interface Lock {
  readonly release: () => void;
}
export type LockAttempt = { readonly lock: Lock } | { readonly holder: ProcessMark };

/** Tries once. `path` is the lock's name without its number. Says who holds it where another process does. */
export async function tryLock(path: string): Promise<LockAttempt> {
  for (;;) {
    const top = highest(path);
    const holder = top === 0 ? null : await livingHolder(`${path}.${top}`);
    if (holder === "look again") continue;
    if (holder) return { holder };
    const file = `${path}.${top + 1}`;
    if (!create(file)) continue;
    if (highest(path) === top + 1) return { lock: hold(path, top + 1) };
    rmSync(file, { force: true });
  }
}

/** Who holds the lock now, or null. Takes and changes nothing. */
export async function lockHolder(path: string): Promise<ProcessMark | null> {
  for (;;) {
    const top = highest(path);
    const holder = top === 0 ? null : await livingHolder(`${path}.${top}`);
    if (holder !== "look again") return holder;
  }
}

/** Waits for the lock and runs `work` while holding it. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    const attempt = await tryLock(path);
    if ("holder" in attempt) {
      await sleep(50);
      continue;
    }
    try {
      return await work();
    } finally {
      attempt.lock.release();
    }
  }
}

function highest(path: string): number {
  const start = `${basename(path)}.`;
  const numbers = readdirSync(dirname(path))
    .filter((name) => name.startsWith(start) && /^\d+$/.test(name.slice(start.length)))
    .map((name) => Number(name.slice(start.length)));
  return Math.max(0, ...numbers);
}

function create(file: string): boolean {
  try {
    writeFileSync(file, JSON.stringify(ownMark()), { flag: "wx", mode: 0o600 });
    leaveToOwner(file);
    return true;
  } catch (fault) {
    if (codeOf(fault) === "EEXIST") return false;
    throw fault;
  }
}

/** Root may use an ordinary account's folder once; that account must be able to read the lock afterwards. */
function leaveToOwner(file: string): void {
  const owner = statSync(dirname(file));
  if (process.getuid?.() === 0 && owner.uid !== 0) chownSync(file, owner.uid, owner.gid);
}

const RELEASED = "released";

async function livingHolder(file: string): Promise<ProcessMark | null | "look again"> {
  if (!existsSync(file)) return "look again";
  const text = readFileSync(file, "utf8");
  if (text.startsWith(RELEASED)) return null;
  if (text === "") {
    if (Date.now() - statSync(file).mtimeMs > UNWRITTEN) return null;
    await sleep(20);
    return "look again";
  }
  const mark = parse(text);
  const state = mark ? stateOf(mark) : "dead";
  if (state === "foreign") return (await beats(file)) ? mark : null;
  return state === "alive" ? mark : null;
}

function parse(text: string): ProcessMark | null {
  try {
    return JSON.parse(text) as ProcessMark;
  } catch {
    return null; // cut off by a crash
  }
}

/** A holder in another container cannot be looked up by number; a living one touches its file. */
async function beats(file: string): Promise<boolean> {
  const before = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  for (let waited = 0; waited < WATCH; waited += 250) {
    await sleep(250);
    if (statSync(file, { throwIfNoEntry: false })?.mtimeMs !== before) return true;
  }
  return false;
}

function hold(path: string, number: number): Lock {
  const file = `${path}.${number}`;
  for (const name of readdirSync(dirname(path))) {
    const below = Number(name.slice(basename(path).length + 1));
    if (name.startsWith(`${basename(path)}.`) && below < number)
      rmSync(join(dirname(path), name), { force: true });
  }
  const beat = setInterval(() => touch(file), BEAT);
  beat.unref();
  let held = true;
  const release = (): void => {
    if (!held) return;
    held = false;
    clearInterval(beat);
    markReleased(file);
  };
  return { release };
}

function touch(file: string): void {
  try {
    utimesSync(file, new Date(), new Date());
  } catch {
    // The folder was taken away under us; there is nothing left to guard.
  }
}

function markReleased(file: string): void {
  try {
    writeFileSync(file, RELEASED, { flag: "r+" }); // over the start of the mark: never an empty moment
  } catch {
    // The folder is gone, and the lock with it.
  }
}
