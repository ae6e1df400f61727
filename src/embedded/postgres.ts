// The built-in PostgreSQL for one-machine use: one private server on one data folder. Must not know what is stored in it.
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { codeOf, notWritable, prepareFolder } from "./data-folder.ts";
import { withLock } from "./lock-file.ts";
import { serverAccount } from "./postgres-account.ts";
import { type Cluster, DATABASE, prepareCluster, readSecret } from "./postgres-cluster.ts";
import { binariesFor, clusterFolder, placeForCluster } from "./postgres-files.ts";
import { answers, diesWithUs, runServer, type Server } from "./postgres-server.ts";
import { ownMark, type ProcessMark, stateOf } from "./process-mark.ts";

export interface EmbeddedPostgres {
  readonly url: string;
  /** Whether the server was running already. */
  readonly reused: boolean;
  /** Stops the server, unless another living process started it. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts, making the files on first use, a PostgreSQL whose files live under `dir`. `fast` trades safety for speed: for
 * throw-away data only. Throws `data-folder-not-writable`, `embedded-postgres-unavailable`, `embedded-postgres-failed`.
 */
export async function startPostgres(dir: string, { fast = false } = {}): Promise<EmbeddedPostgres> {
  const home = prepareFolder(dir);
  try {
    return await withLock(join(home, "postgres.start"), () => startOrReuse(home, fast));
  } catch (fault) {
    if (["EACCES", "EPERM", "EROFS", "ENOSPC"].includes(codeOf(fault))) throw notWritable(home, fault);
    throw fault;
  }
}

/** The address of a server that runs on this data folder already, or null. Starts and changes nothing. */
export async function findRunningPostgres(dir: string): Promise<string | null> {
  const data = clusterFolder(dir);
  const found = postmaster(data);
  const secret = found && readSecret(dir);
  if (!found || !secret) return null;
  const url = address(secret, found.port);
  return (await answers(url)) ? url : null;
}

const address = (secret: string, port: number, database = DATABASE): string =>
  `postgresql://${DATABASE}:${secret}@127.0.0.1:${port}/${database}`;

async function startOrReuse(dir: string, fast: boolean): Promise<EmbeddedPostgres> {
  const account = serverAccount(clusterFolder(dir));
  const data = placeForCluster(dir, account);
  const cluster = { dir, data, account, native: binariesFor(account, dir), fast };
  const running = await findSteady(dir, data);
  if (running) return adopt(running, cluster);
  await prepareCluster(cluster);
  return start(cluster);
}

async function start(cluster: Cluster): Promise<EmbeddedPostgres> {
  const secret = readSecret(cluster.dir) ?? "";
  const left = postmaster(cluster.data)?.pid;
  const stale = left && !isServer(left, cluster.data) ? left : undefined;
  const server: Server = await runServer(cluster, (port) => address(secret, port, "postgres"), stale);
  await createDatabase(address(secret, server.port, "postgres"));
  writeOwner(cluster.dir);
  return { url: address(secret, server.port), reused: false, stop: server.stop };
}

async function createDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [DATABASE]);
    if (!rowCount) await client.query(`CREATE DATABASE ${client.escapeIdentifier(DATABASE)}`);
  } finally {
    await client.end();
  }
}

interface Running {
  readonly url: string;
  readonly pid: number;
}

/**
 * A server that runs and goes on running. One whose process was killed a moment ago may still answer while its watchdog
 * is about to stop it: it is asked twice, and one that is on its way out is waited for.
 */
async function findSteady(dir: string, data: string): Promise<Running | null> {
  for (let look = 0; look < 600; look += 1) {
    const found = postmaster(data);
    if (!found || !isServer(found.pid, data)) return null;
    const url = await findRunningPostgres(dir);
    await sleep(200);
    if (url && (await findRunningPostgres(dir)) === url) return { url, pid: found.pid };
  }
  return null;
}

/** Takes over a server whose process died; one of a living process is only used. */
function adopt({ url, pid }: Running, cluster: Cluster): EmbeddedPostgres {
  const owner = readOwner(cluster.dir);
  if (owner && stateOf(owner) === "alive") return { url, reused: true, stop: () => Promise.resolve() };
  writeOwner(cluster.dir);
  const calledOff = diesWithUs(pid, cluster.data, cluster.account);
  const stop = async (): Promise<void> => {
    if (isServer(pid, cluster.data)) process.kill(pid, "SIGINT");
    while (isServer(pid, cluster.data)) await sleep(30);
    calledOff();
    rmSync(ownerFile(cluster.dir), { force: true });
  };
  return { url, reused: true, stop };
}

const ownerFile = (dir: string): string => join(dir, "postgres.owner");
const writeOwner = (dir: string): void =>
  writeFileSync(ownerFile(dir), JSON.stringify(ownMark()), { mode: 0o600 });

function readOwner(dir: string): ProcessMark | null {
  try {
    return JSON.parse(readFileSync(ownerFile(dir), "utf8")) as ProcessMark;
  } catch {
    return null;
  }
}

/** What the server wrote down about itself: number in the first line, port in the fourth. */
function postmaster(data: string): { pid: number; port: number } | null {
  const file = join(data, "postmaster.pid");
  if (!existsSync(file)) return null;
  const lines = readFileSync(file, "utf8").split("\n");
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, port: Number(lines[3]) } : null;
}

/** Whether that process is the server of these files: after a crash its number may belong to somebody else. */
function isServer(pid: number, data: string): boolean {
  if (process.platform !== "linux") return stateOf({ ...ownMark(), pid, born: "" }) === "alive";
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(data);
  } catch {
    return false;
  }
}
