// bellman in-doubt list | resolve: what nobody knows, and a person's word that ends it.
import { type Command, Option } from "commander";
import { resolveByHand } from "../journey/resolve.ts";
import { visitHouse } from "../house.ts";
import { command, inHouse } from "./context.ts";
import { wholeNumber } from "./log.ts";
import { say, sayJson, table } from "./print.ts";

export function inDoubtCommands(program: Command): void {
  const inDoubt = program.command("in-doubt").description("deliveries of which nobody knows whether they arrived");
  inDoubt
    .command("list")
    .description("every delivery in doubt that no look-up could settle")
    .option("--json", "print one JSON object")
    .action((options: { json?: true }) =>
      command((settings) =>
        inHouse(visitHouse(settings), async ({ deps }) => {
          const doubts = await deps.store.sweeping.inDoubt(1_000);
          if (options.json) return sayJson({ inDoubt: doubts });
          if (doubts.length === 0) return say("Nothing is in doubt.");
          say(table(["delivery", "channel", "communication"], doubts.map((d) => [String(d.id), d.channelKey, d.communicationId])));
        }),
      ),
    );
  inDoubt
    .command("resolve")
    .description("say what you found out about one delivery")
    .argument("<delivery>", "its number", wholeNumber)
    .addOption(new Option("--as <what>", "what you found").choices(["sent", "not-sent"]).makeOptionMandatory())
    .requiredOption("--by <email>", "who says so; it goes into the log")
    .option("--why <text>", "how you know", "a person checked")
    .action((deliveryId: number, options: { as: string; by: string; why: string }) =>
      command((settings) =>
        inHouse(visitHouse(settings), async ({ deps }) => {
          await resolveByHand(deps, { deliveryId, sent: options.as === "sent", by: options.by, why: options.why });
          say(`Recorded: delivery ${deliveryId} was ${options.as}.`);
        }),
      ),
    );
}
