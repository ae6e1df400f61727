// npm run chaos: kills every part of a working Bellman again and again and proves that nothing is lost and nothing sent twice.
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import { sayJson } from "../../src/cli/print.ts";
import { redisHalf, NO_REDIS } from "../support/redis.ts";
import { type Kind, KIND_NAMES } from "./kinds.ts";
import { isClean } from "./oracle.ts";
import { jsonOf, sentences, tableOf } from "./report.ts";
import { runChaos, type RunOptions } from "./run.ts";

const positive = (text: string): number => {
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1.");
  return Number(text);
};
const kinds = (text: string): Kind[] => {
  const unknown = text.split(",").filter((name) => !KIND_NAMES.includes(name as Kind));
  if (unknown.length > 0) throw new InvalidArgumentError(`There are: ${KIND_NAMES.join(", ")}.`);
  return text.split(",") as Kind[];
};
/** A run of hours that is broken off must still say what it found. */
const enough = new AbortController();
const say = (line: string): void => void process.stderr.write(`${line}\n`);

type Given = Omit<RunOptions, "only" | "say"> & { readonly only?: Kind[]; readonly json?: true };

const program = new Command("chaos")
  .description(
    "Kills every part of a working Bellman and accounts for every message. Exit code 1: something is wrong.",
  )
  .option("--trials <n>", "how many kills", positive, 60)
  .option("--recipients <n>", "how many messages are taken in each trial", positive, 2_000)
  .addOption(new Option("--backend <which>", "the queue").choices(["postgres", "redis"]).default("postgres"))
  .option("--no-lookup", "a relay that cannot be asked what it took: doubt stays doubt")
  .option("--seed <n>", "chooses victims and moments", positive, 1)
  .option("--only <kinds>", `some of: ${KIND_NAMES.join(",")}`, kinds)
  .option("--workers <n>", "how many worker processes", positive, 2)
  .option("--json", "print one JSON object at the end")
  .exitOverride()
  .showHelpAfterError()
  .action(async ({ only, json, ...given }: Given) => {
    if (given.backend === "redis" && redisHalf() === "skip") throw new Error(NO_REDIS);
    const possible = (only ?? KIND_NAMES).filter((kind) => kind !== "redis" || given.backend === "redis");
    if (possible.length === 0) throw new Error("Without --backend redis there is no Redis to kill.");
    const options: RunOptions = { ...given, only: possible, say, enough: enough.signal };
    const outcome = await runChaos(options);
    const write = json ? say : (line: string) => void process.stdout.write(`${line}\n`);
    for (const line of ["", tableOf(outcome), "", ...sentences(outcome)]) write(line);
    if (json) sayJson(jsonOf(outcome, options));
    process.exitCode = isClean(outcome.verdict) && outcome.faults.length === 0 ? 0 : 1;
  });

/** A connection that PostgreSQL takes with it must not end the runner, which plans campaigns with the product's own store. */
process.on("uncaughtException", (error: Error & { code?: string }) => {
  if (error.code?.startsWith("57P") || error.message.startsWith("Connection terminated")) return;
  say(`The trials failed: ${error.stack ?? error.message}`);
  process.exit(1);
});
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.on(signal, () => {
    if (enough.signal.aborted) process.exit(130);
    say("Enough: what was done so far is judged. Once more, and it ends at once.");
    enough.abort();
  });
try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    say(`The trials failed: ${error instanceof Error ? error.stack : String(error)}`);
    process.exitCode = 1;
  }
}
process.exit();
