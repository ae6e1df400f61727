// bellman migrate | doctor | apply | example | seasons: getting a house ready.
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { browserPath } from "../../config/env.ts";
import { loadExamplePeople } from "../audience/example.ts";
import { addDays } from "../domain/season-rule.ts";
import { apply } from "../partnership/apply.ts";
import { plan } from "../journey/plan.ts";
import { wouldMove } from "../journey/recheck-times.ts";
import { planSeasons } from "../journey/seasons.ts";
import { type OpenHouse, visitHouse } from "../house.ts";
import { command, inHouse } from "./context.ts";
import { wholeNumber } from "./log.ts";
import { progress, say, table } from "./print.ts";
import { knownOf, libraryPictures, readSeasons } from "./planning.ts";

export function setUpCommands(program: Command): void {
  houseCommands(program);
  partnershipCommands(program);
}

function houseCommands(program: Command): void {
  program
    .command("migrate")
    .description("bring the database's tables up to date")
    .action(() =>
      command((settings) =>
        inHouse(visitHouse(settings), () => Promise.resolve(say("The tables are up to date."))),
      ),
    );
  program
    .command("doctor")
    .description("check what Bellman needs on this machine")
    .action(() => command((settings) => inHouse(visitHouse(settings), doctor)));
}

function partnershipCommands(program: Command): void {
  program
    .command("apply")
    .description("set up the partnership from a file: agencies, people, areas, channels, segments")
    .argument("<files...>", "YAML files")
    .option("--dry-run", "only show what would change")
    .option("--by <email>", "who applies it; it goes into the log", "bellman")
    .action((files: string[], options: { dryRun?: true; by: string }) =>
      command((settings) =>
        inHouse(visitHouse(settings), async (house) => void (await applyFiles(house, files, options))),
      ),
    );
  const example = program.command("example").description("generated people for trying things out");
  example
    .command("subscribers")
    .description("add generated subscribers at example domains")
    .requiredOption("--count <n>", "how many there should be", wholeNumber)
    .action((options: { count: number }) =>
      command((settings) =>
        inHouse(visitHouse(settings), async (house) =>
          say(`Added ${await addExamplePeople(house, options.count)} people.`),
        ),
      ),
    );
  program
    .command("seasons")
    .description("plan the year ahead from config/seasons.yaml and the message library")
    .action(() => command((settings) => inHouse(visitHouse(settings), seasons)));
}

/** Shows each change; returns how many there were. */
export async function applyFiles(
  { deps }: OpenHouse,
  files: readonly string[],
  { dryRun, by }: { dryRun?: true; by: string },
): Promise<number> {
  let changes = 0;
  for (const file of files) {
    const changed = await apply(deps, {
      text: await readFile(file, "utf8"),
      name: file,
      actor: by,
      dryRun: dryRun === true,
    });
    for (const line of changed) say(line);
    if (changed.length === 0) say(`${file}: nothing to change.`);
    else
      say(
        `${file}: ${changed.length} change(s)${dryRun ? " to make; nothing was stored (dry run)" : " made"}.`,
      );
    changes += changed.length;
  }
  return changes;
}

/** Fills the first list that is written to up to `count` generated people; returns how many were added. */
export async function addExamplePeople({ deps }: OpenHouse, count: number): Promise<number> {
  const { areas, channels } = await deps.store.partnership.read();
  const places = areas.filter((area) => area.kind !== "borough").map((area) => area.code);
  const listKey = channels.find((channel) => channel.listKey !== null)?.listKey ?? null;
  if (listKey === null) return 0;
  const bar = progress("people");
  const added = await loadExamplePeople(deps, {
    count,
    areas: places,
    listKey,
    onProgress: (done) => bar.update(done, count),
  });
  bar.stop();
  return added;
}

export async function planYear({ deps }: OpenHouse) {
  const file = await readSeasons();
  const from = (await deps.store.plan.now()).slice(0, 10);
  const steps = {
    store: deps.store,
    library: deps.library,
    plan: (input: Parameters<typeof plan>[1]) => plan(deps, input),
    pictures: libraryPictures(deps),
  };
  return planSeasons(steps, {
    file,
    known: await knownOf(deps),
    from: addDays(from, 1),
    to: addDays(from, 365),
  });
}

async function seasons(house: OpenHouse): Promise<void> {
  const planned = await planYear(house);
  say(
    table(
      ["due", "campaign", "title", ""],
      planned.map((p) => [
        p.dueWall.replace("T", " "),
        p.key,
        p.title,
        p.isNew ? "planned now" : "was planned",
      ]),
    ),
  );
}

async function doctor({ deps, visiting }: OpenHouse): Promise<void> {
  const { settings, services, backendName } = deps;
  const { partnership } = await deps.store.partnership.read();
  const rows = [
    ["database", settings.databaseUrl ? "DATABASE_URL" : "embedded", "answers"],
    ["queue", backendName, "answers"],
    ["relay", settings.smtpUrl ? "SMTP_URL" : "built-in sink", new URL(services.smtpUrl).host],
    [
      "sending",
      settings.sending,
      settings.sending === "sandbox" ? "nothing leaves this machine" : "only the allow-list is reached",
    ],
    [
      "environment",
      settings.environment,
      (await deps.store.environment.identity()).environment ?? "no stamp",
    ],
    [
      "partnership",
      partnership?.name ?? "none",
      partnership ? "set up" : "run: bellman apply config/partnership.example.yaml",
    ],
    ["times", `${(await wouldMove(deps)).length} would move`, "a zone's new rules move them by themselves"],
    ["house", settings.dataDir, visiting ? "kept by a running Bellman" : "free"],
    ["browser", browserPath() ?? "none of the system's", "only tests need one"],
  ];
  say(table(["what", "which", "how"], rows));
}
