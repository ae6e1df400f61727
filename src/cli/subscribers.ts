// bellman subscribers import | imports | export | export-request | export-agree | erase | access: lists in and out, and one person's data.
import { type Command, InvalidArgumentError, Option } from "commander";
import { ENCODINGS } from "../audience/import/encoding.ts";
import { BASES } from "../domain/basis.ts";
import { visitHouse } from "../house.ts";
import { command, inHouse } from "./context.ts";
import {
  type AgreeOptions,
  agreeToExport,
  askForExport,
  type AskOptions,
  exportTo,
  type ExportOptions,
} from "./export.ts";
import { type ImportOptions, importFile, pastImports } from "./import.ts";
import { accessPerson, erasePerson, type PersonOptions } from "./person.ts";

export function subscriberCommands(program: Command): void {
  const subscribers = program
    .command("subscribers")
    .description("bring lists in, take them out, and find or erase what is held of one person");
  importCommand(subscribers);
  subscribers
    .command("imports")
    .description("the imports there were, newest first")
    .option("--json", "print one JSON object")
    .action((options: { json?: true }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => pastImports(house, options))),
    );
  exportCommands(subscribers);
  personCommands(subscribers);
}

function importCommand(subscribers: Command): void {
  subscribers
    .command("import")
    .description("bring people into a list from a CSV file: all that can be taken at once, or nobody")
    .argument("<file>", "a CSV file whose first line names its columns")
    .requiredOption("--list <key>", "into which list; never taken from the file")
    .option("--by <email>", "who imports it; it goes into the log", "the command line")
    .option(
      "--map <column=field>",
      "which of our fields a column is, or none (column=); may be given again",
      columnField,
      new Map<string, string>(),
    )
    .addOption(
      new Option("--encoding <name>", "the file's encoding, where it cannot be proved").choices([
        ...ENCODINGS,
      ]),
    )
    .addOption(
      new Option("--basis <basis>", "why they may be written to, where the file has no column of it").choices(
        [...BASES],
      ),
    )
    .option("--source <text>", "where they agreed, where the file does not say")
    .option("--wording <version>", "the words they agreed to, where the file does not say")
    .option("--given-at <day>", "when they agreed, where the file does not say")
    .option("--strict", "all rows or none: one that is refused, and nobody is taken")
    .option("--take-flagged", "take role and look-alike addresses as the others: a person has looked at them")
    .option(
      "--relay-takes-unicode",
      'the mail relay takes addresses with other letters before the "@" (SMTPUTF8)',
    )
    .option("--dry-run", "show the first rows and what would happen; nothing is stored")
    .option("--json", "print one JSON object at the end")
    .action((file: string, options: ImportOptions) =>
      command((settings) => inHouse(visitHouse(settings), (house) => importFile(house, file, options))),
    );
}

/** "Email Address=email" → the map with it; the last "=" counts, as headings may hold others. */
function columnField(text: string, given: Map<string, string>): Map<string, string> {
  const at = text.lastIndexOf("=");
  if (at < 1) throw new InvalidArgumentError('It must read "column=field", such as "E-Mail=email".');
  return new Map(given).set(text.slice(0, at).trim(), text.slice(at + 1).trim());
}

function exportCommands(subscribers: Command): void {
  subscribers
    .command("export")
    .description("take out everybody on a list who may be written to, as CSV that no spreadsheet runs")
    .requiredOption("--list <key>", "which list")
    .requiredOption("--by <email>", "who takes it out; it goes into the log")
    .option("--out <file>", "where to; without it, to standard output")
    .option("--request <id>", "the request a second person agreed to; a sensitive list needs one")
    .option("--json", "print one JSON object at the end (with --out)")
    .action((options: ExportOptions) =>
      command((settings) => inHouse(visitHouse(settings), (house) => exportTo(house, options))),
    );
  subscribers
    .command("export-request")
    .description("ask to take a sensitive list out; a second person has to agree")
    .requiredOption("--list <key>", "which list")
    .requiredOption("--by <email>", "who asks; it goes into the log")
    .requiredOption("--reason <text>", "what it is needed for")
    .option("--json", "print one JSON object")
    .action((options: AskOptions) =>
      command((settings) => inHouse(visitHouse(settings), (house) => askForExport(house, options))),
    );
  subscribers
    .command("export-agree")
    .description("agree that a sensitive list is taken out, once; without a request, show those that wait")
    .argument("[request]", "its id")
    .option("--by <email>", "who agrees: an approver, and not who asked; it goes into the log")
    .option("--json", "print one JSON object")
    .action((request: string | undefined, options: AgreeOptions) =>
      command((settings) => inHouse(visitHouse(settings), (house) => agreeToExport(house, request, options))),
    );
}

function personCommands(subscribers: Command): void {
  subscribers
    .command("access")
    .description("everything held of one person, for them (subject access)")
    .argument("<address>", 'their address, or "-" to read it from standard input')
    .option("--by <email>", "who asks for it; it goes into the log", "the command line")
    .action((address: string, options: PersonOptions) =>
      command((settings) => inHouse(visitHouse(settings), (house) => accessPerson(house, address, options))),
    );
  subscribers
    .command("erase")
    .description(
      "erase what is held of one person; that they must not be written to is kept, as a keyed hash",
    )
    .argument("<address>", 'their address, or "-" to read it from standard input')
    .requiredOption("--by <email>", "who erases it; it goes into the log, the person does not")
    .option("--json", "print one JSON object")
    .action((address: string, options: PersonOptions & { by: string }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => erasePerson(house, address, options))),
    );
}
