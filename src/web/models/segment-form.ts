// The form on which a segment is built: what can be ticked, what was, and the rule that makes of it.
import { PARTS, type SegmentPart, type SegmentRule } from "../../domain/segment.ts";
import type { WebDeps } from "../web-deps.ts";
import type { Fields } from "../plugins/forms.ts";
import { sayLanguage } from "./words.ts";

type SetUp = Awaited<ReturnType<WebDeps["store"]["partnership"]["read"]>>;
type Line = Exclude<(typeof PARTS)[number], "heard_within_months">;

export interface Box {
  /** The field's name: "own.groups.businesses". */
  readonly name: string;
  readonly text: string;
  readonly checked: boolean;
  /** How deep in the tree of places. */
  readonly depth: number;
}
export interface BoxGroup {
  readonly id: string;
  readonly legend: string;
  readonly hint: string;
  readonly boxes: readonly Box[];
  readonly ticked: number;
}
/** Sides of a rule: who is in it, and who is left out. */
type Side = "own" | "except";

const LEGENDS: Readonly<Record<Line, string>> = {
  areas: "Where they live",
  groups: "Who they are",
  interests: "What they are interested in",
  languages: "The language they read",
  lists: "A list they are on",
};
const HINTS: Readonly<Record<Line, string>> = {
  areas: "A ward has its neighbourhoods in it",
  groups: "As they said of themselves",
  interests: "As they said of themselves; only one that is sensitive",
  languages: "",
  lists: "Whichever list the message goes to",
};
export const MONTHS = [3, 6, 12, 18, 24] as const;

interface Choice {
  readonly key: string;
  readonly text: string;
  readonly depth?: number;
}

/** What a rule may name. A sensitive interest can choose people and never leave them out; lists with a purpose of their own do neither. */
function choicesOf(setUp: SetUp, languages: readonly string[], side: Side): Record<Line, readonly Choice[]> {
  const named = (rows: readonly { key: string; name: string }[]) =>
    rows.map(({ key, name }) => ({ key, text: name }));
  return {
    groups: named(setUp.groups),
    areas: treeOf(setUp.areas),
    interests: named(setUp.interests.filter(({ sensitive }) => side === "own" || !sensitive)),
    languages: languages.map((key) => ({ key, text: sayLanguage(key) })),
    lists: named(setUp.lists.filter(({ kind, sensitive }) => kind === "residents" && !sensitive)),
  };
}

/** Each place under the one it lies in. */
function treeOf(areas: SetUp["areas"], parent: string | null = null, depth = 0): Choice[] {
  return areas
    .filter(({ parentCode }) => parentCode === parent)
    .flatMap(({ code, name }) => [{ key: code, text: name, depth }, ...treeOf(areas, code, depth + 1)]);
}

/** The groups of boxes of both sides, ticked as `rule` says. */
export function boxesOf(
  setUp: SetUp,
  languages: readonly string[],
  rule: SegmentRule,
): Record<Side, readonly BoxGroup[]> {
  const side = (name: Side, part: SegmentPart): BoxGroup[] =>
    (Object.entries(choicesOf(setUp, languages, name)) as [Line, readonly Choice[]][])
      .filter(([, choices]) => choices.length > 0)
      .map(([line, choices]) => ({
        id: `${name}-${line}`,
        ...{ legend: LEGENDS[line], hint: HINTS[line], ticked: part[line]?.length ?? 0 },
        boxes: choices.map(({ key, text, depth = 0 }) => ({
          ...{ name: `${name}.${line}.${key}`, text, depth },
          checked: part[line]?.includes(key) ?? false,
        })),
      }));
  return { own: side("own", rule), except: side("except", rule.except ?? {}) };
}

/** The rule that was ticked; may hold what cannot be, which whoever saves or counts it says in words. */
export function ruleOf(fields: Fields): SegmentRule {
  const ticked = Object.keys(fields).filter((name) => fields[name] === "yes");
  const part = (side: Side): SegmentPart => {
    const lines = PARTS.flatMap((line) => {
      const before = `${side}.${line}.`;
      const keys = ticked.flatMap((name) => (name.startsWith(before) ? [name.slice(before.length)] : []));
      return keys.length > 0 ? [[line, keys] as const] : [];
    });
    const months = Number(fields[`${side}.heard`] ?? "");
    return { ...Object.fromEntries(lines), ...(months > 0 ? { heard_within_months: months } : {}) };
  };
  const except = part("except");
  return { ...part("own"), ...(Object.keys(except).length > 0 ? { except } : {}) };
}
