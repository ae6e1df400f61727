// bellman hold | holds | release-hold: stop everything in a scope, also when the database is away, and lift that again.
import type { Command } from "commander";
import type { Settings } from "../../config/env.ts";
import { DomainError } from "../domain/errors.ts";
import { parseScope, sayScope, type Scope } from "../domain/hold.ts";
import { databaseAnswers, type OpenHouse, stopHere, visitHouse } from "../house.ts";
import { hold, releaseHold } from "../journey/hold.ts";
import { command, EXIT, inHouse } from "./context.ts";
import { wholeNumber } from "./log.ts";
import { note, say, sayJson, table } from "./print.ts";

/** Slower than this the stop file is written as well. In ms; a hold itself takes a few. */
const PATIENCE_MS = 20_000;
/** What the person wrote is at fault: nothing was to be held that way. */
const THEIR_OWN = new Set(["bad-scope", "no-such-scope", "no-reason"]);

type HoldOptions = { scope: string; reason: string; by: string; json?: true };

export function holdCommands(program: Command): void {
  program
    .command("hold")
    .description("stop sending at once, everything or one scope; without a database, on this machine")
    .option(
      "--scope <what>",
      "everything, agency:KEY, channel:KEY, theme:KEY (a priority) or campaign:KEY",
      "everything",
    )
    .requiredOption("--reason <text>", "why; everybody who finds it stopped reads this")
    .option("--by <email>", "who stops it; it goes into the log", "the command line")
    .option("--json", "print one JSON object")
    .action((options: HoldOptions) => command((settings) => place(settings, options)));
  program
    .command("holds")
    .description("the holds in force")
    .option("--json", "print one JSON object")
    .action((options: { json?: true }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => list(house, options))),
    );
  program
    .command("release-hold")
    .description("lift a hold; what it kept back asks for a decision, nothing goes by itself")
    .argument("<hold>", "its number", wholeNumber)
    .requiredOption("--by <email>", "who lifts it; it goes into the log")
    .option("--json", "print one JSON object")
    .action((id: number, options: { by: string; json?: true }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => lift(house, id, options))),
    );
}

async function place(settings: Settings, options: HoldOptions): Promise<void> {
  const scope = parseScope(options.scope);
  if (options.reason.trim() === "")
    throw new DomainError("no-reason", "A hold needs a reason: those who find it must know why.");
  if (!(await databaseAnswers(settings))) return stopByFile(settings, scope, options, "it does not answer");
  let placed = false;
  const placing = inHouse(visitHouse(settings), async (house) => {
    await placeIn(house, scope, options);
    placed = true;
  });
  try {
    await within(PATIENCE_MS, placing);
  } catch (error) {
    if (placed || (error instanceof DomainError && THEIR_OWN.has(error.code))) throw error;
    stopByFile(settings, scope, options, (error as Error).message);
    // What hangs would keep this process; the stop is on disk.
    setTimeout(() => process.exit(EXIT.done), 2_000).unref();
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1000} seconds`)), ms);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}

async function placeIn({ deps }: OpenHouse, scope: Scope, { reason, by, json }: HoldOptions): Promise<void> {
  const id = await hold(deps, { scope, reason, by });
  const kept = await deps.store.standing.keptBack(id);
  if (json) return sayJson({ hold: id, scope: sayScope(scope), keptBack: kept });
  say(`Hold ${id} is in force: ${sayScope(scope)}. Nothing in it leaves any more.`);
  say(
    kept.length === 0
      ? "Nothing of it was under way or due. What falls due waits for a decision."
      : `It keeps back ${kept.length} communication(s) under way or due:`,
  );
  for (const { reference, title } of kept) say(`  ${reference}  ${title}`);
  say(`To lift it: bellman release-hold ${id} --by EMAIL`);
}

/** The database is away: then no gate can commit, and this file keeps it so on this machine once it is back (X14). */
function stopByFile(settings: Settings, scope: Scope, { reason, by, json }: HoldOptions, why: string): void {
  if (scope.kind !== "everything")
    throw new DomainError(
      "only-everything",
      `The database cannot be used (${why}), so ${sayScope(scope)} cannot be held alone. Stop everything on this machine with: bellman hold --reason "…". Once the database is back, hold ${scope.kind}:${scope.key} and lift the other.`,
    );
  const path = stopHere(settings, { reason: reason.trim(), by });
  if (json) return sayJson({ stopFile: path, scope: "everything", why });
  say(`The database cannot be used (${why}), so a stop file was written: ${path}`);
  say(
    "Nothing leaves this machine while it is there. Bellman makes it a hold once the database is back: see bellman holds",
  );
}

async function list({ deps }: OpenHouse, { json }: { json?: true }): Promise<void> {
  const holds = await deps.store.holds.active();
  const file = deps.stopFile.read();
  if (json) return sayJson({ holds, stopFile: file });
  if (file)
    note(`The stop file ${deps.stopFile.path} is there: ${file.reason}. Nothing leaves this machine.`);
  if (holds.length === 0) return say("No hold is in force.");
  const rows = holds.map((one) => [
    String(one.id),
    sayScope(one),
    one.placedAt.toISOString().slice(0, 16),
    one.placedBy,
    one.reason,
  ]);
  say(table(["hold", "scope", "since (UTC)", "by", "why"], rows));
}

async function lift(
  { deps }: OpenHouse,
  id: number,
  { by, json }: { by: string; json?: true },
): Promise<void> {
  const references = await releaseHold(deps, { id, by });
  const file = deps.stopFile.read();
  if (file)
    note(
      `The stop file ${deps.stopFile.path} is still there: nothing leaves this machine before it is a hold and lifted.`,
    );
  const waiting = (await deps.store.holds.undecided()).filter((one) => references.includes(one.reference));
  if (json)
    return sayJson({ released: id, waiting: waiting.map(({ reference, title }) => ({ reference, title })) });
  say(`Hold ${id} is lifted.`);
  if (waiting.length === 0) return say("It kept nothing back that waits now.");
  say(`${waiting.length} communication(s) wait for a decision; none goes by itself:`);
  for (const { reference, title, late } of waiting) {
    say(`\n  ${reference}  ${title}${late ? " (no longer useful: say until when it is)" : ""}`);
    const until = late ? ' --until "YYYY-MM-DD HH:MM"' : "";
    say(`  bellman decide ${reference} --as go${until} --by ${by} --why "…"`);
    say(`  bellman decide ${reference} --as cancel --by ${by} --why "…"`);
  }
}
