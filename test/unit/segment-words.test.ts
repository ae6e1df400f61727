// A segment's rule in words, its faults, how few are hidden, and what "lately" means.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  bySpecificity,
  heardSince,
  type SegmentRule,
  segmentRule,
  specificity,
} from "../../src/domain/segment.ts";
import { isSensitive, type Nameable, ruleFaults } from "../../src/domain/segment-check.ts";
import { audienceCount, type CountRow, FEWEST_SHOWN } from "../../src/domain/segment-count.ts";
import { sayRule } from "../../src/domain/segment-words.ts";

const shout = (key: string) => key.toUpperCase();
const names = { area: shout, group: shout, interest: shout, language: shout, list: shout };

describe("a rule in words", () => {
  test.each<[SegmentRule, string]>([
    [{}, "Everyone on the list"],
    [{ areas: ["castle"] }, "Everyone on the list, in CASTLE"],
    [
      {
        groups: ["adults"],
        areas: ["castle", "eastgate"],
        interests: ["scams"],
        except: { groups: ["traders"] },
      },
      "ADULTS, in CASTLE or EASTGATE, interested in SCAMS; except TRADERS",
    ],
    [{ groups: ["a", "b", "c"], languages: ["pl"] }, "A, B or C, who read PL"],
    [
      { lists: ["news"], heard_within_months: 12 },
      "Everyone on the list, on the list NEWS, heard from in the last 12 months",
    ],
    [
      { except: { areas: ["castle"], interests: ["scams"], heard_within_months: 1 } },
      "Everyone on the list; except people in CASTLE, people interested in SCAMS or people heard from in the last month",
    ],
  ])("%j", (rule, words) => {
    expect(sayRule(rule, names)).toBe(words);
  });
});

describe("what is new in a rule", () => {
  test.each<[string, SegmentRule]>([
    ["a list", { lists: ["news"] }],
    ["how lately heard from", { heard_within_months: 6 }],
    ["who is left out", { except: { groups: ["traders"] } }],
  ])("%s changes no weight, and comes first among equals", (_, rule) => {
    expect(specificity(rule)).toBe(0);
    const plain = { key: "a", name: "a", rule: {}, specificity: 0 };
    expect([plain, { key: "b", name: "b", rule, specificity: 0 }].sort(bySpecificity)[0]?.key).toBe("b");
  });

  test.each([
    { except: {} },
    { except: { except: {} } },
    { heard_within_months: 0 },
    { heard_within_months: 61 },
  ])("%j is no rule", (rule) => expect(segmentRule.safeParse(rule).success).toBe(false));
});

describe("lately", () => {
  test.each([
    [12, "2026-11-22T10:00:00Z", "2025-10-01"],
    [1, "2026-01-31T10:00:00Z", "2025-10-01"],
    [3, "2026-03-31T23:59:59Z", "2025-10-01"],
    [3, "2026-04-01T00:00:00Z", "2026-01-01"],
    [24, "2026-02-28T00:00:00Z", "2024-01-01"],
  ])("%d months before %s are counted from %s", (months, now, since) => {
    expect(heardSince(months, now)).toBe(since);
  });

  test("always begins a quarter, and never later than the months say", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.date({ min: new Date("2020-01-01"), max: new Date("2040-01-01"), noInvalidDate: true }),
        (months, now) => {
          const since = heardSince(months, now.toISOString());
          expect(since).toMatch(/^\d{4}-(01|04|07|10)-01$/);
          const asked = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - months, 1));
          expect(new Date(since).getTime()).toBeLessThanOrEqual(asked.getTime());
        },
      ),
    );
  });
});

const known: Nameable = {
  areas: [{ code: "ALW" }],
  groups: [{ key: "traders" }],
  interests: [
    { key: "scams", sensitive: false },
    { key: "abuse", sensitive: true },
    { key: "hate", sensitive: true },
  ],
  lists: [
    { key: "news", kind: "residents", sensitive: false },
    { key: "circle-7", kind: "residents", sensitive: true },
    { key: "youth", kind: "youth", sensitive: false },
    { key: "warnings", kind: "emergency", sensitive: false },
    { key: "staff", kind: "internal", sensitive: false },
  ],
};
test.each<[SegmentRule, RegExp | null]>([
  [{ areas: ["ALW"], groups: ["traders"], interests: ["scams", "abuse"], lists: ["news"] }, null],
  [{ areas: ["XX"] }, /no area "XX"/],
  [{ except: { groups: ["nobody"] } }, /no group "nobody"/],
  [{ lists: ["none"] }, /no list "none"/],
  [{ interests: ["abuse", "hate"] }, /only one of them/],
  [{ except: { interests: ["abuse"] } }, /who is left out would be known/],
  [{ lists: ["circle-7"] }, /something sensitive/],
  [{ except: { lists: ["youth"] } }, /children and young people/],
  [{ lists: ["warnings"] }, /emergencies/],
  [{ lists: ["staff"] }, /staff and members/],
])("the rule %j is refused where it must be", (rule, words) => {
  const faults = ruleFaults(rule, known).map(({ message }) => message);
  if (words === null) expect(faults).toEqual([]);
  else expect(faults.join()).toMatch(words);
});
test("a rule is sensitive by what it chooses by", () => {
  expect(isSensitive({ interests: ["abuse"] }, known)).toBe(true);
  expect(isSensitive({ interests: ["scams"] }, known)).toBe(false);
});

describe("counts", () => {
  const rows: CountRow[] = [
    { may: true, mask: "110", language: "en", people: 40 },
    { may: true, mask: "010", language: "pl", people: 3 },
    { may: true, mask: "000", language: "en", people: 100 },
    { may: false, mask: "111", language: "en", people: 7 },
  ];
  const three = ["a", "b", "c"].map((key) => ({ key, sensitive: key === "a" }));

  test("one copy each, by the first that fits; who may not get the class is counted apart", () => {
    const { segments, overlaps, ...rest } = audienceCount(rows, three, false);
    expect(rest).toMatchObject({ onList: 150, mayGet: 143, total: 43, hidden: false });
    expect(segments.map(({ matches, gets }) => [matches, gets])).toEqual([
      [40, 40],
      [43, 3],
      [0, 0],
    ]);
    expect(overlaps).toEqual([
      [40, 40, 0],
      [40, 43, 0],
      [0, 0, 0],
    ]);
  });

  test("of what is sensitive no number below ten is told, nor what would add up to it", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            may: fc.boolean(),
            mask: fc.constantFrom("000", "100", "010", "110", "001"),
            language: fc.constantFrom("en", "pl"),
            people: fc.integer({ min: 1, max: 30 }),
          }),
          { maxLength: 8 },
        ),
        (some) => {
          const { segments, overlaps, languages, hidden, ...totals } = audienceCount(some, three, true);
          const shown = [
            ...Object.values(totals),
            ...segments.flatMap((one) => [
              one.matches,
              one.gets,
              ...one.languages.map(({ people }) => people),
            ]),
            ...overlaps.flat().filter((people) => people !== 0),
            ...languages.map(({ people }) => people),
          ].filter((people) => people !== null);
          for (const people of shown) expect(people).toBeGreaterThanOrEqual(FEWEST_SHOWN);
          if (hidden)
            expect(segments.every(({ matches, gets }) => matches === null && gets === null)).toBe(true);
        },
      ),
    );
  });

  test("two that are sensitive are never set against each other, however many they are", () => {
    const many = rows.map((row) => ({ ...row, people: row.people * 100 }));
    const both = three.map((one) => ({ ...one, sensitive: true }));
    expect(audienceCount(many, both, true).overlaps[0]?.[1]).toBeNull();
  });
});
