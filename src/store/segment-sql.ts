// A segment's rule as a condition of SQL, over people or over the cells that count them. The one place where rules become SQL.
// Interests come as they stand in the rows: whoever calls has sealed the sensitive ones (src/audience/sealed-topic.ts).
import { halves, heardSince, PARTS, type SegmentPart, type SegmentRule } from "../domain/segment.ts";
import type { Sql } from "./database.ts";

/** Takes a value along and answers the text that stands for it, "$13::text[]". */
export type Parameter = (value: string | readonly string[], type: "text[]" | "date" | "uuid[]") => string;

/** The columns a rule asks of; `on` and `heard` are given the place of their value. */
export interface Source {
  readonly area: string;
  readonly groups: string;
  readonly interests: string;
  readonly language: string;
  readonly heard: (since: string) => string;
  readonly on: (lists: readonly string[], parameter: Parameter) => string;
}
export interface Around {
  /** The codes of these areas and of everything in them. */
  readonly within: (areas: readonly string[]) => readonly string[];
  /** UTC; what "the last 12 months" are counted from. */
  readonly now: string;
}

/** People, as the subscriber `s`. */
export const PEOPLE: Source = {
  ...{ area: "s.area_code", groups: "s.groups", interests: "s.interests", language: "s.language" },
  heard: (since) => `s.confirmed_at >= ${since}::timestamp AT TIME ZONE 'UTC'`,
  on: (lists, parameter) =>
    `EXISTS (SELECT 1 FROM consent o WHERE o.list_key = ANY (${parameter(lists, "text[]")}) AND o.subscriber_id = s.id AND o.withdrawn_at IS NULL)`,
};

/** Cells of one list, as `a`. They know of no other list: `cellsKnow` says whether they can answer. */
export const CELLS: Source = {
  ...{ area: "a.area_code", groups: "a.groups", interests: "a.interests", language: "a.language" },
  heard: (since) => `a.confirmed >= ${since}`,
  on: () => "true",
};
export const cellsKnow = (listKey: string, rules: readonly SegmentRule[]): boolean =>
  rules
    .flatMap((rule) => Object.values(halves(rule)))
    .every(({ lists }) => lists === undefined || lists.includes(listKey));

/** Never null where it matters: somebody of no area is in none, and is not left out for it. */
export function condition(rule: SegmentRule, source: Source, around: Around, parameter: Parameter): string {
  const { own, except } = halves(rule);
  const lines = (part: SegmentPart) =>
    PARTS.flatMap((line) => {
      const text = LINES[line](part, source, around, parameter);
      return text === null ? [] : [text];
    });
  const all = [...lines(own), ...lines(except).map((line) => `(${line}) IS NOT TRUE`)];
  return all.length === 0 ? "true" : `(${all.join(" AND ")})`;
}

type Line = (part: SegmentPart, source: Source, around: Around, parameter: Parameter) => string | null;
const LINES: Readonly<Record<(typeof PARTS)[number], Line>> = {
  areas: ({ areas }, { area }, { within }, parameter) =>
    areas ? `${area} = ANY (${parameter(within(areas), "text[]")})` : null,
  groups: (part, { groups }, _around, parameter) =>
    part.groups ? `${groups} && ${parameter(part.groups, "text[]")}` : null,
  interests: (part, { interests }, _around, parameter) =>
    part.interests ? `${interests} && ${parameter(part.interests, "text[]")}` : null,
  languages: (part, { language }, _around, parameter) =>
    part.languages ? `${language} = ANY (${parameter(part.languages, "text[]")})` : null,
  lists: ({ lists }, { on }, _around, parameter) => (lists ? on(lists, parameter) : null),
  heard_within_months: ({ heard_within_months: months }, { heard }, { now }, parameter) =>
    months === undefined ? null : heard(parameter(heardSince(months, now), "date")),
};

/** Parameters beyond the first `fixed` of a statement. */
export function parametersAfter(fixed: number): { values: unknown[]; parameter: Parameter } {
  const values: unknown[] = [];
  return { values, parameter: (value, type) => `$${values.push(value) + fixed}::${type}` };
}

/** The tree of areas and the database's time, read once for a statement; areas that are switched off still lie where they lay. */
export async function surroundings(sql: Sql, began?: Date): Promise<Around> {
  const { rows } = await sql.query<{ code: string; parent: string | null; now: Date }>(
    "SELECT code, parent_code AS parent, app_now() AS now FROM area",
  );
  const now = (began ?? rows[0]?.now ?? new Date()).toISOString();
  return { now, within: (areas) => within(rows, areas) };
}

function within(
  all: readonly { readonly code: string; readonly parent: string | null }[],
  areas: readonly string[],
): string[] {
  const found = new Set(areas);
  // Parents lie above their children, but in no order of rows: once through for each level.
  for (let before = -1; before !== found.size;) {
    before = found.size;
    for (const { code, parent } of all) if (parent !== null && found.has(parent)) found.add(code);
  }
  return [...found];
}
