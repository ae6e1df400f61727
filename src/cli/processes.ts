// bellman web | scheduler | worker: one process each, for more machines than one.
import { type Command, InvalidArgumentError } from "commander";
import { startWorkers, WORKER_NAMES, type WorkerName } from "../../workers/main.ts";
import startScheduler from "../../workers/scheduler.ts";
import type { Settings } from "../../config/env.ts";
import type { OpenHouse } from "../house.ts";
import { mustBeFit } from "../journey/fit.ts";
import { command, inHouse, stopSignal } from "./context.ts";
import { joinWhenThere } from "./join-when-there.ts";
import { say } from "./print.ts";

export function processCommands(program: Command): void {
  program
    .command("web")
    .description("only the pages and the public site")
    .action(() =>
      command((settings) =>
        serve(
          settings,
          async (house) => (await pages()).listen(house, settings),
          `pages at ${settings.publicUrl}`,
        ),
      ),
    );
  program
    .command("scheduler")
    .description("only the scheduler: releases what is due, sweeps what the queue lost")
    .action(() =>
      command((settings) => serve(settings, async (house) => startScheduler(await fit(house)), "scheduler")),
    );
  program
    .command("worker")
    .description("only the workers; start as many as you like")
    .option("--only <names>", `some of: ${WORKER_NAMES.join(",")}`, workerNames)
    .action((options: { only?: WorkerName[] }) =>
      command((settings) =>
        serve(settings, async (house) => startWorkers(await fit(house), options.only), "worker"),
      ),
    );
}

/** Read only where there are pages: a worker, or a command in a hurry, starts without them. */
const pages = () => import("../web/listen.ts");

async function fit({ deps }: OpenHouse) {
  await mustBeFit(deps, deps.settings.environment);
  return deps;
}

function workerNames(text: string): WorkerName[] {
  const names = text.split(",");
  const unknown = names.filter((name) => !WORKER_NAMES.includes(name as WorkerName));
  if (unknown.length > 0)
    throw new InvalidArgumentError(
      `There is no worker "${unknown.join('", "')}"; there are: ${WORKER_NAMES.join(", ")}.`,
    );
  return names as WorkerName[];
}

async function serve(
  settings: Settings,
  open: (house: OpenHouse) => Promise<{ close(): Promise<unknown> | void }>,
  what: string,
): Promise<void> {
  const signal = stopSignal();
  const house = await joinWhenThere(settings, signal);
  if (house === null) return;
  await inHouse(Promise.resolve(house), async () => {
    const running = await open(house);
    say(`Bellman ${what}: running.`);
    await new Promise<void>((resolve) =>
      signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve(), { once: true }),
    );
    await running.close();
  });
}
