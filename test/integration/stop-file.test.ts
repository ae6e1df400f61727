// X14: the database is down, somebody presses stop; the database comes back, and nothing goes until the stop is lifted.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import pg from "pg";
import { readSettings, type Settings } from "../../config/env.ts";
import { startCampaign } from "../../src/cli/run-campaign.ts";
import { addExamplePeople, applyFiles } from "../../src/cli/set-up.ts";
import { type EmbeddedPostgres, startPostgres } from "../../src/embedded/postgres.ts";
import { openStopFile, writeStopFile } from "../../src/embedded/stop-file.ts";
import { type OpenHouse, openHouse } from "../../src/house.ts";
import { decideWaiting, releaseHold } from "../../src/journey/hold.ts";
import { release } from "../../src/journey/release.ts";
import { renderRendition } from "../../src/journey/render.ts";
import startScheduler from "../../workers/scheduler.ts";
import { startWorkers } from "../../workers/main.ts";
import { bellman } from "../support/command.ts";
import { folders } from "../support/folder.ts";
import { EXAMPLE, firstCampaign, FIRST_CAMPAIGN, quietly } from "../support/sample.ts";
import { openWire, type Wire } from "../support/wire.ts";

const BY = "tom.ellery@council.example.org";
let server: EmbeddedPostgres;
let wire: Wire;
let house: OpenHouse;
let settings: Settings;
let home = "";
let dataDir = "";
afterAll(async () => {
  await house?.close();
  await wire?.cut();
  await server?.stop();
});
const newFolder = folders();

beforeAll(async () => {
  [home, dataDir] = [newFolder(), newFolder()];
  server = await startPostgres(home, { fast: true });
  wire = await openWire(server.url);
  settings = readSettings({
    BELLMAN_DATA_DIR: dataDir,
    DATABASE_URL: wire.url,
    LOG_LEVEL: process.env.BELLMAN_TEST_LOG ?? "silent",
  });
  house = await openHouse(settings);
  await quietly(() => applyFiles(house, [EXAMPLE], { by: "bellman" }));
  await quietly(() => addExamplePeople(house, 40));
}, 180_000);

const states = async (): Promise<Record<string, number>> => {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  const { rows } = await client.query<{ state: string; n: number }>(
    "SELECT state, count(*)::int AS n FROM delivery GROUP BY 1",
  );
  await client.end();
  return Object.fromEntries(rows.map(({ state, n }) => [state, n]));
};
const soon = async (what: () => Promise<boolean>, ms = 60_000): Promise<void> => {
  for (const end = Date.now() + ms; Date.now() < end;) {
    if (await what().catch(() => false)) return;
    await new Promise((done) => setTimeout(done, 200));
  }
  throw new Error(`waited ${ms} ms: ${JSON.stringify(await states().catch(() => "no database"))}`);
};
/** Frozen and rendered by hand, so that nothing but the gate is between it and the world. */
async function makeReady(): Promise<void> {
  const campaign = await house.deps.store.plan.campaign("stopped");
  for (const { id } of campaign?.communications ?? []) {
    await release(house.deps, { communicationId: id });
    for (const rendition of (await house.deps.store.plan.communication(id))?.renditions ?? [])
      await renderRendition(house.deps, { renditionId: rendition.id });
  }
}
const cli = (...args: string[]) => bellman(args, { BELLMAN_DATA_DIR: dataDir, DATABASE_URL: wire.url });

test("with PostgreSQL stopped, a hold is a file; with it back, nothing leaves before the hold it became is lifted", async () => {
  const workers = startWorkers(house.deps);
  await wire.cut();
  await server.stop();
  const narrow = await cli("hold", "--scope", "agency:police", "--reason", "wrong number");
  expect(narrow).toMatchObject({ code: 1, out: "" });
  expect(narrow.err).toContain("cannot be held alone");
  const pressed = await cli("hold", "--reason", "a wrong number is going out", "--by", BY);
  expect(pressed).toMatchObject({ code: 0, err: "" });
  expect(pressed.out).toContain("stop file was written");
  expect(existsSync(join(dataDir, "hold.json"))).toBe(true);

  server = await startPostgres(home, { fast: true });
  wire.turn(server.url);
  await wire.mend();
  await soon(async () => (await house.deps.store.pages.ping(), true));
  await startCampaign(house.deps, { text: await firstCampaign("stopped"), name: FIRST_CAMPAIGN, now: true });
  await makeReady();
  await new Promise((done) => setTimeout(done, 4_000));
  expect(Object.keys(await states())).toEqual(["queued"]);

  const scheduler = startScheduler(house.deps);
  await soon(() => Promise.resolve(!existsSync(join(dataDir, "hold.json"))));
  const [held, ...more] = await house.deps.store.holds.active();
  expect(more).toEqual([]);
  expect(held).toMatchObject({ kind: "everything", placedBy: "the stop file" });
  expect(held?.reason).toContain(`a wrong number is going out (by ${BY}`);
  await new Promise((done) => setTimeout(done, 1_500));
  expect(Object.keys(await states())).toEqual(["queued"]);

  const waiting = await releaseHold(house.deps, { id: held?.id ?? 0, by: BY });
  expect(waiting).toHaveLength(1);
  for (const reference of waiting)
    await decideWaiting(house.deps, { reference, decision: "go", by: BY, why: "the number is right" });
  await soon(async () => Object.keys(await states()).join() === "accepted");
  await scheduler.close();
  await workers.close();
}, 240_000);

test("a hold placed while the web is down is a hold as any other, and starts nothing that sends", async () => {
  const placed = await cli("hold", "--scope", "campaign:stopped", "--reason", "look again", "--json");
  expect(placed.code).toBe(0);
  const { hold } = JSON.parse(placed.out) as { hold: number };
  expect((await cli("holds")).out).toContain("campaign stopped");
  expect((await cli("release-hold", String(hold), "--by", BY)).out).toContain(`Hold ${hold} is lifted.`);
}, 120_000);

test("any file of that name stops, also one made by hand that says nothing; a stop is noticed within 100 ms", async () => {
  const dir = newFolder();
  const file = openStopFile(dir);
  expect(file.isThere()).toBe(false);
  expect(file.read()).toBeNull();
  writeFileSync(file.path, "");
  await new Promise((done) => setTimeout(done, 100));
  expect(file.isThere()).toBe(true);
  expect(file.read()?.reason).toContain("says no reason");
  file.remove();
  expect(file.isThere()).toBe(false);
  expect(writeStopFile(dir, { reason: "fire", by: BY, at: "2026-11-22T10:00:00Z" })).toBe(file.path);
  expect(file.read()).toEqual({ reason: "fire", by: BY, at: "2026-11-22T10:00:00Z" });
});
