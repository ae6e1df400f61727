// bellman retention show | run: what is kept for how long, and deleting what is over now instead of tonight.
import type { Command } from "commander";
import { retainNow, retentionNow, type RetentionView } from "../audience/retention.ts";
import { type Gone, KEPT_ON, KEPT_RECORDS, type KeptRecord, totalOf } from "../domain/retention.ts";
import { type OpenHouse, visitHouse } from "../house.ts";
import { command, inHouse } from "./context.ts";
import { say, sayJson, table } from "./print.ts";

type RunOptions = { dryRun?: true; by: string; json?: true };

export function retentionCommands(program: Command): void {
  const retention = program.command("retention").description("what is kept for how long, and what is over");
  retention
    .command("show")
    .description("each kind of record with its time, and how much of it is over")
    .option("--json", "print one JSON object")
    .action((options: { json?: true }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => show(house, options))),
    );
  retention
    .command("run")
    .description("delete what is over now; by itself this happens every night")
    .option("--dry-run", "only say what would go")
    .option("--by <email>", "who does it; it goes into the log", "bellman")
    .option("--json", "print one JSON object")
    .action((options: RunOptions) =>
      command((settings) => inHouse(visitHouse(settings), (house) => run(house, options))),
    );
}

async function show({ deps }: OpenHouse, { json }: { json?: true }): Promise<void> {
  const view = await retentionNow(deps);
  if (json) return sayJson({ ...view, keptOn: KEPT_ON });
  const rows = view.records.map((one) => [one.name, one.kept, one.left, one.over]);
  say(table(["record", "kept for", "what is left", "over now"], rows));
  say();
  say(
    table(
      ["record", "kept on"],
      KEPT_ON.map(({ name, why }) => [name, why]),
    ),
  );
  say();
  say(lastRun(view));
}

function lastRun({ runs }: RetentionView): string {
  const last = runs.find((one) => one.finishedAt !== null);
  return last?.finishedAt
    ? `Last done ${last.finishedAt.toISOString().slice(0, 16)} UTC: ${sayGone(last.counts)}.`
    : "It has not been done yet: it is each night while Bellman runs.";
}

async function run({ deps }: OpenHouse, { dryRun, by, json }: RunOptions): Promise<void> {
  if (dryRun) {
    const over = Object.fromEntries((await retentionNow(deps)).records.map((one) => [one.key, one.over]));
    return json ? sayJson({ wouldGo: over }) : say(`Would go: ${sayGone(over)}. Nothing was deleted.`);
  }
  const gone = await retainNow(deps, by);
  if (json) return sayJson({ deleted: gone });
  say(`Deleted: ${sayGone(gone)}.${totalOf(gone) > 0 ? " The log has the proof." : ""}`);
}

const sayGone = (gone: Gone): string => {
  const some = Object.entries(gone).filter(([, count]) => count > 0);
  if (some.length === 0) return "nothing";
  return some.map(([kind, count]) => `${count} × ${nameOf(kind as KeptRecord | "people")}`).join(", ");
};
const nameOf = (kind: KeptRecord | "people"): string =>
  kind === "people" ? "people without any consent left" : KEPT_RECORDS[kind].name.toLowerCase();
