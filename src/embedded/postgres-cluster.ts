// Makes the database files on first use and keeps the password. Must not start a server.
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chownSync, existsSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DomainError } from "../domain/errors.ts";
import { codeOf } from "./data-folder.ts";
import { type Account } from "./postgres-account.ts";
import { privateFolder } from "./postgres-files.ts";

const MAJOR = "18";
export const DATABASE = "bellman";

export interface Cluster {
  /** Bellman's data folder, and the folder of the database files. */
  readonly dir: string;
  readonly data: string;
  readonly account: Account | null;
  /** The folder with the server's `bin`. */
  readonly native: string;
  readonly fast: boolean;
}

const secretFile = (dir: string): string => join(dir, "postgres.secret");

/** No PATH, no password, no locale of the caller's: the server inherits nothing from our environment. */
export const SERVER_ENV = { PATH: "/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };

/** Makes the database files where there are none. Throws `embedded-postgres-failed`. */
export async function prepareCluster(cluster: Cluster): Promise<void> {
  const { dir, data, account } = cluster;
  const version = join(data, "PG_VERSION");
  if (existsSync(version)) return refuseOtherVersion(data, readFileSync(version, "utf8").trim());
  const home = dirname(data);
  for (const name of readdirSync(home)) {
    if (/^pg\.(new|pw)-/.test(name)) rmSync(join(home, name), { recursive: true, force: true }); // left by a crash
  }
  const part = join(home, `pg.new-${process.pid}`);
  const password = join(home, `pg.pw-${process.pid}`);
  privateFolder(part, account);
  writeFileSync(password, newSecret(dir), { mode: 0o600, flag: "wx" });
  if (account) chownSync(password, account.uid, account.gid);
  try {
    await initdb(cluster, part, password);
    renameSync(part, data); // only a whole one gets the real name
  } finally {
    rmSync(password, { force: true });
    rmSync(part, { recursive: true, force: true });
  }
}

/** The built-in locale sorts and folds UTF-8 the same on every platform, with none of the system's locales installed. */
const initdbOptions = (data: string, password: string, fast: boolean): string[] => [
  ...["-D", data, "-U", DATABASE, `--pwfile=${password}`, "-A", "scram-sha-256", "-E", "UTF8"],
  ...["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"],
  ...(fast ? ["--no-sync"] : []),
];

function initdb(cluster: Cluster, data: string, password: string): Promise<void> {
  const options = { env: SERVER_ENV, cwd: "/", ...(cluster.account ?? {}) };
  return new Promise((done, failed) => {
    const program = join(cluster.native, "bin/initdb");
    execFile(program, initdbOptions(data, password, cluster.fast), options, (fault, _out, said) => {
      if (!fault) done();
      else failed(initdbFault(data, said || fault.message));
    });
  });
}

const initdbFault = (data: string, said: string): DomainError =>
  new DomainError(
    "embedded-postgres-failed",
    `The built-in PostgreSQL could not make its files in ${data}; set DATABASE_URL to use a PostgreSQL of your own. ` +
      `It said: ${said.trim().slice(-1500)}`,
  );

function refuseOtherVersion(data: string, found: string): void {
  if (found === MAJOR) return;
  throw new DomainError(
    "embedded-postgres-failed",
    `${data} holds a database of PostgreSQL ${found}, and this Bellman brings PostgreSQL ${MAJOR}: ` +
      "dump it with the older version and load it into a new data folder.",
  );
}

function newSecret(dir: string): string {
  const secret = randomBytes(24).toString("base64url");
  writeFileSync(secretFile(dir), secret, { mode: 0o600 });
  return secret;
}

/** The superuser's password, or null where no server was ever started on this data folder. */
export function readSecret(dir: string): string | null {
  try {
    return readFileSync(secretFile(dir), "utf8");
  } catch (fault) {
    if (codeOf(fault) === "ENOENT") return null;
    throw new DomainError(
      "data-folder-not-writable",
      `The database in ${dir} belongs to another account (its password file cannot be read): ` +
        "run Bellman from the account that started it first, or choose another folder with BELLMAN_DATA_DIR.",
    );
  }
}
