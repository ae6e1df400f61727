// Disasters with real processes: a worker that hangs and comes back, a deploy in the middle, a database that dies, a disk that is
// full. Every person has one copy in the end. BELLMAN_DISASTER_PEOPLE makes it longer (test/README.md).
import { execFileSync, type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { PROJECT, readSettings } from "../../config/env.ts";
import { LEASE_SECONDS, SENDING_AT_ONCE, START_WAIT } from "../../config/limits.ts";
import { standing, startCampaign } from "../../src/cli/run-campaign.ts";
import { addExamplePeople, applyFiles } from "../../src/cli/set-up.ts";
import { type MailSink, startMailSink } from "../../src/embedded/mail-sink.ts";
import { startPostgres } from "../../src/embedded/postgres.ts";
import { startTimeline, type Timeline } from "../../src/embedded/timeline.ts";
import { joinHouse, type OpenHouse } from "../../src/house.ts";
import startScheduler from "../../workers/scheduler.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { folders } from "../support/folder.ts";
import { openWire } from "../support/wire.ts";
import { EXAMPLE, FIRST_CAMPAIGN, firstCampaign, quietly } from "../support/sample.ts";

const PEOPLE = Number(process.env.BELLMAN_DISASTER_PEOPLE ?? 400);
const LIMIT_MS = 90_000 + PEOPLE * 30;
const newFolder = folders();
const children = new Set<ChildProcess>();
let sink: MailSink;
let timeline: Timeline;
const closing: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  timeline = await startTimeline({ dir: newFolder() });
});
afterAll(() => timeline.stop());
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  for (const close of closing.splice(0).reverse()) await close();
});

type Env = Record<string, string>;

/** A house whose parts are all somewhere else, with a scheduler here and a campaign that is due. Nobody sends yet. */
async function open(databaseUrl: string): Promise<{ house: OpenHouse; env: Env }> {
  sink = await startMailSink({ dir: newFolder() });
  closing.push(() => sink.stop());
  const env: Env = {
    DATABASE_URL: databaseUrl,
    SMTP_URL: sink.smtpUrl,
    SMTP_LOOKUP_URL: sink.lookupUrl,
    TIMELINE_URL: timeline.url,
    LOG_LEVEL: "silent",
  };
  const house = await joinHouse(readSettings({ ...env, BELLMAN_DATA_DIR: newFolder() }));
  closing.push(() => house.close());
  await quietly(() => applyFiles(house, [EXAMPLE], { by: "bellman" }));
  await quietly(() => addExamplePeople(house, PEOPLE));
  const text = await firstCampaign("disaster");
  await startCampaign(house.deps, { text, name: FIRST_CAMPAIGN, now: true });
  const scheduler = startScheduler(house.deps);
  closing.push(() => scheduler.close());
  return { house, env };
}

/** A house whose database lies in a folder of its own and comes back at another address, behind the same one. */
async function openMortal(dir: string) {
  let server = await startPostgres(dir);
  const wire = await openWire(server.url);
  closing.push(
    () => server.stop(),
    () => wire.cut(),
  );
  const comeBack = async (): Promise<void> => {
    server = await startPostgres(dir);
    wire.turn(server.url);
  };
  return { ...(await open(wire.url)), comeBack, wire };
}

/** `bellman worker`, as an operator starts it, on a data folder of its own. */
function startWorker(env: Env) {
  const dir = newFolder();
  const child = spawn(process.execPath, [join(PROJECT, "tools", "bellman.mjs"), "worker"], {
    env: { PATH: process.env.PATH ?? "", ...env, BELLMAN_DATA_DIR: dir },
    stdio: ["ignore", "ignore", "pipe"],
  });
  children.add(child);
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => (said += text));
  const gone = once(child, "exit").then(([code]) => {
    children.delete(child);
    return code as unknown;
  });
  return { child, gone, said: () => said };
}

async function until(what: () => boolean | Promise<boolean>, ms = LIMIT_MS): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(30)) if (await what()) return;
  throw new Error(`waited ${ms} ms for nothing; the sink has ${sink.count()}`);
}
const halfWay = () => until(() => sink.count() >= 0.3 * PEOPLE);

