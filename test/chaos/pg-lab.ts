// A PostgreSQL that can lose its postmaster to kill -9 and is started again on the same files and port. Real fsync.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { prepareFolder } from "../../src/embedded/data-folder.ts";
import { serverAccount } from "../../src/embedded/postgres-account.ts";
import { type Cluster, prepareCluster, readSecret, SERVER_ENV } from "../../src/embedded/postgres-cluster.ts";
import { binariesFor, clusterFolder, placeForCluster } from "../../src/embedded/postgres-files.ts";
import { answers, diesWithUs } from "../../src/embedded/postgres-server.ts";
import { freePort } from "./ports.ts";

export interface PgLab {
  readonly url: string;
  /** kill -9 of the postmaster; its other processes notice and go by themselves. */
  readonly kill: () => Promise<void>;
  /** Resolves when it answers again. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** How long a start may take, with everything that a crash left to be read again. In ms. */
const PATIENCE = 60_000;

export async function startPgLab(dir: string): Promise<PgLab> {
  const cluster = await makeCluster(prepareFolder(dir));
  const port = await freePort();
  const at = (database: string) =>
    `postgresql://bellman:${readSecret(cluster.dir) ?? ""}@127.0.0.1:${port}/${database}`;
  let server = await start(cluster, port, at("postgres"));
  const client = new pg.Client({ connectionString: at("postgres") });
  await client.connect();
  await client.query("CREATE DATABASE bellman");
  await client.end();
  return {
    url: at("bellman"),
    kill: () => server.end("SIGKILL"),
    restart: async () => {
      server = await start(cluster, port, at("postgres"));
    },
    stop: () => server.end("SIGINT"),
  };
}

async function makeCluster(dir: string): Promise<Cluster> {
  const account = serverAccount(clusterFolder(dir));
  const data = placeForCluster(dir, account);
  const cluster = { dir, data, account, native: binariesFor(account, dir), fast: false };
  await prepareCluster(cluster);
  return cluster;
}

/** Tried again while what is left of a killed one still goes: its shared memory is in use until the last process has left. */
async function start(cluster: Cluster, port: number, url: string) {
  for (const end = Date.now() + PATIENCE; ; await sleep(20)) {
    const child = launch(cluster, port);
    const gone = new Promise<void>((done) => child.once("exit", () => done()));
    while (child.exitCode === null && child.signalCode === null && Date.now() < end) {
      if (await answers(url)) return running(cluster, child, gone);
      await sleep(20);
    }
    child.kill("SIGKILL");
    if (Date.now() >= end)
      throw new Error(`PostgreSQL did not start:\n${readFileSync(logOf(cluster), "utf8").slice(-1_000)}`);
  }
}

function running(cluster: Cluster, child: ChildProcess, gone: Promise<void>) {
  const calledOff = diesWithUs(child.pid ?? 0, cluster.data, cluster.account);
  return {
    end: async (signal: "SIGKILL" | "SIGINT"): Promise<void> => {
      child.kill(signal);
      await gone;
      calledOff();
    },
  };
}

const logOf = (cluster: Cluster): string => join(cluster.dir, "postgres.log");

function launch(cluster: Cluster, port: number): ChildProcess {
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 200,
    max_wal_size: "512MB", // little to read again after a crash
    log_min_error_statement: "panic",
    log_checkpoints: "off",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const out = openSync(logOf(cluster), "a", 0o600);
  try {
    return spawn(join(cluster.native, "bin/postgres"), ["-D", cluster.data, ...options], {
      ...(cluster.account ?? {}),
      env: SERVER_ENV,
      cwd: "/",
      stdio: ["ignore", out, out],
    }).on("error", () => undefined);
  } finally {
    closeSync(out);
  }
}
