// The reference of the command line as Markdown, made from the program itself. docs/cli.md is this text; a test compares them.
import type { Argument, Command, Option } from "commander";
import { EXIT } from "./context.ts";

/** One section for each command that does something, in the order they are listed by --help. */
export function cliReference(program: Command): string {
  const parts = [
    "# The command line",
    "<!-- Made from src/cli by `UPDATE_DOCS=1 npm test -- test/contract/house`; do not edit. -->",
    `${program.description()} Every command takes \`--help\`. On a clean clone: \`npm run -s bellman -- COMMAND\`.`,
    exitCodes(),
    overview(program),
    ...commandsOf(program).map((command) => section(command, program)),
  ];
  return `${parts.join("\n\n")}\n`;
}

const exitCodes = (): string =>
  [
    "## Exit codes",
    "",
    "| code | meaning |",
    "| --- | --- |",
    `| ${EXIT.done} | done |`,
    `| ${EXIT.failed} | it could not be done, or something of it failed: one sentence on standard error says what and what to do (\`docs/errors.md\`) |`,
    `| ${EXIT.wrongUse} | the command was written wrongly; nothing was begun |`,
    `| ${EXIT.tryLater} | \`bellman bounces read\` from a pipe: not taken in now; the mail system keeps the message and tries again |`,
  ].join("\n");

/** Commands that act; a group such as `log` only holds others, one with words of its own acts as well. */
const commandsOf = (command: Command): Command[] =>
  command.commands.flatMap((one) => [
    ...(one.commands.length === 0 || one.registeredArguments.length > 0 ? [one] : []),
    ...commandsOf(one),
  ]);

const nameOf = (command: Command, program: Command): string =>
  command === program || !command.parent
    ? program.name()
    : `${nameOf(command.parent, program)} ${command.name()}`;

function overview(program: Command): string {
  const rows = commandsOf(program).map((command) => {
    const name = nameOf(command, program);
    return `| [\`${name}\`](#${name.replaceAll(" ", "-")}) | ${cell(command.description())} |`;
  });
  return ["## Commands", "", "| command | what it does |", "| --- | --- |", ...rows].join("\n");
}

function section(command: Command, program: Command): string {
  const name = nameOf(command, program);
  const words = command.registeredArguments.map(
    (one) => `| \`${shown(one)}\` | ${cell(one.description || "its name")} |`,
  );
  const options = command.options
    .filter((one) => !one.hidden)
    .map((one) => `| \`${one.flags}\` | ${cell(saidOf(one))} |`);
  const rows = [...words, ...options];
  const table = rows.length > 0 ? ["", "| word | meaning |", "| --- | --- |", ...rows] : [];
  const usage = [
    name,
    ...command.registeredArguments.map(shown),
    ...(options.length > 0 ? ["[options]"] : []),
  ];
  return [
    `### ${name}`,
    "",
    `${sentence(command.description())}`,
    "",
    "```sh",
    usage.join(" "),
    "```",
    ...table,
  ].join("\n");
}

function shown(argument: Argument): string {
  const name = argument.name() + (argument.variadic ? "..." : "");
  return argument.required ? `<${name}>` : `[${name}]`;
}

function saidOf({ description, mandatory, argChoices, defaultValue }: Option): string {
  const notes = [
    ...(mandatory ? ["must be given"] : []),
    ...(argChoices ? [`one of: ${argChoices.join(", ")}`] : []),
    ...(defaultValue === undefined ? [] : [`without it: ${String(defaultValue)}`]),
  ];
  return notes.length > 0 ? `${description} (${notes.join("; ")})` : description;
}

/** A cell of a table holds no bar and no line end. */
const cell = (text: string): string => text.replaceAll("|", "\\|").replace(/\s+/g, " ");
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
