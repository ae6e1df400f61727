// bellman restored list | settle, bellman adopt-database: what a person does with a database that is not the one Bellman knew.
import type { Command } from "commander";
import { DomainError } from "../domain/errors.ts";
import { type OpenHouse, visitHouse } from "../house.ts";
import { adoptDatabase } from "../journey/adopt.ts";
import { readJournal } from "../journey/dispatch/gate-journal.ts";
import { gap, lastRestore, type RestoredDeps, settleGap } from "../journey/restored.ts";
import { command, inHouse } from "./context.ts";
import { say, sayJson, table } from "./print.ts";

export function restoredCommands(program: Command): void {
  const restored = program
    .command("restored")
    .description("after a backup was put back: what left that the database does not know of");
  restored
    .command("list")
    .description("what left after the moment the database was restored to, by this data folder's journal")
    .option("--json", "print one JSON object")
    .action((options: { json?: true }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => list(house, options))),
    );
  restored
    .command("settle")
    .description("put what left and is believed unsent in doubt, and pause what was released in the gap")
    .requiredOption("--by <email>", "who does it; it goes into the log")
    .action((options: { by: string }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => settle(house, options))),
    );
  program
    .command("adopt-database")
    .description("give a copied database to another environment; everything in it is held at the same moment")
    .requiredOption("--as <name>", "the environment's name, as in BELLMAN_ENVIRONMENT")
    .requiredOption("--by <email>", "who does it; it goes into the log")
    .requiredOption("--reason <text>", "why")
    .action((options: { as: string; by: string; reason: string }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => adopt(house, options))),
    );
}

const depsOf = ({ deps }: OpenHouse): RestoredDeps => ({
  store: deps.store,
  dir: deps.settings.dataDir,
  journal: () => readJournal(deps.settings.dataDir),
});

function mustHave(dir: string) {
  const restored = lastRestore(dir);
  if (!restored)
    throw new DomainError(
      "not-restored",
      `Nobody working on the data folder ${dir} has found a restored database. Each worker's own folder knows what that worker sent.`,
    );
  return restored;
}

async function list(house: OpenHouse, { json }: { json?: true }): Promise<void> {
  const restored = mustHave(house.deps.settings.dataDir);
  const gaps = await gap(depsOf(house), restored);
  const left = gaps.reduce((n, { unsent, unknown }) => n + unsent + unknown, 0);
  if (json) return sayJson({ restored, gaps, left });
  const ends = restored.endsAtTime ? ` of ${restored.endsAtTime}` : "";
  say(`The database was found restored at ${restored.foundAt}: it ended at entry ${restored.endsAt}${ends}.`);
  if (gaps.length === 0) return say("Nothing left afterwards that it does not know of.");
  const rows = gaps.map(({ reference, communicationId, channelKey, unsent, unknown }) => [
    reference ?? `${communicationId} (not in the database)`,
    channelKey,
    String(unsent),
    String(unknown),
  ]);
  say(table(["communication", "channel", "left, believed unsent", "left, not known"], rows));
  say(
    `${left} left in all. Next: bellman restored settle --by EMAIL, then: bellman release-hold ${restored.hold} --by EMAIL.`,
  );
}

async function settle(house: OpenHouse, { by }: { by: string }): Promise<void> {
  const restored = mustHave(house.deps.settings.dataDir);
  const { doubted, paused, unknown } = await settleGap(depsOf(house), { restored, by });
  say(`${doubted} deliveries are in doubt now: a look-up or a person ends each (bellman in-doubt list).`);
  if (paused.length > 0) say(`Paused, as they were released in the gap: ${paused.join(", ")}.`);
  if (unknown > 0) say(`${unknown} dispatches left of communications this database does not hold.`);
  say(`Nothing leaves before hold ${restored.hold} is lifted.`);
}

async function adopt(
  { deps }: OpenHouse,
  { as: name, by, reason }: { as: string; by: string; reason: string },
) {
  const hold = await adoptDatabase(deps, { name, by, reason });
  say(
    `The database belongs to "${name}" now. Everything is held by hold ${hold}; nothing leaves before it is lifted.`,
  );
}
