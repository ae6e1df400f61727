// Small numbers of a sensitive subject, and how long an agreement still runs.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { agreementOn } from "../../src/domain/agreement.ts";
import { FEWEST_SHOWN, sayShown, shownCount, shownCounts } from "../../src/domain/small-count.ts";
import { chartOf } from "../../src/web/models/chart.ts";

describe("a count", () => {
  test.each([
    [0, true, null],
    [9, true, null],
    [10, true, 10],
    [0, false, 0],
    [9, false, 9],
  ])("of %i, sensitive %s, is shown as %s", (count, sensitive, shown) => {
    expect(shownCount(count, sensitive)).toBe(shown);
  });

  test("that is hidden is said the same way whatever it is", () => {
    fc.assert(
      fc.property(fc.nat({ max: FEWEST_SHOWN - 1 }), (count) => {
        expect(sayShown(shownCount(count, true))).toBe("fewer than 10");
      }),
    );
  });

  test("of few people is not even written down on a sensitive subject", () => {
    const counts = { rows: 12, joined: 9, refused: 0 };
    expect(shownCounts(counts, true)).toEqual({ rows: 12 });
    expect(shownCounts(counts, false)).toEqual(counts);
  });
});

describe("an agreement", () => {
  const until = "2027-03-31";
  test.each([
    ["2027-01-29", "good", 61],
    ["2027-01-30", "soon", 60],
    ["2027-03-31", "soon", 0],
    ["2027-04-01", "over", -1],
  ])("on %s is %s", (today, state, days) => {
    expect(agreementOn(today, { agreement: "X-1", agreementUntil: until })).toMatchObject({ state, days });
  });

  test("is none where the list is not shared", () => {
    expect(agreementOn("2027-01-01", { agreement: null, agreementUntil: null })).toBeNull();
  });
});

describe("a chart", () => {
  test("draws what is nought or hidden as nothing, and what is smallest so that it is seen", () => {
    const { columns, most } = chartOf([
      [1, 0],
      [1_000, null],
    ]);
    expect(most).toBe(1_000);
    expect(columns.map(({ series, height }) => [series, height])).toEqual([
      [0, 2],
      [0, 120],
    ]);
  });

  test("stays inside its frame whatever the numbers", () => {
    const row = fc.array(fc.option(fc.nat({ max: 1_000_000 })), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 40 }), (rows) => {
        const { columns, width, height } = chartOf(rows);
        for (const one of columns) {
          expect(one.x).toBeGreaterThanOrEqual(0);
          expect(one.x + one.width).toBeLessThanOrEqual(width + 1);
          expect(one.y).toBeGreaterThanOrEqual(0);
          expect(one.y + one.height).toBeLessThanOrEqual(height + 0.1);
        }
      }),
    );
  });
});
