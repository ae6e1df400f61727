// bellman start: everything on this machine. Sets up the example partnership on first start, runs its first campaign, serves the pages.
import { join } from "node:path";
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { PROJECT, type Settings } from "../../config/env.ts";
import startScheduler from "../../workers/scheduler.ts";
import { startWorkers } from "../../workers/main.ts";
import { importPostcodes } from "../audience/import/postcodes.ts";
import { openHouse, type OpenHouse } from "../house.ts";
import { mustBeFit } from "../journey/fit.ts";
import { printFinished } from "./campaign.ts";
import { command, stopSignal } from "./context.ts";
import { say } from "./print.ts";
import { carryOn, startCampaign, watch } from "./run-campaign.ts";
import { addExamplePeople, applyFiles, planYear } from "./set-up.ts";

const EXAMPLE = join(PROJECT, "config", "partnership.example.yaml");
const POSTCODES = join(PROJECT, "config", "postcodes.example.csv");
const FIRST_CAMPAIGN = join(PROJECT, "config", "first-campaign.yaml");
const FIRST_KEY = "dark-nights-first-release";
const PEOPLE = 2_400;

export function startCommand(program: Command): void {
  program
    .command("start")
    .description("everything on this machine: database, mail sink, workers, scheduler, pages")
    .action(() => command(start));
}

async function start(settings: Settings): Promise<void> {
  const signal = stopSignal();
  const isSandbox = settings.sending === "sandbox";
  say(
    `Bellman: ${isSandbox ? "sandbox. Nothing leaves this machine" : "staging. Only the allow-list is reached"}.`,
  );
  const house = await openHouse(settings);
  const closing: (() => Promise<unknown>)[] = [() => house.close()];
  try {
    await mustBeFit(house.deps, settings.environment);
    const { listen } = await import("../web/listen.ts"); // as in processes.ts
    const web = await listen(house, settings);
    closing.push(() => web.close());
    house.announce({ webUrl: settings.publicUrl });
    say(`Pages        ${settings.publicUrl}`);
    const workers = startWorkers(house.deps);
    closing.push(() => workers.close());
    const scheduler = startScheduler(house.deps);
    closing.push(() => scheduler.close());
    await firstTime(house);
    await mainJob(house, signal);
    if (!signal.aborted) say(`\nServing ${settings.publicUrl} until you press Ctrl-C.`);
    await new Promise<void>((resolve) =>
      signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve(), { once: true }),
    );
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** The example borough, its people and its year; each part only where it is missing, so that a broken-off start goes on. */
async function firstTime(house: OpenHouse): Promise<void> {
  const { store } = house.deps;
  if (!(await store.partnership.read()).partnership) {
    say("\nSetting up the example partnership …");
    await applyFiles(house, [EXAMPLE], { by: "bellman" });
    await importPostcodes(house.deps, { path: POSTCODES, by: "bellman", replace: false });
  }
  if ((await store.audience.count()) < PEOPLE) {
    const added = await addExamplePeople(house, PEOPLE);
    if (added > 0) say(`Added ${added} generated subscribers.`);
  }
  const planned = (await planYear(house)).filter((season) => season.isNew);
  if (planned.length > 0)
    say(`Planned ${planned.length} campaigns of the year ahead: ${settings(house)}/year`);
}

const settings = (house: OpenHouse) => house.deps.settings.publicUrl;

/** One campaign released at once, watched to its end; on later starts its result is shown again. */
async function mainJob(house: OpenHouse, signal: AbortSignal): Promise<void> {
  const { deps } = house;
  if (await deps.store.plan.campaign(FIRST_KEY)) await carryOn(deps, FIRST_KEY);
  else {
    say("\nReleasing “Burglary in the dark nights” to five segments by email, social account and website …");
    await startCampaign(deps, {
      text: await readFile(FIRST_CAMPAIGN, "utf8"),
      name: FIRST_CAMPAIGN,
      now: true,
    });
  }
  printFinished(await watch(deps, FIRST_KEY, signal), settings(house));
}
