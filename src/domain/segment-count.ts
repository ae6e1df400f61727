// What a count of segments says: who fits, who gets which copy, who is in two; and what is too few to be shown (LAW6). Pure.

/** Below this, people of a sensitive subject are never counted apart (LAW6). */
export const FEWEST_SHOWN = 10;

/** People that are alike in what was asked: "0110" says that the second and third segment take them. */
export interface CountRow {
  /** On a basis that the class of message allows. */
  readonly may: boolean;
  readonly mask: string;
  readonly language: string;
  readonly people: number;
}
/** Null: fewer than ten, and not to be told. */
export type Shown = number | null;
export interface LanguageCount {
  readonly language: string;
  readonly people: Shown;
}
export interface SegmentCount {
  readonly key: string;
  /** Who fits its rule. */
  readonly matches: Shown;
  /** Who gets its copy: those who fit no more specific one. */
  readonly gets: Shown;
  readonly languages: readonly LanguageCount[];
}
export interface AudienceCount {
  /** Everybody who may be written to at all for this list. */
  readonly onList: Shown;
  /** Of them, those whom a message of this class may reach. */
  readonly mayGet: Shown;
  /** Who gets a copy: one each. */
  readonly total: Shown;
  readonly segments: readonly SegmentCount[];
  /** How many fit both, by their places in `segments`; the same place twice says who fits it. */
  readonly overlaps: readonly (readonly Shown[])[];
  readonly languages: readonly LanguageCount[];
  /** True where numbers are kept back because they are too few. */
  readonly hidden: boolean;
}
export interface Counted {
  readonly key: string;
  /** Chosen by something sensitive: two such are never set against each other. */
  readonly sensitive: boolean;
}

/** `segments`: the most specific first, as the masks have them. `guarded`: something of it is sensitive. */
export function audienceCount(
  rows: readonly CountRow[],
  segments: readonly Counted[],
  guarded: boolean,
): AudienceCount {
  const may = rows.filter((row) => row.may);
  const taken = may.filter(({ mask }) => mask.includes("1"));
  const parts = segments.map(({ key }, i) => {
    const got = taken.filter(({ mask }) => mask.indexOf("1") === i);
    return { key, matches: sum(taken.filter(fits(i))), gets: sum(got), languages: languagesOf(got) };
  });
  const overlaps = segments.map((_, i) =>
    segments.map((__, j) => sum(taken.filter(fits(i)).filter(fits(j)))),
  );
  const whole = { segments: parts, overlaps, languages: languagesOf(taken) };
  const totals = { onList: sum(rows), mayGet: sum(may), total: sum(taken) };
  return guarded ? guardedCount(totals, whole, segments) : { ...totals, ...whole, hidden: false };
}

const sum = (rows: readonly CountRow[]): number => rows.reduce((total, { people }) => total + people, 0);
const fits =
  (place: number) =>
  ({ mask }: CountRow): boolean =>
    mask[place] === "1";

const languagesOf = (rows: readonly CountRow[]): { language: string; people: number }[] =>
  [...new Set(rows.map(({ language }) => language))]
    .map((language) => ({ language, people: sum(rows.filter((row) => row.language === language)) }))
    .filter(({ people }) => people !== 0)
    .sort((a, b) => b.people - a.people || (a.language < b.language ? -1 : 1));

interface Whole {
  readonly segments: readonly {
    key: string;
    matches: number;
    gets: number;
    languages: { language: string; people: number }[];
  }[];
  readonly overlaps: readonly (readonly number[])[];
  readonly languages: readonly { language: string; people: number }[];
}

/** One number too small, and all of the parts are kept back: what one hides, the others would add up to. */
function guardedCount(
  totals: { onList: number; mayGet: number; total: number },
  { segments, overlaps, languages }: Whole,
  counted: readonly Counted[],
): AudienceCount {
  const all = [
    ...Object.values(totals),
    ...segments.flatMap(({ matches, gets }) => [matches, gets]),
    ...overlaps.flat().filter((people) => people > 0),
    ...languages.map(({ people }) => people),
    ...segments.flatMap((one) => one.languages.map(({ people }) => people)),
  ];
  const few = all.some((people) => people < FEWEST_SHOWN);
  const shown = (people: number): Shown => (few || people < FEWEST_SHOWN ? null : people);
  const total = (people: number): Shown => (people < FEWEST_SHOWN ? null : people);
  const said = (some: Whole["languages"]) => (few ? [] : some);
  return {
    ...{ onList: total(totals.onList), mayGet: total(totals.mayGet), total: total(totals.total) },
    segments: segments.map((one) => ({
      key: one.key,
      ...{ matches: shown(one.matches), gets: shown(one.gets), languages: said(one.languages) },
    })),
    overlaps: overlaps.map((line, i) =>
      line.map((people, j) =>
        i !== j && counted[i]?.sensitive && counted[j]?.sensitive ? null : shown(people),
      ),
    ),
    languages: said(languages),
    hidden: few,
  };
}
