// Who a segment is: a readable rule over place, group, interest, language, list and how lately somebody was heard from (R21-R23). Pure.
import { z } from "zod";
import { key, language } from "./content.ts";

/** Longer ago than this nobody is asked about: they are asked to confirm, or let go (LAW10). */
const MOST_MONTHS = 60;

const parts = {
  areas: z.array(z.string().min(1)).min(1).optional(),
  groups: z.array(key).min(1).optional(),
  interests: z.array(key).min(1).optional(),
  languages: z.array(language).min(1).optional(),
  /** Who agreed to one of these lists, whichever list the message goes to. */
  lists: z.array(key).min(1).optional(),
  /** Who joined, confirmed or changed what they get in so many months, by whole quarters. What somebody opens is never looked at. */
  heard_within_months: z.int().min(1).max(MOST_MONTHS).optional(),
};
const part = z.strictObject(parts);
export type SegmentPart = z.infer<typeof part>;
export const PARTS = [
  "areas",
  "groups",
  "interests",
  "languages",
  "lists",
  "heard_within_months",
] as const satisfies readonly (keyof SegmentPart)[];

/**
 * Everything given must hold; within one line, any one of its values is enough. Empty = everyone on the list.
 * `except` is the other way round: whoever fits any one of its lines is left out.
 */
export const segmentRule = z.strictObject({
  ...parts,
  except: part
    .refine((rule) => Object.values(rule).some((value) => value !== undefined), "must name somebody")
    .optional(),
});
export type SegmentRule = z.infer<typeof segmentRule>;

/** Weights chosen so that who a person says they are beats where they live, and either beats "everyone". */
const WEIGHT = { interests: 8, groups: 4, languages: 2, areas: 1 } as const;

/**
 * How specific a rule is; a person in several segments gets the copy of the highest.
 * Equal rules are told apart by `refinement`, then by their key, so the answer never depends on chance.
 */
export const specificity = (rule: SegmentRule): number =>
  (Object.keys(WEIGHT) as (keyof typeof WEIGHT)[]).reduce(
    (sum, line) => sum + (rule[line] ? WEIGHT[line] : 0),
    0,
  );

/** What narrows a rule without saying who somebody is: breaks a tie and no more, so that rules from before keep their order. */
export const refinement = ({ lists, heard_within_months: heard, except }: SegmentRule): number =>
  Number(lists !== undefined) + Number(heard !== undefined) + Number(except !== undefined);

export interface Segment {
  readonly key: string;
  readonly name: string;
  readonly rule: SegmentRule;
  readonly specificity: number;
}

/** Most specific first; the order in which release fills the audience. */
export const bySpecificity = (a: Segment, b: Segment): number =>
  b.specificity - a.specificity || refinement(b.rule) - refinement(a.rule) || (a.key < b.key ? -1 : 1);

/** The first day, "2025-10-01", of the quarter in which "so many months before `now`" lies. Quarters are what is counted by. */
export function heardSince(months: number, now: string): string {
  const at = new Date(now);
  const month = at.getUTCFullYear() * 12 + at.getUTCMonth() - months;
  const quarter = Math.floor(month / 3) * 3;
  return new Date(Date.UTC(Math.floor(quarter / 12), quarter % 12, 1)).toISOString().slice(0, 10);
}

/** A rule without what it leaves out, and what it leaves out. */
export function halves({ except, ...own }: SegmentRule): { own: SegmentPart; except: SegmentPart } {
  return { own, except: except ?? {} };
}
