// A Redis Cluster of three masters, and a server that a Sentinel watches: small, on this machine alone, gone with the test.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Cluster, Redis } from "ioredis";
import type { TestRedis } from "./redis.ts";

const PATIENCE_MS = 20_000;

/** Ports below the range the system hands out, with room for a Cluster node's second port, 10,000 above. */
async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000);
    if ((await isFree(port)) && (await isFree(port + 10_000))) return port;
  }
}
const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer().once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });

interface Started {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

/** `lines`: its whole configuration beside address and port. Goes with us even when we are killed outright. */
async function startServer(lines: readonly string[], sentinel = false): Promise<Started> {
  const dir = mkdtempSync(join(tmpdir(), "bellman-folder-redis-"));
  const port = await freePort();
  const file = join(dir, "redis.conf");
  writeFileSync(file, [`port ${port}`, "bind 127.0.0.1", `dir ${dir}`, ...lines].join("\n") + "\n");
  const server: ChildProcess = spawn("redis-server", [file, ...(sentinel ? ["--sentinel"] : [])], {
    stdio: "ignore",
  });
  const gone = once(server, "exit");
  const watchdog = spawn(
    "/bin/sh",
    ["-c", 'cat >/dev/null; kill -9 "$1" 2>/dev/null', "sh", String(server.pid)],
    {
      stdio: ["pipe", "ignore", "ignore"],
      detached: true,
    },
  );
  watchdog.unref();
  return {
    port,
    stop: async () => {
      server.kill("SIGKILL");
      await gone;
      watchdog.stdin.end();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function answered(work: () => Promise<unknown>): Promise<void> {
  for (const end = Date.now() + PATIENCE_MS; ; await sleep(100)) {
    const done = await work().then(
      () => true,
      () => false,
    );
    if (done) return;
    if (Date.now() > end) throw new Error("the Redis of this test did not answer");
  }
}

const ping = async (port: number): Promise<void> => {
  const client = new Redis({ host: "127.0.0.1", port, lazyConnect: true, retryStrategy: () => null });
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.ping();
  } finally {
    client.disconnect();
  }
};

export async function startCluster(): Promise<TestRedis> {
  const nodes = await Promise.all(
    [1, 2, 3].map(() => startServer(["cluster-enabled yes", "appendonly no", 'save ""'])),
  );
  for (const { port } of nodes) await answered(() => ping(port));
  const places = nodes.map(({ port }) => `127.0.0.1:${port}`);
  execFileSync("redis-cli", ["--cluster", "create", ...places, "--cluster-replicas", "0", "--cluster-yes"], {
    stdio: "ignore",
    timeout: PATIENCE_MS,
  });
  const client = new Cluster(nodes.map(({ port }) => ({ host: "127.0.0.1", port })));
  client.on("error", () => undefined);
  await answered(() => client.set("ready", "yes"));
  return {
    url: `redis-cluster://${places.join(",")}`,
    flushAll: async () => void (await Promise.all(client.nodes("master").map((node) => node.flushall()))),
    stop: async () => {
      client.disconnect();
      await Promise.all(nodes.map((node) => node.stop()));
    },
  };
}

export async function startSentinel(): Promise<TestRedis> {
  const master = await startServer(["appendonly no", 'save ""']);
  await answered(() => ping(master.port));
  const watch = `sentinel monitor mymaster 127.0.0.1 ${master.port} 1`;
  const sentinel = await startServer([watch], true);
  await answered(() => ping(sentinel.port));
  const client = new Redis(master.port, "127.0.0.1");
  client.on("error", () => undefined);
  return {
    url: `redis-sentinel://127.0.0.1:${sentinel.port}/mymaster?db=0`,
    flushAll: async () => void (await client.flushall()),
    stop: async () => {
      client.disconnect();
      await Promise.all([sentinel.stop(), master.stop()]);
    },
  };
}
