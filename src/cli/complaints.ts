// bellman complaints list | show | acknowledge | answer: the register of complaints about data protection, with its 30 days.
import type { Command } from "commander";
import { acknowledgeComplaint, answerComplaint, complaintOf } from "../audience/complaints.ts";
import { type OpenHouse, visitHouse } from "../house.ts";
import { command, inHouse } from "./context.ts";
import { say, sayJson, table } from "./print.ts";

const inTheHouse = (work: (house: OpenHouse) => Promise<void>) =>
  command((settings) => inHouse(visitHouse(settings), work));

export function complaintCommands(program: Command): void {
  const complaints = program
    .command("complaints")
    .description("complaints about what is done with people's details");
  complaints
    .command("list")
    .description("all of them, what waits first; no addresses")
    .option("--json", "print one JSON object")
    .action((options: { json?: true }) => inTheHouse((house) => list(house, options)));
  complaints
    .command("show")
    .description("one complaint with its words and the address for the answer")
    .argument("<reference>", "such as C-7F3K-2QXR")
    .option("--json", "print one JSON object")
    .action((reference: string, options: { json?: true }) =>
      inTheHouse((house) => showOne(house, reference, options)),
    );
  decidingCommands(complaints);
}

function decidingCommands(complaints: Command): void {
  complaints
    .command("acknowledge")
    .description("say that somebody has read it and looks after it")
    .argument("<reference>", "such as C-7F3K-2QXR")
    .requiredOption("--by <email>", "who; it goes into the log")
    .action((reference: string, { by }: { by: string }) =>
      inTheHouse(async ({ deps }) => {
        await acknowledgeComplaint(deps, { reference, by });
        say(`${reference} is acknowledged.`);
      }),
    );
  complaints
    .command("answer")
    .description("record the outcome; it is sent to whoever complained")
    .argument("<reference>", "such as C-7F3K-2QXR")
    .requiredOption("--outcome <text>", "what was found and done, in the words they will read")
    .requiredOption("--by <email>", "who; it goes into the log")
    .action((reference: string, { outcome, by }: { outcome: string; by: string }) =>
      inTheHouse(async ({ deps }) => {
        await answerComplaint(deps, { reference, outcome, by });
        say(
          `${reference} is answered. The letter with its outcome goes out within seconds, once a worker runs.`,
        );
      }),
    );
}

async function list({ deps }: OpenHouse, { json }: { json?: true }): Promise<void> {
  const rows = await deps.store.complaints.all();
  if (json)
    return sayJson({
      complaints: rows.map(({ reference, about, state, madeAt, acknowledgeBy, answeredAt }) => ({
        ...{ reference, about, state, madeAt, acknowledgeBy, answeredAt },
      })),
    });
  if (rows.length === 0) return say("Nobody has complained.");
  const day = (at: Date | null) => at?.toISOString().slice(0, 10) ?? "";
  say(
    table(
      ["complaint", "about", "state", "made", "acknowledge by", "answered"],
      rows.map((row) => [
        ...[
          row.reference,
          row.about,
          row.state,
          day(row.madeAt),
          day(row.acknowledgeBy),
          day(row.answeredAt),
        ],
      ]),
    ),
  );
}

async function showOne({ deps }: OpenHouse, reference: string, { json }: { json?: true }): Promise<void> {
  const { id: _id, ...row } = await complaintOf(deps, reference);
  if (json) return sayJson(row);
  say(`${row.reference}  ${row.state}  (${row.about})`);
  say(`Made ${row.madeAt.toISOString()}, to be acknowledged by ${row.acknowledgeBy.toISOString()}`);
  say(`Answer to: ${row.email}`);
  say();
  say(row.words);
  if (row.outcome !== null) say(`\nOutcome (${row.answeredBy ?? ""}): ${row.outcome}`);
}
