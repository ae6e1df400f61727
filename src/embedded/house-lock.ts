// One Bellman on a data folder, and where the running one can be reached. Must not know what the addresses are for.
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DomainError } from "../domain/errors.ts";
import { notWritable, prepareFolder } from "./data-folder.ts";
import { lockHolder, tryLock } from "./lock-file.ts";

/** What a running Bellman tells others on this machine: addresses, mostly. Holds the database's password. */
export type HouseInfo = Readonly<Record<string, unknown>> & {
  readonly webUrl?: string;
  readonly databaseUrl?: string;
  readonly smtpUrl?: string;
  readonly mailLookupUrl?: string;
  readonly timelineUrl?: string;
};
export type RunningHouse = HouseInfo & { readonly pid: number; readonly startedAt: string };

export interface House {
  /** Adds to what others can read about us. */
  readonly announce: (info: HouseInfo) => void;
  readonly release: () => void;
}

const infoFile = (dir: string): string => join(dir, "bellman.json");
const lockName = (dir: string): string => join(dir, "bellman.lock");

/**
 * Takes the data folder for this process; a second one is refused until `release`, or until this process has died in
 * whatever way (lock-file.ts says how). Throws `already-running` and `data-folder-not-writable`.
 */
export async function takeHouse(dir: string, info: HouseInfo): Promise<House> {
  const home = prepareFolder(dir);
  const attempt = await tryLock(lockName(home));
  if ("holder" in attempt) throw alreadyRunning(home, attempt.holder.pid);
  let told: RunningHouse = { ...info, pid: process.pid, startedAt: new Date().toISOString() };
  write(home, told);
  return {
    announce: (more) => {
      told = { ...told, ...more };
      write(home, told);
    },
    release: () => {
      rmSync(infoFile(home), { force: true });
      attempt.lock.release();
    },
  };
}

/** What the Bellman that runs on this data folder tells, or null where none does. */
export async function findHouse(dir: string): Promise<RunningHouse | null> {
  if (!existsSync(dir)) return null;
  const holder = await lockHolder(lockName(dir)).catch((fault: unknown) => {
    throw notWritable(dir, fault); // started by another account
  });
  const told = holder && read(dir);
  return told?.pid === holder?.pid ? told : null;
}

function alreadyRunning(dir: string, pid: number): DomainError {
  const told = read(dir);
  const where = told?.pid === pid && told.webUrl ? ` at ${told.webUrl}` : "";
  return new DomainError(
    "already-running",
    `Bellman is already running${where} on the data folder ${dir} (process ${pid}): ` +
      "use that one, stop it first, or choose another folder with BELLMAN_DATA_DIR.",
  );
}

function write(dir: string, told: RunningHouse): void {
  const part = `${infoFile(dir)}.part`;
  rmSync(part, { force: true }); // else it would keep the rights of whoever made it
  writeFileSync(part, JSON.stringify(told, null, 2) + "\n", { mode: 0o600, flag: "wx" });
  renameSync(part, infoFile(dir)); // a reader sees the old or the new, never a half
}

function read(dir: string): RunningHouse | null {
  try {
    return JSON.parse(readFileSync(infoFile(dir), "utf8")) as RunningHouse;
  } catch {
    return null;
  }
}