/** Everything has ended, in the database and in the record, and each person has exactly one copy. */
async function allOnce({ deps }: OpenHouse): Promise<void> {
  await until(async () => {
    const { waiting, inDoubt, accepted } = await standing(deps, "disaster").catch(() => ({
      waiting: 1,
      inDoubt: 1,
      accepted: 0,
    }));
    return waiting + inDoubt === 0 && accepted > 0;
  });
  const all = await standing(deps, "disaster");
  expect(all).toMatchObject({ accepted: all.recipients, acceptedInLog: all.recipients });
  const mails = sink.list({ offset: 0, limit: 2 * PEOPLE + 100 });
  expect(new Set(mails.map(({ to }) => to)).size).toBe(PEOPLE);
  expect(mails).toHaveLength(PEOPLE);
}

async function ownDatabase(): Promise<TestDatabase> {
  const database = await openTestDatabase();
  closing.push(() => database.close());
  return database;
}

test(
  "a worker that hangs for two leases and then goes on sends nothing twice",
  async () => {
    const { house, env } = await open((await ownDatabase()).url);
    const zombie = startWorker(env);
    await halfWay();
    zombie.child.kill("SIGSTOP");
    startWorker(env);
    await sleep(2 * LEASE_SECONDS * 1_000);
    zombie.child.kill("SIGCONT");
    await allOnce(house);
  },
  2 * LIMIT_MS,
);

test(
  "a worker that is asked to stop in the middle is gone within 30 seconds and leaves no doubt; another finishes",
  async () => {
    const { house, env } = await open((await ownDatabase()).url);
    const first = startWorker(env);
    await halfWay();
    const asked = Date.now();
    first.child.kill("SIGTERM");
    expect(await first.gone).toBe(0);
    expect(Date.now() - asked).toBeLessThan(30_000);
    expect(sink.count()).toBeLessThan(PEOPLE);
    expect((await standing(house.deps, "disaster")).inDoubt).toBe(0);
    startWorker(env);
    await allOnce(house);
  },
  2 * LIMIT_MS,
);

test(
  "a database that is killed in the middle and comes back: everybody once",
  async () => {
    const dir = newFolder();
    const { house, env, comeBack } = await openMortal(dir);
    startWorker(env);
    await halfWay();
    process.kill(postmaster(dir), "SIGKILL");
    await sleep(1_500);
    await comeBack();
    await allOnce(house);
  },
  2 * LIMIT_MS,
);

test(
  "a worker that is started before its database says so once, waits for it, and then finishes",
  async () => {
    const { house, env, wire } = await openMortal(newFolder());
    await wire.cut();
    const early = startWorker(env);
    await until(() => early.said().includes("Waiting for it"));
    await sleep(START_WAIT.againMs + 1_000);
    expect(early.child.exitCode).toBeNull();
    expect(early.said().trim().split("\n")).toHaveLength(1);
    await wire.mend();
    await allOnce(house);
  },
  2 * LIMIT_MS,
);

/** The number of the server's process, from the file it keeps of itself. */
function postmaster(dir: string): number {
  const file = readdirSync(dir, { recursive: true, encoding: "utf8" }).find((name) =>
    name.endsWith("postmaster.pid"),
  );
  return Number(readFileSync(join(dir, file ?? ""), "utf8").split("\n")[0]);
}

const canMount = process.platform === "linux" && process.getuid?.() === 0 && mounts();
function mounts(): boolean {
  const dir = join("/tmp", `bellman-mount-${process.pid}`);
  try {
    mkdirSync(dir);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", dir], { stdio: "ignore" });
    execFileSync("umount", [dir], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

(canMount ? test : test.skip)(
  `a database whose disk is full lets nothing leave, and goes on when there is room again${canMount ? "" : " (NOT RUN: needs the right to mount a small disk)"}`,
  async () => {
    const disk = newFolder();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=200m,mode=0755", "tmpfs", disk]);
    const unmount = () => {
      execFileSync("umount", ["-l", disk]);
      return Promise.resolve();
    };
    closing.push(unmount);
    const { house, env, comeBack } = await openMortal(disk);
    startWorker(env);
    await halfWay();
    const ballast = join(disk, "ballast");
    const { bavail, bsize } = statfsSync(disk);
    writeFileSync(ballast, Buffer.alloc(bavail * bsize - 8_192));
    await sleep(4_000);
    const atFull = sink.count();
    await sleep(2_000);
    // What had passed the gate may finish; nothing more.
    expect(sink.count() - atFull).toBeLessThanOrEqual(SENDING_AT_ONCE);
    rmSync(ballast);
    // A server that gave up for want of space is started again, as whoever keeps services running does.
    await comeBack();
    await allOnce(house);
  },
  2 * LIMIT_MS,
);
