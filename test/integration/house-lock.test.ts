import { statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { findHouse, takeHouse } from "../../src/embedded/house-lock.ts";
import { tryLock } from "../../src/embedded/lock-file.ts";
import { ownMark } from "../../src/embedded/process-mark.ts";
import { startHost } from "../support/child.ts";
import { folders } from "../support/folder.ts";

const newFolder = folders();

test("others find the running Bellman and its addresses, and nobody else can read them", async () => {
  const dir = newFolder();
  expect(await findHouse(dir)).toBeNull();
  const house = await takeHouse(dir, { webUrl: "http://127.0.0.1:3000" });
  house.announce({ databaseUrl: "postgresql://…" });
  expect(await findHouse(dir)).toMatchObject({
    ...{ pid: process.pid, webUrl: "http://127.0.0.1:3000", databaseUrl: "postgresql://…" },
  });
  expect(statSync(join(dir, "bellman.json")).mode & 0o777).toBe(0o600);
  house.release();
  expect(await findHouse(dir)).toBeNull();
  expect(await findHouse(join(dir, "nowhere"))).toBeNull();
});

test("a second start is refused in a sentence that names the first", async () => {
  const dir = newFolder();
  const house = await takeHouse(dir, { webUrl: "http://127.0.0.1:3000" });
  const second = await startHost("house", dir);
  expect(second.said).toMatchObject({ code: "already-running" });
  expect(second.said.message).toContain(
    `at http://127.0.0.1:3000 on the data folder ${dir} (process ${process.pid})`,
  );
  await second.kill();
  house.release();
  (await takeHouse(dir, {})).release();
});

test("after kill -9 the house is free", async () => {
  const dir = newFolder();
  const host = await startHost("house", dir);
  await expect(takeHouse(dir, {})).rejects.toMatchObject({ code: "already-running" });
  await host.kill();
  expect(await findHouse(dir)).toBeNull();
  const house = await takeHouse(dir, {});
  expect(await findHouse(dir)).toMatchObject({ pid: process.pid });
  house.release();
});

test("a holder whose number was given to another process does not hold any more", async () => {
  const dir = newFolder();
  writeFileSync(join(dir, "bellman.lock.1"), JSON.stringify({ ...ownMark(), born: "an earlier boot 1" }));
  expect(await findHouse(dir)).toBeNull();
  (await takeHouse(dir, {})).release();
});

test("of many that start at once on a stale lock exactly one wins", async () => {
  for (let round = 0; round < 20; round += 1) {
    const dir = newFolder();
    writeFileSync(join(dir, "x.7"), JSON.stringify({ ...ownMark(), pid: 2 ** 30 }));
    const attempts = await Promise.all(Array.from({ length: 8 }, () => tryLock(join(dir, "x"))));
    expect(attempts.filter((attempt) => "lock" in attempt)).toHaveLength(1);
  }
  const dir = newFolder();
  (await startHost("house", dir)).kill().catch(() => undefined);
  const hosts = await Promise.all(Array.from({ length: 4 }, () => startHost("house", dir)));
  expect(hosts.filter((host) => host.said.code !== "already-running")).toHaveLength(1);
  await Promise.all(hosts.map((host) => host.kill()));
});

test("a holder in another container counts while it shows signs of life", async () => {
  const dir = newFolder();
  const file = join(dir, "bellman.lock.1");
  writeFileSync(file, JSON.stringify({ ...ownMark(), host: "elsewhere" }));
  const beat = setInterval(() => utimesSync(file, new Date(), new Date()), 500);
  await expect(takeHouse(dir, {})).rejects.toMatchObject({ code: "already-running" });
  clearInterval(beat);
  (await takeHouse(dir, {})).release();
});
