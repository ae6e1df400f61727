// Under which account the database server runs, and whether that account can reach a path. PostgreSQL refuses to run as root.
import { execFileSync } from "node:child_process";
import { type Stats, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DomainError } from "../domain/errors.ts";

export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The account to run the server as; null means our own. `data`, where it exists already, decides by its owner. */
export function serverAccount(data: string): Account | null {
  if (process.getuid?.() !== 0) return null;
  const owner = statSync(data, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = named("postgres") ?? named("nobody");
  if (account) return account;
  throw new DomainError(
    "embedded-postgres-unavailable",
    'PostgreSQL does not run as root, and this machine has neither a "postgres" nor a "nobody" account to run it as: ' +
      "start Bellman from an ordinary account, or set DATABASE_URL to a PostgreSQL of your own.",
  );
}

function named(name: string): Account | null {
  const number = (flag: string): number =>
    Number(
      execFileSync("/usr/bin/id", [flag, name], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }),
    );
  try {
    return { uid: number("-u"), gid: number("-g") };
  } catch {
    return null;
  }
}

/** Whether `account` may pass every folder above `path`, and `path` itself. */
export function reachable(path: string, account: Account): boolean {
  for (let at = resolve(path); ; at = dirname(at)) {
    const found = statSync(at, { throwIfNoEntry: false });
    if (found && !passable(found, account)) return false;
    if (at === dirname(at)) return true;
  }
}

function passable({ mode, uid, gid }: Stats, account: Account): boolean {
  if (uid === account.uid) return (mode & 0o100) !== 0;
  if (gid === account.gid) return (mode & 0o010) !== 0;
  return (mode & 0o001) !== 0;
}
