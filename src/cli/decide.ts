// bellman decide list | decide REFERENCE: what becomes of a communication that waits for a person.
import { type Command, Option } from "commander";
import { type Decision, DECISIONS } from "../domain/hold.ts";
import { sayWallTime } from "../domain/wall-time.ts";
import { type OpenHouse, visitHouse } from "../house.ts";
import { decideWaiting } from "../journey/hold.ts";
import { command, inHouse } from "./context.ts";
import { say, sayJson, table } from "./print.ts";

type Options = { as?: Decision; by?: string; why?: string; until?: string; json?: true };

/** The words that must be given are asked for by hand: commander would ask them of `decide list` too. */
export function decideCommands(program: Command): void {
  const decide = program
    .command("decide")
    .description("say what becomes of a communication that waits: it goes on, or it ends here")
    .argument("[reference]", "its reference, such as BM-7F3K-2QXR; must be given")
    .addOption(new Option("--as <what>", "what becomes of it; must be given").choices([...DECISIONS]))
    .option("--by <email>", "who decides; it goes into the log; must be given")
    .option("--why <text>", "the reason; it goes into the log; must be given")
    .option(
      "--until <time>",
      "until when it is useful now, as 2026-11-22 18:00 of the partnership’s time zone",
    )
    .option("--json", "print one JSON object")
    .action((reference: string | undefined, options: Options) => {
      const { as, by, why } = options;
      if (!reference || !as || !by || why === undefined)
        return decide.error(
          'error: to decide, write: bellman decide REFERENCE --as go|cancel --by EMAIL --why "…"; bellman decide list shows what waits',
        );
      return command((settings) =>
        inHouse(visitHouse(settings), (house) => take(house, reference, { ...options, as, by, why })),
      );
    });
  decide
    .command("list")
    .description("every communication that waits for a decision")
    .option("--json", "print one JSON object")
    .action((_options: unknown, one: Command) =>
      command((settings) =>
        inHouse(visitHouse(settings), (house) => list(house, one.optsWithGlobals<{ json?: true }>())),
      ),
    );
}

type Taken = Options & { as: Decision; by: string; why: string };

async function take({ deps }: OpenHouse, reference: string, options: Taken): Promise<void> {
  const { as: decision, until, by, why, json } = options;
  await decideWaiting(deps, { reference, decision, until: until ?? null, by, why });
  if (json) return sayJson({ reference, decision });
  say(
    decision === "go"
      ? `Recorded: ${reference} goes on.`
      : `Recorded: ${reference} is cancelled; what had not left stays here.`,
  );
}

async function list({ deps }: OpenHouse, { json }: { json?: true }): Promise<void> {
  const waiting = await deps.store.holds.undecided();
  if (json) return sayJson({ waiting });
  if (waiting.length === 0) return say("Nothing waits for a decision.");
  const rows = waiting.map((one) => [
    one.reference,
    one.title,
    sayWallTime(one.dueAt.toISOString(), one.zone),
    sayWallTime(one.latestUsefulAt.toISOString(), one.zone) + (one.late ? " (has passed)" : ""),
    one.authorEmail,
    one.why,
  ]);
  say(table(["reference", "communication", "due", "useful until", "owner", "why it waits"], rows));
}
