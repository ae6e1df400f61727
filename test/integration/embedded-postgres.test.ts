import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import pg from "pg";
import { type EmbeddedPostgres, findRunningPostgres, startPostgres } from "../../src/embedded/postgres.ts";
import { type Host, startHost } from "../support/child.ts";
import { folders } from "../support/folder.ts";

// Whatever a failed test leaves running goes first, then the folders.
const leftovers: (EmbeddedPostgres | Host)[] = [];
const newFolder = folders();
afterAll(async () => {
  for (const one of leftovers) await ("stop" in one ? one.stop() : one.kill());
});

const start = async (dir: string): Promise<EmbeddedPostgres> => {
  const postgres = await startPostgres(dir, { fast: true });
  leftovers.push(postgres);
  return postgres;
};
const startElsewhere = async (dir: string): Promise<Host> => {
  const host = await startHost("postgres", dir);
  leftovers.push(host);
  return host;
};
const ask = async (url: string, sql: string): Promise<unknown[]> => {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
};
const serverPid = (dir: string): number =>
  Number(readFileSync(join(dir, "pg/postmaster.pid"), "utf8").split("\n")[0]);
/** A process that has ended and was not yet collected by its parent has no command line any more. */
const lives = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "";
  } catch {
    return false;
  }
};
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise((next) => setTimeout(next, 20));
};

describe("the built-in PostgreSQL", () => {
  test("starts, is found by others, stops, and keeps what was written", async () => {
    const dir = newFolder();
    expect(await findRunningPostgres(dir)).toBeNull();
    const first = await start(dir);
    expect(first.reused).toBe(false);
    await ask(first.url, "CREATE TABLE kept (word text); INSERT INTO kept VALUES ('tŷ')").catch(
      () => undefined,
    );
    expect(await ask(first.url, "SELECT current_database() || ' ' || current_user")).toEqual([
      "bellman bellman",
    ]);
    expect(await ask(first.url, "SELECT lower('ÉŶ')")).toEqual(["éŷ"]);
    expect(await ask(first.url, "SELECT current_setting('max_connections')")).toEqual(["100"]);
    expect(await findRunningPostgres(dir)).toBe(first.url);
    await first.stop();
    expect(await findRunningPostgres(dir)).toBeNull();
    const second = await start(dir);
    expect(await ask(second.url, "SELECT word FROM kept")).toEqual(["tŷ"]);
    await second.stop();
  });

  test("lets nobody read the password", async () => {
    const dir = newFolder();
    const { url, stop } = await start(dir);
    for (const name of ["postgres.secret", "postgres.log"])
      expect(statSync(join(dir, name)).mode & 0o077).toBe(0);
    expect(statSync(join(dir, "pg")).mode & 0o077).toBe(0);
    const password = new URL(url).password;
    expect(readFileSync(`/proc/${serverPid(dir)}/cmdline`, "utf8")).not.toContain(password);
    expect(readFileSync(join(dir, "postgres.log"), "utf8")).not.toContain(password);
    await expect(ask(url.replace(password, "wrong"), "SELECT 1")).rejects.toThrow("password");
    await stop();
  });

  test("keeps people's data out of its log", async () => {
    const dir = newFolder();
    const { url, stop } = await start(dir);
    await ask(url, "CREATE TABLE person (email text PRIMARY KEY)");
    await ask(url, "INSERT INTO person VALUES ('ann@example.org')");
    await expect(ask(url, "INSERT INTO person VALUES ('ann@example.org')")).rejects.toThrow("duplicate");
    await stop();
    expect(readFileSync(join(dir, "postgres.log"), "utf8")).not.toContain("ann@example.org");
  });

  test("dies with its process, even by kill -9, and starts again at once", async () => {
    const dir = newFolder();
    const host = await startElsewhere(dir);
    const pid = serverPid(dir);
    await host.kill();
    const again = await start(dir);
    expect(lives(pid)).toBe(false);
    expect(again.reused).toBe(false);
    await again.stop();
  });

  test("starts after server and process were both killed, though the number in postmaster.pid is another's now", async () => {
    const dir = newFolder();
    const host = await startElsewhere(dir);
    const pid = serverPid(dir);
    process.kill(pid, "SIGKILL");
    await host.kill();
    await until(() => !lives(pid));
    const file = join(dir, "pg/postmaster.pid");
    writeFileSync(file, readFileSync(file, "utf8").replace(/^\d+/, String(process.pid)));
    const again = await start(dir);
    expect(await ask(again.url, "SELECT 1")).toEqual([1]);
    await again.stop();
  });

  test("is shared, not doubled, when several start on one folder", async () => {
    const dir = newFolder();
    const hosts = await Promise.all([startElsewhere(dir), startElsewhere(dir), startElsewhere(dir)]);
    expect(hosts.filter((host) => host.said.reused === false)).toHaveLength(1);
    expect(new Set(hosts.map((host) => host.said.url)).size).toBe(1);
    const visitor = await start(dir);
    await visitor.stop(); // another process started it: it stays
    expect(await ask(visitor.url, "SELECT 1")).toEqual([1]);
    await Promise.all(hosts.map((host) => host.kill()));
  });

  test("makes its files anew when the first attempt was cut off", async () => {
    const dir = newFolder();
    mkdirSync(join(dir, "pg.new-1"));
    writeFileSync(join(dir, "pg.pw-1"), "half");
    const { url, stop } = await start(dir);
    expect(await ask(url, "SELECT 1")).toEqual([1]);
    expect([existsSync(join(dir, "pg.new-1")), existsSync(join(dir, "pg.pw-1"))]).toEqual([false, false]);
    await stop();
  });

  test("says in one sentence which folder it cannot use, and what holds an older database", async () => {
    const file = join(newFolder(), "a-file");
    writeFileSync(file, "");
    await expect(startPostgres(join(file, "data"))).rejects.toMatchObject({
      code: "data-folder-not-writable",
      message: expect.stringContaining(
        `${file}/data (a part of that path is a file): give the account`,
      ) as unknown as string,
    });
    const old = newFolder();
    mkdirSync(join(old, "pg"));
    writeFileSync(join(old, "pg/PG_VERSION"), "15\n");
    await expect(startPostgres(old)).rejects.toMatchObject({
      code: "embedded-postgres-failed",
      message: expect.stringContaining("PostgreSQL 15") as unknown as string,
    });
  });

  test("quotes the end of its log when it does not start", async () => {
    const dir = newFolder();
    await (await start(dir)).stop();
    writeFileSync(join(dir, "pg/postgresql.auto.conf"), "nonsense = on\n");
    await expect(startPostgres(dir)).rejects.toMatchObject({
      code: "embedded-postgres-failed",
      message: expect.stringContaining(
        'unrecognized configuration parameter "nonsense"',
      ) as unknown as string,
    });
  });
});
