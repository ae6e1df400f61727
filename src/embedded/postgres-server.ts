// Runs the server process: starts it, waits until it answers, sees that it dies with us. Must not make or place files.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { DomainError } from "../domain/errors.ts";
import { type Account } from "./postgres-account.ts";
import { type Cluster, SERVER_ENV } from "./postgres-cluster.ts";

/** Recovery after a power cut may take minutes; a server that has not answered by then will not. Milliseconds. */
const PATIENCE = 300_000;
const LOG_LIMIT = 5_000_000;

export interface Server {
  readonly port: number;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** Whether a server answers at this address with this password. */
export async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on("error", () => undefined); // a server that ends in mid-question is an answer too
  try {
    await client.connect();
    await client.query("SELECT 1");
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Starts the server and waits until it answers. `deadPid`: a number that postmaster.pid names although that process is
 * not this server any more. Throws `embedded-postgres-failed` with the end of the server's log.
 */
export async function runServer(
  cluster: Cluster,
  at: (port: number) => string,
  deadPid?: number,
): Promise<Server> {
  const log = join(cluster.dir, "postgres.log");
  for (let attempt = 1; ; attempt += 1) {
    const from = rotated(log);
    const port = await freePort();
    const child = launch(cluster, port, log, deadPid);
    if (await ready(child, at(port))) return watched(cluster, child, port);
    const said = readFileSync(log, "utf8").slice(from);
    if (attempt === 20 || !PASSING.test(said)) throw failed(log, said);
    await sleep(500);
  }
}

/** Another process took our port, or the last of a killed server's processes has not left yet. */
const PASSING =
  /Address already in use|could not create any TCP\/IP sockets|shared memory block|is another postmaster/i;

function failed(log: string, said: string): DomainError {
  const tail = said.trim().split("\n").slice(-12).join("\n");
  return new DomainError(
    "embedded-postgres-failed",
    `The built-in PostgreSQL did not start; set DATABASE_URL to use a PostgreSQL of your own. The end of ${log} says:\n${tail}`,
  );
}

function launch(cluster: Cluster, port: number, log: string, deadPid?: number): ChildProcess {
  const options = Object.entries(settings(cluster, port)).flatMap(([key, value]) => [
    "-c",
    `${key}=${value}`,
  ]);
  // The server overlooks this one number in postmaster.pid (pg_ctl uses it so), but still checks its shared memory.
  const env = deadPid ? { ...SERVER_ENV, PG_GRANDPARENT_PID: String(deadPid) } : SERVER_ENV;
  const out = openSync(log, "a", 0o600);
  try {
    const child = spawn(join(cluster.native, "bin/postgres"), ["-D", cluster.data, ...options], {
      ...(cluster.account ?? {}),
      env,
      cwd: "/",
      stdio: ["ignore", out, out],
      detached: true, // Ctrl-C at the terminal is ours to answer; the server is stopped after the work is
    });
    child.on("error", () => undefined); // its exit code stays null and its pid undefined: `ready` sees that
    child.unref();
    return child;
  } finally {
    closeSync(out);
  }
}

/** The log keeps the server's own life only: statements and error details could hold people's addresses. */
function settings(cluster: Cluster, port: number): Record<string, string | number> {
  return {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 100,
    // A large audience is frozen and sent in one go: with the defaults, made for tiny machines, a third of the time goes to reading
    // pages again and to writing whole pages after each of many checkpoints.
    shared_buffers: "256MB",
    max_wal_size: "2GB",
    wal_compression: "on",
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_error_verbosity: "terse",
    log_checkpoints: "off",
    ...(cluster.fast ? { fsync: "off", synchronous_commit: "off", full_page_writes: "off" } : {}),
  };
}

async function ready(child: ChildProcess, url: string): Promise<boolean> {
  const until = Date.now() + PATIENCE;
  while (
    child.pid !== undefined &&
    child.exitCode === null &&
    child.signalCode === null &&
    Date.now() < until
  ) {
    if (await answers(url)) return true;
    await sleep(30);
  }
  child.kill("SIGQUIT");
  return false;
}

function watched(cluster: Cluster, child: ChildProcess, port: number): Server {
  const pid = child.pid ?? 0;
  const calledOff = diesWithUs(pid, cluster.data, cluster.account);
  const gone = new Promise<void>((done) => child.once("exit", () => done())).then(calledOff);
  const stop = async (): Promise<void> => {
    child.ref();
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGINT"); // "fast": ends the connections and writes everything down
      await gone;
    }
  };
  return { port, pid, stop };
}

/**
 * Stops the server when we are gone, even after kill -9: our end of the pipe closes, `cat` ends, and the shell asks the
 * server to stop, if postmaster.pid still names it (the number may have gone to another process since). Runs as the
 * server's own account, so it can harm nothing else. Gives back the way to call it off.
 */
export function diesWithUs(pid: number, data: string, account: Account | null): () => void {
  if (process.platform === "win32") return () => undefined;
  const script = 'cat >/dev/null; [ "$(head -n 1 "$2" 2>/dev/null)" = "$1" ] && kill -INT "$1" 2>/dev/null';
  const watchdog = spawn("/bin/sh", ["-c", script, "sh", String(pid), join(data, "postmaster.pid")], {
    ...(account ?? {}),
    env: SERVER_ENV,
    cwd: "/",
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watchdog.on("error", () => undefined);
  watchdog.unref();
  const pipe = watchdog.stdin as unknown as {
    unref?: () => void;
    on: (event: "error", then: () => void) => void;
  };
  pipe.on("error", () => undefined);
  pipe.unref?.();
  return () => {
    try {
      if (watchdog.pid && watchdog.exitCode === null) process.kill(-watchdog.pid, "SIGKILL"); // the shell and its cat
    } catch {
      // It has ended by itself.
    }
  };
}

/** Starts the log anew once it is long, and says where the part of this start begins. Bytes. */
function rotated(log: string): number {
  const size = existsSync(log) ? statSync(log).size : 0;
  if (size < LOG_LIMIT) return size;
  renameSync(log, `${log}.1`);
  return 0;
}

const freePort = (): Promise<number> =>
  new Promise((done, failed) => {
    const server = createServer().once("error", failed);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => done(address && typeof address === "object" ? address.port : 0));
    });
  });
