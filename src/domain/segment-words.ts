// A segment's rule as a sentence, for pages, previews and approvals. Pure.
import { halves, type SegmentPart, type SegmentRule } from "./segment.ts";

/** What people call the things a rule names; each answers the key itself where it is unknown. */
export interface RuleNames {
  readonly area: (code: string) => string;
  readonly group: (key: string) => string;
  readonly interest: (key: string) => string;
  readonly language: (code: string) => string;
  readonly list: (key: string) => string;
}

const EVERYBODY = "Everyone on the list";

/** "Adults who live here, in Castle or Eastgate, interested in Scams and fraud; except Businesses". */
export function sayRule(rule: SegmentRule, names: RuleNames): string {
  const { own, except } = halves(rule);
  const [groups, ...others] = phrases(own, names);
  const who = groups === null ? EVERYBODY : (groups ?? EVERYBODY);
  const said = [who, ...others.filter((phrase) => phrase !== null)].join(", ");
  const out = exceptions(except, names);
  return out.length === 0 ? said : `${said}; except ${either(out)}`;
}

/** Groups first, as they are who; then where, what for, and the rest. Null where the rule says nothing of it. */
function phrases(
  { groups, areas, interests, languages, lists, heard_within_months: heard }: SegmentPart,
  names: RuleNames,
): (string | null)[] {
  const said = (before: string, keys: readonly string[] | undefined, name: (key: string) => string) =>
    keys === undefined ? null : `${before}${either(keys.map(name))}`;
  return [
    said("", groups, names.group),
    said("in ", areas, names.area),
    said("interested in ", interests, names.interest),
    said("who read ", languages, names.language),
    said("on the list ", lists, names.list),
    heard === undefined ? null : `heard from in the last ${months(heard)}`,
  ];
}

function exceptions(except: SegmentPart, names: RuleNames): string[] {
  const [groups, areas, interests, languages, lists, heard] = phrases(except, names);
  const who = (phrase: string | null | undefined, before: string) => (phrase ? [`${before}${phrase}`] : []);
  return [
    ...(groups ? [groups] : []),
    ...who(areas, "people "),
    ...who(interests, "people "),
    ...who(languages, "people "),
    ...who(lists, "people "),
    ...who(heard, "people "),
  ];
}

const months = (count: number): string => (count === 1 ? "month" : `${count} months`);

const either = (items: readonly string[]): string =>
  items.length < 2 ? (items[0] ?? "") : `${items.slice(0, -1).join(", ")} or ${items.at(-1) ?? ""}`;
