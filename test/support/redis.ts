// A Redis of a test's own: on a private port, in a folder of its own, gone with the test. None on this machine: it says so.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";

export interface TestRedis {
  readonly url: string;
  /** Everything goes, as an operator's slip of the hand would do it. */
  readonly flushAll: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** What a test without Redis is called, so that nobody takes a green run for a whole one. */
export const NO_REDIS =
  "NOT RUN, no Redis here: apt-get install redis-server, or name one with TEST_REDIS_URL (its data is flushed)";

export const redisBinary = (): string | null => {
  try {
    return execFileSync("/bin/sh", ["-c", "command -v redis-server"], { encoding: "utf8" }).trim();
  } catch {
    return null;
  }
};

/** Whether the Redis half of the suite can run. BELLMAN_REQUIRE_REDIS=1 (CI) turns "cannot" into a failure. */
export function redisHalf(): "run" | "skip" {
  if (process.env.TEST_REDIS_URL || redisBinary()) return "run";
  if (process.env.BELLMAN_REQUIRE_REDIS === "1") throw new Error(NO_REDIS);
  return "skip";
}

/** As a careful operator sets it: nothing evicted, everything written down. */
export async function startRedis(): Promise<TestRedis> {
  if (process.env.TEST_REDIS_URL) return speakTo(process.env.TEST_REDIS_URL, () => Promise.resolve());
  const dir = mkdtempSync(join(tmpdir(), "bellman-folder-redis-"));
  const port = await freePort();
  const settings = {
    port,
    bind: "127.0.0.1",
    dir,
    appendonly: "yes",
    "maxmemory-policy": "noeviction",
    save: "",
  };
  const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const server = spawn(redisBinary() ?? "redis-server", options, { stdio: "ignore" });
  // Goes with us even when we are killed outright: the pipe ends, and so does the server.
  const watch = ["-c", 'cat >/dev/null; kill -9 "$1" 2>/dev/null', "sh", String(server.pid)];
  const watchdog = spawn("/bin/sh", watch, { stdio: ["pipe", "ignore", "ignore"], detached: true });
  watchdog.unref();
  const gone = once(server, "exit");
  return speakTo(`redis://127.0.0.1:${port}`, async () => {
    server.kill("SIGTERM");
    await gone;
    watchdog.stdin.end();
    rmSync(dir, { recursive: true, force: true });
  });
}

async function speakTo(url: string, end: () => Promise<void>): Promise<TestRedis> {
  const client = new Redis(url, { maxRetriesPerRequest: null });
  client.on("error", () => undefined); // until it listens
  await Promise.race([
    client.ping(),
    sleep(10_000).then(() => Promise.reject(new Error(`no Redis at ${url}`))),
  ]);
  return {
    url,
    flushAll: async () => void (await client.flushall()),
    stop: async () => {
      client.disconnect();
      await end();
    },
  };
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
