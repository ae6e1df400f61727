// Last night's backup is put back after everything was sent (W1, G12): nothing leaves before a person decides, the list of what
// left is exact, and going on sends nobody anything twice. Also what keeps a copy still (W3) and results the database did not hear (C1).
import { readdirSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { readSettings } from "../../config/env.ts";
import { startCampaign, standing, watch } from "../../src/cli/run-campaign.ts";
import { addExamplePeople, applyFiles } from "../../src/cli/set-up.ts";
import { type MailSink, startMailSink } from "../../src/embedded/mail-sink.ts";
import { openHouse, type OpenHouse } from "../../src/house.ts";
import { adoptDatabase } from "../../src/journey/adopt.ts";
import { mustBeFit } from "../../src/journey/fit.ts";
import { openGate } from "../../src/journey/dispatch/gate.ts";
import { openGateJournal, readJournal } from "../../src/journey/dispatch/gate-journal.ts";
import { decideWaiting, releaseHold } from "../../src/journey/hold.ts";
import { gap, lastRestore, settleGap } from "../../src/journey/restored.ts";
import { openTestDatabase, type TestDatabase } from "../support/database.ts";
import { folders } from "../support/folder.ts";
import { takeBackup } from "../support/restore.ts";
import { EXAMPLE, FIRST_CAMPAIGN, firstCampaign, quietly, working } from "../support/sample.ts";
import type { Ticket } from "../../src/store/gate.ts";

const PEOPLE = Number(process.env.BELLMAN_RESTORE_PEOPLE ?? 400);
const BY = "maya.okafor@council.example.org";
const newFolder = folders();
let database: TestDatabase;
let sink: MailSink;
let dir = "";
let house: OpenHouse | null = null;

const settings = (more: Record<string, string> = {}) =>
  readSettings({
    BELLMAN_DATA_DIR: dir,
    DATABASE_URL: database.url,
    SMTP_URL: sink.smtpUrl,
    SMTP_LOOKUP_URL: sink.lookupUrl,
    LOG_LEVEL: "silent",
    ...more,
  });
const open = async (more: Record<string, string> = {}): Promise<OpenHouse> =>
  (house = await openHouse(settings(more)));
const shut = async (): Promise<void> => {
  await house?.close();
  house = null;
};
const mails = () => sink.count();
const plan = async ({ deps }: OpenHouse, key: string) =>
  quietly(async () =>
    startCampaign(deps, { text: await firstCampaign(key), name: FIRST_CAMPAIGN, now: true }),
  );
const toTheEnd = ({ deps }: OpenHouse, key: string) =>
  quietly(() => watch(deps, key, AbortSignal.timeout(60_000)));

beforeAll(async () => {
  database = await openTestDatabase();
  sink = await startMailSink({ dir: newFolder() });
  dir = newFolder();
  const first = await open();
  await quietly(() => applyFiles(first, [EXAMPLE], { by: "bellman" }));
  await quietly(() => addExamplePeople(first, PEOPLE));
  await shut();
}, 60_000);
afterAll(async () => {
  await shut();
  await sink.stop();
  await database.close();
});

describe("a backup that is put back after everything was sent", () => {
  let atBackup = 0;
  let atEnd = 0;
  const restoredDeps = ({ deps }: OpenHouse) => ({ store: deps.store, dir, journal: () => readJournal(dir) });

  test("makes nothing leave by itself, and places one hold that says why", async () => {
    const sending = await open();
    await plan(sending, "half-sent");
    await working(sending, async () => {
      while (mails() < 0.4 * PEOPLE) await sleep(5);
    });
    await plan(sending, "not-begun");
    await shut();
    atBackup = mails();
    expect(atBackup).toBeLessThan(PEOPLE);
    const backup = await takeBackup(database.url);

    const finishing = await open();
    await working(finishing, async () => {
      await toTheEnd(finishing, "half-sent");
      await toTheEnd(finishing, "not-begun");
    });
    await shut();
    atEnd = mails();
    expect(atEnd).toBe(2 * PEOPLE);

    await backup.putBack();
    const after = await open();
    await working(after, () => sleep(4_000));
    expect(mails()).toBe(atEnd);
    const holds = await after.deps.store.holds.active();
    expect(holds.map(({ kind }) => kind)).toEqual(["everything"]);
    expect(holds[0]?.reason).toMatch(
      /^the database was restored: it ends at entry \d+ of \S+, \d+ entries are missing$/,
    );
  }, 180_000);

  test("is listed exactly: what left and is believed unsent, and what was released in the gap", async () => {
    const after = house ?? (await open());
    const restored = lastRestore(dir);
    if (!restored) throw new Error("no restore was found");
    const gaps = await gap(restoredDeps(after), restored);
    const email = gaps.filter(({ channelKey }) => channelKey === "email");
    const sum = (of: "unsent" | "unknown") => email.reduce((n, one) => n + one[of], 0);
    expect({ unsent: sum("unsent"), unknown: sum("unknown") }).toEqual({
      unsent: PEOPLE - atBackup,
      unknown: PEOPLE,
    });

    const settled = await settleGap(restoredDeps(after), { restored, by: BY });
    expect(settled).toMatchObject({ doubted: gaps.reduce((n, { unsent }) => n + unsent, 0), unknown: 0 });
    expect(settled.paused).toHaveLength(1);
    expect((await settleGap(restoredDeps(after), { restored, by: BY })).doubted).toBe(0);
  }, 60_000);

  test("goes on after the hold is lifted and a person said so, and nobody gets it twice", async () => {
    const after = house ?? (await open());
    const { holds } = after.deps.store;
    for (const { id } of await holds.active()) await releaseHold(after.deps, { id, by: BY });
    await working(after, async () => {
      await sleep(1_500);
      expect(mails()).toBe(atEnd);
      for (const { reference, campaignKey } of await holds.undecided())
        await decideWaiting(after.deps, {
          reference,
          decision: campaignKey === "half-sent" ? "go" : "cancel",
          by: BY,
          why: "looked at the list",
        });
      for (const end = Date.now() + 60_000; Date.now() < end; await sleep(200)) {
        const { waiting, inDoubt } = await standing(after.deps, "half-sent");
        if (waiting + inDoubt === 0) break;
      }
      await sleep(2_000);
    });
    const whole = await standing(after.deps, "half-sent");
    expect(whole).toMatchObject({ waiting: 0, inDoubt: 0, accepted: whole.recipients });
    expect(mails()).toBe(atEnd);
  }, 90_000);
});

test("a copy that belongs to another environment sends nothing, and once adopted everything in it is held", async () => {
  await shut();
  const staging = await open({ BELLMAN_ENVIRONMENT: "staging" });
  const { deps } = staging;
  for (const { id } of await deps.store.holds.active()) await releaseHold(deps, { id, by: BY });
  await plan(staging, "copied");
  await expect(mustBeFit(deps, "staging")).rejects.toMatchObject({ code: "other-environment" });
  const before = mails();
  await working(staging, () => sleep(2_500));
  expect(mails()).toBe(before);
  const hold = await adoptDatabase(deps, { name: "staging", by: BY, reason: "a rehearsal" });
  await working(staging, () => sleep(2_500));
  expect(mails()).toBe(before);
  expect((await deps.store.holds.active()).map(({ id }) => id)).toEqual([hold]);
  expect((await deps.store.environment.identity()).environment).toBe("staging");
}, 60_000);

test("a result the database could not be told is on disk, and told once it is there", async () => {
  const away = newFolder();
  const journal = openGateJournal(away, "one", (house as OpenHouse).deps.logger);
  let isAway = true;
  const commit = () => (isAway ? Promise.reject(new Error("away")) : Promise.resolve(new Set<Ticket>()));
  const { logger } = (house as OpenHouse).deps;
  const gate = openGate({ store: { gate: { commit } }, owner: "one", mayPass: () => true, journal, logger });
  const told = gate.tell({
    id: 7,
    fence: 2,
    state: "accepted",
    code: null,
    proof: "x",
    waitMinutes: 0,
    passed: true,
  });
  await sleep(300);
  expect(readdirSync(away).filter((file) => file.startsWith("untold-"))).toHaveLength(1);
  isAway = false;
  await told;
  await sleep(50);
  expect(readdirSync(away).filter((file) => file.startsWith("untold-"))).toEqual([]);
});
