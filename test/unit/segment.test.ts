// Which segment's copy a person gets: the order by how specific a rule is.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  bySpecificity,
  type Segment,
  segmentRule,
  type SegmentRule,
  specificity,
} from "../../src/domain/segment.ts";

const LINES = ["interests", "groups", "languages", "areas"] as const;
const rule = (...lines: readonly (typeof LINES)[number][]): SegmentRule =>
  Object.fromEntries(lines.map((line) => [line, ["x"]]));
const anyRule = fc.subarray([...LINES]).map((lines) => rule(...lines));
const anySegment: fc.Arbitrary<Segment> = fc
  .tuple(fc.stringMatching(/^[a-z]{1,6}$/), anyRule)
  .map(([key, rule]) => ({ key, name: key, rule, specificity: specificity(rule) }));
/** As in a partnership: no key twice. */
const segments = fc.uniqueArray(anySegment, { selector: (segment) => segment.key, maxLength: 12 });
const keysOf = (list: readonly Segment[]) => list.map((segment) => segment.key);

describe("how specific a rule is", () => {
  test.each([
    ["an interest beats everything else together", rule("interests"), rule("groups", "languages", "areas")],
    ["a group beats language and place together", rule("groups"), rule("languages", "areas")],
    ["a language beats a place", rule("languages"), rule("areas")],
    ["a place beats everyone", rule("areas"), rule()],
    ["a group in a place beats the group", rule("groups", "areas"), rule("groups")],
  ])("%s", (_, more, less) => {
    expect(specificity(more)).toBeGreaterThan(specificity(less));
  });

  test("grows with every line that is added, and never with more values in a line", () => {
    fc.assert(
      fc.property(anyRule, fc.constantFrom(...LINES), (given, line) => {
        const wider = { ...given, [line]: ["x", "y", "z"] };
        if (given[line]) expect(specificity(wider)).toBe(specificity(given));
        else expect(specificity(wider)).toBeGreaterThan(specificity(given));
      }),
    );
  });

  test("tells any two different sets of lines apart", () => {
    const all = Array.from({ length: 16 }, (_, bits) => rule(...LINES.filter((_line, i) => bits & (1 << i))));
    expect(new Set(all.map(specificity)).size).toBe(16);
  });
});

describe("the order of segments", () => {
  test("is total: of two different segments exactly one comes first", () => {
    fc.assert(
      fc.property(segments, (all) => {
        for (const a of all)
          for (const b of all)
            if (a !== b) expect(Math.sign(bySpecificity(a, b))).toBe(-Math.sign(bySpecificity(b, a)));
      }),
    );
  });

  test("is the same however the segments were listed", () => {
    const listings = segments.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(listings, ([all, shuffled]) => {
        expect(keysOf(shuffled.sort(bySpecificity))).toEqual(keysOf([...all].sort(bySpecificity)));
      }),
    );
  });

  test("puts the most specific first, and equal ones by key", () => {
    fc.assert(
      fc.property(segments, (all) => {
        const sorted = [...all].sort(bySpecificity);
        sorted.slice(1).forEach((after, i) => {
          const before = sorted[i] as Segment;
          expect(before.specificity).toBeGreaterThanOrEqual(after.specificity);
          if (before.specificity === after.specificity) expect(before.key < after.key).toBe(true);
        });
      }),
    );
  });
});

describe("a rule as it is written", () => {
  test.each([
    ["a line without values", { areas: [] }],
    ["a word it does not know", { wards: ["ALW-01"] }],
    ["a group that is no key", { groups: ["Over 65"] }],
    ["a language that is no code", { languages: ["Polish"] }],
  ])("cannot hold %s", (_, written) => {
    expect(segmentRule.safeParse(written).success).toBe(false);
  });

  test("may be empty, and then means everyone", () => {
    expect(segmentRule.parse({})).toEqual({});
    expect(specificity({})).toBe(0);
  });
});
