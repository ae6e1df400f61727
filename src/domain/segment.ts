// Who a segment is: a readable rule over place, group, interest and language (R21-R23). Pure.
import { z } from "zod";
import { key, language } from "./content.ts";

/** Everything given must hold; within one line, any one of its values is enough. Empty = everyone on the list. */
export const segmentRule = z.strictObject({
  areas: z.array(z.string().min(1)).min(1).optional(),
  groups: z.array(key).min(1).optional(),
  interests: z.array(key).min(1).optional(),
  languages: z.array(language).min(1).optional(),
});
export type SegmentRule = z.infer<typeof segmentRule>;

/** Weights chosen so that who a person says they are beats where they live, and either beats "everyone". */
const WEIGHT = { interests: 8, groups: 4, languages: 2, areas: 1 } as const;

/**
 * How specific a rule is; a person in several segments gets the copy of the highest.
 * Equal rules are told apart by their key, so the answer never depends on chance.
 */
export const specificity = (rule: SegmentRule): number =>
  (Object.keys(WEIGHT) as (keyof typeof WEIGHT)[]).reduce(
    (sum, part) => sum + (rule[part] ? WEIGHT[part] : 0),
    0,
  );

export interface Segment {
  readonly key: string;
  readonly name: string;
  readonly rule: SegmentRule;
  readonly specificity: number;
}

/** Most specific first; the order in which release fills the audience. */
export const bySpecificity = (a: Segment, b: Segment): number =>
  b.specificity - a.specificity || (a.key < b.key ? -1 : 1);
