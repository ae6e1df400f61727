// A whole house for one test file: its own database, mail sink and timeline, the example partnership and some of its people.
// Call at the top of the file and use `house()`, `work()` and `campaign()` inside tests and hooks.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll } from "@jest/globals";
import { PROJECT, readSettings } from "../../config/env.ts";
import { addExamplePeople, applyFiles } from "../../src/cli/set-up.ts";
import { startCampaign, watch, type Finished } from "../../src/cli/run-campaign.ts";
import { openHouse, type OpenHouse } from "../../src/house.ts";
import startScheduler from "../../workers/scheduler.ts";
import { startWorkers } from "../../workers/main.ts";
import { withDatabase } from "./database.ts";
import { folders } from "./folder.ts";

/** A busy machine with two cores needs some seconds; a minute and a half is a fault. */
const RUN_LIMIT_MS = 90_000;

export const EXAMPLE = join(PROJECT, "config", "partnership.example.yaml");
export const FIRST_CAMPAIGN = join(PROJECT, "config", "first-campaign.yaml");

/** Opens the house before the file's tests and closes it after them. `people: 0` leaves the lists empty; `setUp: false` everything. */
export function withHouse({
  people = 60,
  setUp = true,
  env = {},
}: { people?: number; setUp?: boolean; env?: Record<string, string> } = {}) {
  let open: OpenHouse | null = null;
  // Before the database's own: hooks run in the order they are defined, and the house must let go of it first.
  afterAll(async () => {
    await open?.close();
  });
  const database = withDatabase();
  const newFolder = folders();
  beforeAll(async () => {
    const settings = readSettings({
      BELLMAN_DATA_DIR: newFolder(),
      DATABASE_URL: database.url,
      LOG_LEVEL: "silent",
      ...env,
    });
    open = await openHouse(settings);
    if (setUp) await quietly(() => applyFiles(house(), [EXAMPLE], { by: "bellman" }));
    if (setUp && people > 0) await quietly(() => addExamplePeople(house(), people));
  });
  const house = (): OpenHouse => {
    if (!open) throw new Error("The house is open inside tests and hooks only.");
    return open;
  };
  return { house, databaseUrl: () => database.url };
}

/** Commands speak to the terminal; tests do not listen. */
export async function quietly<T>(work: () => Promise<T>): Promise<T> {
  const speak = [process.stdout, process.stderr].map((stream) => {
    const write = stream.write.bind(stream);
    stream.write = () => true;
    return () => void (stream.write = write);
  });
  try {
    return await work();
  } finally {
    for (const again of speak) again();
  }
}

/** Runs the workers and the scheduler of this house while `during` runs. */
export async function working<T>(house: OpenHouse, during: () => Promise<T>): Promise<T> {
  const workers = startWorkers(house.deps);
  const scheduler = startScheduler(house.deps);
  try {
    return await during();
  } finally {
    await scheduler.close();
    await workers.close();
  }
}

/** The first campaign of `npm start` under a key of the test's own, as YAML; `change` may alter its lines. */
export async function firstCampaign(
  key: string,
  change: (text: string) => string = (text) => text,
): Promise<string> {
  return change((await readFile(FIRST_CAMPAIGN, "utf8")).replace("dark-nights-first-release", key));
}

/** A campaign all the way: released at once and watched to its end. */
export async function runWhole(house: OpenHouse, key: string, text?: string): Promise<Finished> {
  return working(house, async () => {
    await startCampaign(house.deps, {
      text: text ?? (await firstCampaign(key)),
      name: FIRST_CAMPAIGN,
      now: true,
    });
    const limit = AbortSignal.timeout(RUN_LIMIT_MS);
    const finished = await quietly(() => watch(house.deps, key, limit));
    if (limit.aborted)
      throw new Error(`${key} was not finished after ${RUN_LIMIT_MS} ms: ${JSON.stringify(finished)}`);
    return finished;
  });
}
