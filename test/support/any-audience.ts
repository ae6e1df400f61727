// Any people and any segments of the example partnership, for tests that must hold over all of them.
import fc from "fast-check";
import { type Segment, type SegmentRule, specificity } from "../../src/domain/segment.ts";

const NEWS = "community-safety-news";
const areas = fc.constantFrom("ALW", "ALW-01", "ALW-05", "ALW-05-1", "ALW-08");
const groups = fc.constantFrom("adult-residents", "businesses", "visitors");
const interests = fc.constantFrom("scams", "family", "abuse-support");
const languages = fc.constantFrom("en", "pl", "cy");
const some = <T>(one: fc.Arbitrary<T>) =>
  fc.option(fc.uniqueArray(one, { minLength: 1, maxLength: 2 }), { nil: undefined });
const part = {
  areas: some(areas),
  groups: some(groups),
  interests: some(interests),
  languages: some(languages),
  lists: some(fc.constantFrom(NEWS, "warnings")),
  heard_within_months: fc.option(fc.integer({ min: 1, max: 24 }), { nil: undefined }),
};
const rule = fc
  .record({ ...part, except: fc.option(fc.record(part), { nil: undefined }) })
  .map((given) => JSON.parse(JSON.stringify(given)) as SegmentRule);
export const segments: fc.Arbitrary<Segment[]> = fc
  .array(rule, { minLength: 1, maxLength: 4 })
  .map((rules) =>
    rules.map((one, i) => ({ key: `s${i}`, name: `s${i}`, rule: one, specificity: specificity(one) })),
  );
export const somebody = fc.record({
  areaCode: fc.constantFrom("ALW-01", "ALW-05", "ALW-05-1", "ALW-05-2", "ALW-08-1", null),
  groups: fc.subarray(["adult-residents", "businesses", "visitors"]),
  interests: fc.subarray(["scams", "family", "abuse-support"]),
  language: languages,
  monthsAgo: fc.integer({ min: 0, max: 30 }),
  news: fc.constantFrom("consent", "public-task", "soft-opt-in", "charity-soft-opt-in", null),
  warnings: fc.boolean(),
  suppressed: fc.constantFrom(true, false, false, false),
});

export type Somebody = typeof somebody extends fc.Arbitrary<infer T> ? T : never;
