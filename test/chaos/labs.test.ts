// The other parts of the proof kit: the wire, the clock, and servers that survive kill -9.
import { type ChildProcess, spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { Redis } from "ioredis";
import pg from "pg";
import { listen } from "../../src/embedded/http-json.ts";
import { folders } from "../support/folder.ts";
import { NO_REDIS, redisHalf } from "../support/redis.ts";
import { startPgLab } from "./pg-lab.ts";
import { startRedisLab } from "./redis-lab.ts";
import { startTcpLab, type TcpLab } from "./tcp-lab.ts";

const newFolder = folders();

describe("the wire", () => {
  let echo: Server;
  let lab: TcpLab;
  const heard: string[] = [];
  beforeAll(async () => {
    echo = createServer((socket) => {
      socket
        .on("error", () => undefined)
        .on("data", (data) => {
          heard.push(data.toString());
          socket.write(data);
        });
    });
    lab = await startTcpLab(`tcp://127.0.0.1:${await listen(echo, "127.0.0.1", 0)}`);
  });
  afterAll(async () => {
    await lab.stop();
    echo.close();
  });

  /** Says something and waits for the echo, for the end of the connection, or half a second. */
  async function say(text: string): Promise<{ came: string; ms: number }> {
    const start = performance.now();
    const socket = connect(Number(new URL(lab.url).port), "127.0.0.1");
    const came = await Promise.race([
      new Promise<string>((done) => socket.on("data", (data) => done(data.toString()))),
      new Promise<string>((done) => socket.on("error", (e: NodeJS.ErrnoException) => done(String(e.code)))),
      wait(500, "silence"),
      new Promise<never>(() => socket.write(text)),
    ]);
    socket.destroy();
    return { came, ms: performance.now() - start };
  }

  test("carries what is said", async () => {
    expect((await say("hello")).came).toBe("hello");
  });
  test("can be slow in both directions", async () => {
    lab.set({ latencyMs: 40 });
    const { came, ms } = await say("slowly");
    lab.set({ latencyMs: 0 });
    expect(came).toBe("slowly");
    expect(ms).toBeGreaterThan(75);
  });
  test("can swallow everything, or one direction only", async () => {
    lab.set({ swallow: "everything" });
    expect((await say("black hole")).came).toBe("silence");
    lab.set({ swallow: "from the server" });
    expect((await say("one way")).came).toBe("silence");
    lab.set({ swallow: "nothing" });
    expect(heard).toContain("one way");
    expect(heard).not.toContain("black hole");
  });
  test("can be torn off, once or at every new connection", async () => {
    lab.set({ refuse: true });
    expect((await say("x")).came).toMatch(/ECONNRESET|EPIPE/);
    lab.set({ refuse: false, latencyMs: 60 });
    const torn = say("y");
    await wait(30);
    lab.reset();
    lab.set({ latencyMs: 0 });
    expect((await torn).came).toMatch(/ECONNRESET|silence/);
    expect(heard).not.toContain("y");
  });
});

describe("the clock", () => {
  const children: ChildProcess[] = [];
  afterAll(() => children.forEach((child) => child.kill("SIGKILL")));

  test("is shifted for one process, by a file that can change while it runs; its stop-watch is not", async () => {
    const file = join(newFolder(), "shift");
    const program = `require("readline").createInterface({ input: process.stdin }).on("line", () => console.log(JSON.stringify(
      [Date.now(), +new Date(), new Date(5).getTime(), new Date() instanceof Date, performance.timeOrigin + performance.now()])));`;
    const shim = join(import.meta.dirname, "clock-shim.cjs");
    const child = spawn(process.execPath, ["--require", shim, "-e", program], {
      env: { CLOCK_SHIFT_FILE: file, CLOCK_SHIFT_MS: "60000" },
      stdio: ["pipe", "pipe", "inherit"],
    });
    children.push(child);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    const look = async () => {
      child.stdin.write("\n");
      const [now, date, fixed, isDate, watch] = JSON.parse(String((await lines.next()).value)) as number[];
      expect([fixed, isDate]).toEqual([5, true]);
      return [now, date, watch].map((at) => Math.round(((at ?? 0) - Date.now()) / 10_000) * 10 + 0);
    };
    expect(await look()).toEqual([60, 60, 0]);
    writeFileSync(file, "-86400000\n");
    await wait(40);
    expect(await look()).toEqual([-86_400, -86_400, 0]);
  });
});

describe("a server after kill -9", () => {
  test("PostgreSQL comes back at the same address with all it had committed", async () => {
    const lab = await startPgLab(newFolder());
    const ask = async (sql: string) => {
      const client = new pg.Client({ connectionString: lab.url });
      client.on("error", () => undefined);
      await client.connect();
      return client.query<{ n: number }>(sql).finally(() => client.end().catch(() => undefined));
    };
    await ask("CREATE TABLE kept AS SELECT 1 AS n");
    for (const n of [2, 3]) {
      await lab.kill();
      await lab.restart();
      await ask(`INSERT INTO kept VALUES (${n})`);
    }
    expect((await ask("SELECT count(*)::int AS n FROM kept")).rows[0]?.n).toBe(3);
    await lab.stop();
  });

  const half = redisHalf();
  (half === "run" ? test : test.skip)(
    half === "run" ? "Redis comes back at the same address with what is a second old" : NO_REDIS,
    async () => {
      const lab = await startRedisLab(newFolder());
      const client = new Redis(lab.url, { maxRetriesPerRequest: null, retryStrategy: () => 30 });
      client.on("error", () => undefined);
      await client.set("kept", "yes");
      await wait(1_200); // it is written down every second
      await lab.kill();
      await lab.restart();
      expect(await client.get("kept")).toBe("yes");
      await lab.flushAll();
      expect(await client.get("kept")).toBeNull();
      client.disconnect();
      await lab.stop();
    },
  );
});
