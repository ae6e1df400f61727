// The data folder: makes it and proves that we may write there. Must not know what is kept in it.
import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DomainError } from "../domain/errors.ts";

/** Makes the folder where it is missing and gives back its whole path. Throws `data-folder-not-writable`. */
export function prepareFolder(dir: string): string {
  const path = resolve(dir);
  try {
    makeFolder(path);
    accessSync(path, constants.W_OK | constants.X_OK);
    return path;
  } catch (fault) {
    throw notWritable(path, fault);
  }
}

/** One level at a time: where the system refuses oddly (as /proc does), Node's own recursive form never comes back. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (fault) {
    if (codeOf(fault) !== "EEXIST") throw fault; // somebody else made it meanwhile
  }
}

/** The one sentence for a folder that cannot be made, entered or written to. */
export function notWritable(path: string, fault: unknown): DomainError {
  return new DomainError(
    "data-folder-not-writable",
    `Bellman cannot write to the folder ${path} (${reason(fault)}): give the account that runs Bellman the right ` +
      "to write there, or choose another folder with BELLMAN_DATA_DIR.",
  );
}

export const codeOf = (fault: unknown): string => (fault as NodeJS.ErrnoException | undefined)?.code ?? "";

const REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the disk is read-only",
  ENOSPC: "the disk is full",
  EEXIST: "there is a file of that name",
  ENOENT: "the system keeps no folders there",
  ENOTDIR: "a part of that path is a file",
};
const reason = (fault: unknown): string => REASONS[codeOf(fault)] ?? (codeOf(fault) || "it failed");
