// bellman sender check: would mail in our name be believed? What was found, why it matters, what to publish.
import type { Command } from "commander";
import { checkSender } from "../audience/sender/check.ts";
import { type OpenHouse, visitHouse } from "../house.ts";
import { command, EXIT, inHouse } from "./context.ts";
import { say, sayJson } from "./print.ts";

export function senderCommands(program: Command): void {
  program
    .command("sender")
    .description("the domain our mail is sent from")
    .command("check")
    .description(
      "look up SPF, DKIM, DMARC and where reports go, and say what is missing; exit code 1 where bulk mail would fail",
    )
    .option("--json", "print one JSON object")
    .action((options: { json?: true }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => check(house, options))),
    );
}

const SIGNS = { right: "ok", better: "could be better", wrong: "WRONG", unknown: "not answered" } as const;

async function check({ deps }: OpenHouse, { json }: { json?: true }): Promise<void> {
  const checked = await checkSender(deps);
  if (checked && !checked.fit) process.exitCode = EXIT.failed;
  if (json) return sayJson(checked ?? { looked: false, why: "sandbox" });
  if (!checked)
    return say(
      "Nothing was looked up: in the sandbox nothing leaves this machine, and nobody outside is asked.",
    );
  say(
    checked.fit ? `${checked.domain} is fit for bulk mail.` : `${checked.domain} is not fit for bulk mail.`,
  );
  for (const { about, rating, found, why, add } of checked.findings) {
    say(`\n${about.toUpperCase()}: ${SIGNS[rating]}\n  ${found}`);
    if (rating !== "right") say(`  ${why}`);
    if (add) say(`  Publish: ${add.name}. ${add.type} "${add.value}"`);
  }
}
