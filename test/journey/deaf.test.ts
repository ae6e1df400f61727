// The queue is only a doorbell: not one ring is heard, or its tables are emptied in the middle, and everybody is reached once all the same (Q1, Q3, Q9, I11).
import { expect, test } from "@jest/globals";
import { setTimeout as sleep } from "node:timers/promises";
import { startCampaign, watch } from "../../src/cli/run-campaign.ts";
import { startWorkers } from "../../workers/main.ts";
import startScheduler from "../../workers/scheduler.ts";
import { emptyQueueTables } from "../support/queue-tables.ts";
import { FIRST_CAMPAIGN, firstCampaign, quietly, withHouse, working } from "../support/sample.ts";

/** A lost queue is a delay of no more than this (I11). In ms. */
const DELAY_MS = 60_000;
const { house, databaseUrl } = withHouse({ people: 1_500 });
const whole = { waiting: 0, inDoubt: 0, refused: 0, held: 0 };
let before = 0;
/** How many emails came since the last look. */
const mails = (): number => {
  const count = house().outbox?.count() ?? 0;
  const fresh = count - before;
  before = count;
  return fresh;
};
const emailsOf = (rows: readonly { channelKey: string; recipients: number }[]) =>
  rows
    .filter(({ channelKey }) => channelKey === "email")
    .reduce((sum, { recipients }) => sum + recipients, 0);

test("with a doorbell that nobody hears a campaign is complete within a minute", async () => {
  const silent = () => Promise.resolve();
  const deps = { ...house().deps, doorbell: { ring: silent, ringAgain: silent, close: silent } };
  const workers = startWorkers(deps);
  const scheduler = startScheduler(deps);
  await startCampaign(deps, { text: await firstCampaign("deaf"), name: FIRST_CAMPAIGN, now: true });
  const finished = await quietly(() => watch(deps, "deaf", AbortSignal.timeout(DELAY_MS)));
  await scheduler.close();
  await workers.close();
  expect(finished).toMatchObject({
    ...whole,
    accepted: finished.recipients,
    acceptedInLog: finished.recipients,
  });
  expect(mails()).toBe(emailsOf(finished.rows));
}, 120_000);

test("with BullMQ's own tables emptied again and again everybody is reached once, within a minute of the last time", async () => {
  const { deps } = house();
  const finished = await working(house(), async () => {
    await startCampaign(deps, { text: await firstCampaign("emptied"), name: FIRST_CAMPAIGN, now: true });
    for (let times = 0; times < 5; times += 1) {
      await emptyQueueTables(databaseUrl());
      await sleep(300);
    }
    return quietly(() => watch(deps, "emptied", AbortSignal.timeout(DELAY_MS)));
  });
  expect(finished).toMatchObject({
    ...whole,
    accepted: finished.recipients,
    acceptedInLog: finished.recipients,
  });
  expect(mails()).toBe(emailsOf(finished.rows));
}, 120_000);
