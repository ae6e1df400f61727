// bellman lists list | show: the lists with their owners, words, agreement and how many may be written to. Reads only.
import type { Command } from "commander";
import { listNow, listsNow, type ListView } from "../audience/lists.ts";
import type { AgreementNow } from "../domain/agreement.ts";
import { sayShown } from "../domain/small-count.ts";
import { type OpenHouse, visitHouse } from "../house.ts";
import { command, inHouse } from "./context.ts";
import { note, say, sayJson, table } from "./print.ts";

export function listCommands(program: Command): void {
  const lists = program
    .command("lists")
    .description("whom we may write to, for what, and who decides over it");
  lists
    .command("list")
    .description("every list with its agency and how many may be written to now")
    .option("--json", "print one JSON object")
    .action((options: { json?: true }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => list(house, options))),
    );
  lists
    .command("show")
    .description("one list: controllers, words with their versions, agreement, who joined and left by month")
    .argument("<key>")
    .option("--json", "print one JSON object")
    .action((key: string, options: { json?: true }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => show(house, key, options))),
    );
}

async function list({ deps }: OpenHouse, { json }: { json?: true }): Promise<void> {
  const lists = await listsNow(deps);
  if (json) return sayJson({ lists });
  if (lists.length === 0)
    return say("No lists yet. They are part of the partnership's file: bellman apply FILE.yaml");
  const rows = lists.map((one) => [
    ...[one.key, one.name, one.agency.name, marksOf(one), sayShown(one.people)],
    one.channels.map((channel) => channel.key).join(", "),
  ]);
  say(table(["key", "name", "agency", "kind", "people", "channels"], rows));
  for (const { key, agreement } of lists)
    if (agreement && agreement.state !== "good") note(warning(key, agreement));
}

const marksOf = ({ kind, sensitive, open, active }: ListView): string =>
  [kind, sensitive ? "sensitive" : "", open ? "" : "closed", active ? "" : "switched off"]
    .filter(Boolean)
    .join(", ");

const warning = (key: string, { reference, until, state, days }: AgreementNow): string =>
  state === "over"
    ? `The agreement ${reference} on list "${key}" ended with ${until}: nothing is sent to it. Renew it in the partnership's file.`
    : `The agreement ${reference} on list "${key}" ends with ${until}, in ${days} day(s). Nothing is sent to the list after it.`;

async function show({ deps }: OpenHouse, key: string, { json }: { json?: true }): Promise<void> {
  const { list: one, months } = await listNow(deps, key);
  if (json) return sayJson({ ...one, months });
  const { agreement } = one;
  say(`${one.name} (${one.key})`);
  const facts = [
    ["agency", one.agency.name],
    ["controllers", one.controllers.join(", ")],
    ["kind", marksOf(one)],
    ["basis", one.basis],
    ["people", sayShown(one.people)],
    ["channels", one.channels.map((channel) => `${channel.key} (${channel.label})`).join(", ") || "none"],
    ["reason given", one.reason],
    ["privacy notice", one.privacyNoticeUrl],
    ["agreement", agreement ? `${agreement.reference}, until ${agreement.until}` : "none: not shared"],
  ];
  say(facts.map(([what = "", said = ""]) => `${what.padEnd(15)} ${said}`).join("\n"));
  if (agreement && agreement.state !== "good") note(warning(one.key, agreement));
  say();
  for (const { version, since, text, current } of one.wordings)
    say(`words ${version}, since ${since.slice(0, 10)}${current ? " (in use)" : ""}:\n  ${text}`);
  say();
  say(
    table(
      ["month", "joined", "left"],
      months.map((row) => [row.month, row.joined ?? sayShown(null), row.left ?? sayShown(null)]),
    ),
  );
}
