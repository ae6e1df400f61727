// Segments in words and numbers: how many people, in which languages, who is in two, and which version stands.
import type { Segment } from "../../domain/segment.ts";
import { type AudienceCount, FEWEST_SHOWN, type Shown } from "../../domain/segment-count.ts";
import { type RuleNames, sayRule } from "../../domain/segment-words.ts";
import type { WebDeps } from "../web-deps.ts";
import { sayCount, sayLanguage } from "./words.ts";

export type SetUp = Awaited<ReturnType<WebDeps["store"]["partnership"]["read"]>>;

export const sayShown = (people: Shown): string =>
  people === null ? `fewer than ${FEWEST_SHOWN}` : sayCount(people);

export function ruleNames(setUp: SetUp, listNames: WebDeps["listNames"]): RuleNames {
  const named = (rows: readonly { key: string; name: string }[]) => {
    const names = new Map(rows.map((row) => [row.key, row.name]));
    return (key: string) => names.get(key) ?? key;
  };
  const areas = new Map(setUp.areas.map(({ code, name }) => [code, name]));
  return {
    area: (code) => areas.get(code) ?? code,
    ...{ group: named(setUp.groups), interest: named(setUp.interests), language: sayLanguage },
    list: named(setUp.lists.map((list) => ({ key: list.key, name: listNames.open(list) }))),
  };
}

export interface CountWords {
  /** "1,204 people get this" and what it is of. */
  readonly total: string;
  readonly onList: string;
  readonly mayGet: string;
  /** Why some on the list cannot get this class; null where all can. */
  readonly without: string | null;
  readonly languages: readonly { readonly name: string; readonly people: string }[];
  readonly overlaps: readonly { readonly key: string; readonly name: string; readonly both: string }[];
  readonly hidden: boolean;
}

/** One segment's count, with those of the others it shares people with. `count` is of all of them together. */
export function countWords(
  alone: AudienceCount,
  together: AudienceCount,
  key: string,
  name: (segment: string) => string,
): CountWords {
  const place = together.segments.findIndex((one) => one.key === key);
  const shared = together.overlaps[place] ?? [];
  return {
    ...{ total: sayShown(alone.total), onList: sayShown(alone.onList), mayGet: sayShown(alone.mayGet) },
    without: lacking(alone),
    languages: alone.languages.map(({ language, people }) => ({
      name: sayLanguage(language),
      people: sayShown(people),
    })),
    overlaps: together.segments.flatMap((other, i) => {
      const both = shared[i];
      return other.key === key || both === undefined || both === 0
        ? []
        : [{ key: other.key, name: name(other.key), both: sayShown(both) }];
    }),
    hidden: alone.hidden || together.hidden,
  };
}

function lacking({ onList, mayGet }: AudienceCount): string | null {
  if (onList === null || mayGet === null || onList === mayGet) return null;
  return `${sayCount(onList - mayGet)} on the list are on a basis that does not allow this class`;
}

export interface SegmentView {
  readonly key: string;
  readonly name: string;
  readonly words: string;
  readonly own: boolean;
  readonly version: number;
}
type Row = Awaited<ReturnType<WebDeps["store"]["segments"]["list"]>>[number];
export const segmentView = (row: Row, names: RuleNames): SegmentView => ({
  ...{ key: row.key, name: row.name, version: row.version, own: row.origin === "page" },
  words: sayRule(row.rule as Segment["rule"], names),
});
