// A Redis that can be killed -9 and started again on the same file and port, set up as a careful operator does.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { Redis } from "ioredis";
import { freePort } from "./ports.ts";

export interface RedisLab {
  readonly url: string;
  readonly kill: () => Promise<void>;
  /** Resolves when it answers again. */
  readonly restart: () => Promise<void>;
  readonly flushAll: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const PATIENCE = 20_000;

export async function startRedisLab(dir: string): Promise<RedisLab> {
  mkdirSync(dir, { recursive: true });
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let server = await start(dir, port, url);
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const { child, watchdog } = server;
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
    watchdog.stdin?.end();
  };
  return {
    url,
    kill: () => end("SIGKILL"),
    restart: async () => {
      server = await start(dir, port, url);
    },
    flushAll: () => asked(url, async (client) => void (await client.flushall())),
    stop: () => end("SIGTERM"),
  };
}

async function start(dir: string, port: number, url: string) {
  const settings = { port, bind: "127.0.0.1", dir, appendonly: "yes", "maxmemory-policy": "noeviction" };
  const options = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn("redis-server", [...options, "--save", ""], { stdio: "ignore" });
  const missing = once(child, "error").then(() => Promise.reject(new Error("redis-server is not installed")));
  // Goes with us even when we are killed outright: the pipe ends, and so does the server.
  const watch = ["-c", 'cat >/dev/null; kill -9 "$1" 2>/dev/null', "sh", String(child.pid)];
  const watchdog: ChildProcess = spawn("/bin/sh", watch, { stdio: ["pipe", "ignore", "ignore"] });
  const ready = asked(url, async (client) => void (await client.ping()));
  await Promise.race([ready, missing, sleep(PATIENCE).then(() => Promise.reject(new Error("no Redis")))]);
  return { child, watchdog };
}

async function asked(url: string, what: (client: Redis) => Promise<void>): Promise<void> {
  const client = new Redis(url, { maxRetriesPerRequest: null, retryStrategy: () => 30 });
  client.on("error", () => undefined); // until it listens
  try {
    await what(client);
  } finally {
    client.disconnect();
  }
}
