// bellman segments list | show | count: who the segments are, their versions, and how many people they reach now.
import type { Command } from "commander";
import { countAudience } from "../audience/count.ts";
import type { MessageClass } from "../domain/basis.ts";
import { CLASSES } from "../domain/classes.ts";
import { DomainError } from "../domain/errors.ts";
import type { Segment } from "../domain/segment.ts";
import { FEWEST_SHOWN, type Shown } from "../domain/segment-count.ts";
import { type RuleNames, sayRule } from "../domain/segment-words.ts";
import { type OpenHouse, visitHouse } from "../house.ts";
import { nearest } from "../lib/nearest.ts";
import { command, inHouse } from "./context.ts";
import { note, say, sayJson, table } from "./print.ts";

type CountOptions = { list?: string; class: string; json?: true };
type JsonOption = { json?: true };

export function segmentCommands(program: Command): void {
  const segments = program.command("segments").description("who messages are for, and how many that are");
  const inOne = (work: (house: OpenHouse) => Promise<void>) =>
    command((settings) => inHouse(visitHouse(settings), work));
  segments
    .command("list")
    .description("every segment with its rule in words")
    .option("--json", "print one JSON object")
    .action((options: JsonOption) => inOne((house) => list(house, options)));
  segments
    .command("show")
    .description("one segment: its rule, its versions, and what is planned for it")
    .argument("<key>")
    .option("--json", "print one JSON object")
    .action((key: string, options: JsonOption) => inOne((house) => show(house, key, options)));
  segments
    .command("count")
    .description("how many people segments reach now; each person counts for the most specific only")
    .argument("[keys...]", "which segments; without any, all")
    .option("--list <key>", "the list they are asked of; without it, the first that a channel has")
    .option("--class <class>", `class of message: ${CLASSES.join(", ")}`, "public-task-information")
    .option("--json", "print one JSON object")
    .action((keys: string[], options: CountOptions) => inOne((house) => count(house, keys, options)));
}

async function ruleNames({ deps }: OpenHouse): Promise<RuleNames> {
  const { areas, groups, interests, lists } = await deps.store.partnership.read();
  const named = (rows: readonly { key: string; name: string }[]) => (key: string) =>
    rows.find((row) => row.key === key)?.name ?? key;
  return {
    area: (code) => areas.find((one) => one.code === code)?.name ?? code,
    ...{ group: named(groups), interest: named(interests), language: (code) => code },
    list: (key) => deps.listNames.open({ key, name: named(lists)(key) }),
  };
}

async function list(house: OpenHouse, { json }: JsonOption): Promise<void> {
  const { segments } = await house.deps.store.partnership.read();
  const names = await ruleNames(house);
  const rows = segments.map(({ key, name, rule, specificity, origin }) => ({
    ...{ key, name, rule, specificity, origin: origin ?? "file", words: sayRule(rule, names) },
  }));
  if (json) return sayJson({ segments: rows });
  say(
    table(
      ["key", "name", "who"],
      rows.map(({ key, name, words }) => [key, name, words]),
    ),
  );
}

async function show(house: OpenHouse, key: string, { json }: JsonOption): Promise<void> {
  const { store } = house.deps;
  const segment = await store.segments.one(key);
  if (!segment) throw await missing(house, key);
  const names = await ruleNames(house);
  const versions = await store.segments.versions(key);
  const usedIn = await store.segments.usedIn(key);
  const words = sayRule(segment.rule as Segment["rule"], names);
  if (json) return sayJson({ ...segment, words, versions, usedIn });
  say(
    `${segment.name} (version ${segment.version}, kept ${segment.origin === "page" ? "on its page" : "in the partnership's file"})`,
  );
  say(`  ${words}`);
  say();
  const rows = versions.map((one) => [
    one.version,
    one.at.toISOString().slice(0, 16),
    one.madeBy,
    sayRule(one.rule, names),
  ]);
  say(table(["version", "made (UTC)", "by", "who"], rows));
  for (const { reference, title, state } of usedIn)
    say(`  planned for it: ${reference}  ${title} (${state})`);
}

async function missing({ deps }: OpenHouse, key: string): Promise<DomainError> {
  const near = nearest(
    key,
    (await deps.store.segments.list()).map((one) => one.key),
  );
  const hint = near.length > 0 ? ` Did you mean ${near.join(", ")}?` : "";
  return new DomainError(
    "no-such-segment",
    `There is no segment "${key}".${hint} See: bellman segments list`,
  );
}

async function count(house: OpenHouse, keys: readonly string[], options: CountOptions): Promise<void> {
  const { segments, channels } = await house.deps.store.partnership.read();
  for (const key of keys) if (!segments.some((one) => one.key === key)) throw await missing(house, key);
  const messageClass = CLASSES.find((one) => one === options.class);
  if (!messageClass)
    throw new DomainError(
      "no-such-class",
      `"${options.class}" is no class of message. Use one of ${CLASSES.join(", ")}.`,
    );
  const listKey = options.list ?? channels.find((one) => one.listKey !== null)?.listKey ?? "";
  const asked = segments.filter(({ key }) => keys.length === 0 || keys.includes(key));
  return print(house, { listKey, messageClass, segments: asked }, options);
}

interface Asked {
  readonly listKey: string;
  readonly messageClass: MessageClass;
  readonly segments: readonly Segment[];
}
async function print({ deps }: OpenHouse, asked: Asked, { json }: JsonOption): Promise<void> {
  const counted = await countAudience(deps, asked);
  if (json) return sayJson({ list: asked.listKey, class: asked.messageClass, ...counted });
  say(
    `List ${asked.listKey}, ${asked.messageClass}: ${sayShown(counted.total)} get it, of ${sayShown(counted.mayGet)} who may, of ${sayShown(counted.onList)} on the list.`,
  );
  say(
    table(
      ["segment", "fit", "get this copy"],
      counted.segments.map((one) => [one.key, shown(one.matches), shown(one.gets)]),
    ),
  );
  say(
    `languages: ${counted.languages.map(({ language, people }) => `${language} ${sayShown(people)}`).join(", ")}`,
  );
  if (counted.hidden) note(HIDDEN);
}
const HIDDEN = `On a sensitive subject fewer than ${FEWEST_SHOWN} people are never counted apart, nor what would add up to them.`;
const shown = (people: Shown): string | number => people ?? `under ${FEWEST_SHOWN}`;
const sayShown = (people: Shown): string => people?.toLocaleString("en-GB") ?? `fewer than ${FEWEST_SHOWN}`;
