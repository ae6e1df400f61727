// bellman in-doubt list | resolve: what nobody knows, and a person's word that ends it.
import { type Command, Option } from "commander";
import { resolveByHand } from "../journey/resolve.ts";
import { type OpenHouse, visitHouse } from "../house.ts";
import { command, inHouse } from "./context.ts";
import { wholeNumber } from "./log.ts";
import { say, sayJson, table } from "./print.ts";

export function inDoubtCommands(program: Command): void {
  const inDoubt = program
    .command("in-doubt")
    .description("deliveries of which nobody knows whether they arrived");
  inDoubt
    .command("list")
    .description("every delivery in doubt that no look-up could settle")
    .option("--json", "print one JSON object")
    .action((options: { json?: true }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => list(house, options))),
    );
  inDoubt
    .command("resolve")
    .description("say what you found out about one delivery")
    .argument("<delivery>", "its number", wholeNumber)
    .addOption(
      new Option("--as <what>", "what you found").choices(["sent", "not-sent"]).makeOptionMandatory(),
    )
    .requiredOption("--by <email>", "who says so; it goes into the log")
    .option("--why <text>", "how you know", "a person checked")
    .action((deliveryId: number, options: Answer) =>
      command((settings) => inHouse(visitHouse(settings), (house) => resolve(house, deliveryId, options))),
    );
}

type Answer = { as: "sent" | "not-sent"; by: string; why: string };

async function list({ deps }: OpenHouse, { json }: { json?: true }): Promise<void> {
  const doubts = await deps.store.doubts.list(1_000);
  if (json) return sayJson({ inDoubt: doubts });
  if (doubts.length === 0) return say("Nothing is in doubt.");
  const rows = doubts.map(({ id, channelKey, reference, since }) => [
    String(id),
    channelKey,
    reference,
    since.toISOString(),
  ]);
  say(table(["delivery", "channel", "communication", "since"], rows));
}

async function resolve({ deps }: OpenHouse, deliveryId: number, { as, by, why }: Answer): Promise<void> {
  await resolveByHand(deps, { deliveryId, sent: as === "sent", by, why });
  say(`Recorded: delivery ${deliveryId} was ${as}.`);
}
