// Counts of deliveries: nothing is ever lost or counted twice between the columns people read.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { DELIVERY_STATES, isSettled, OPEN_STATES } from "../../src/domain/delivery.ts";
import { type Counted, isQuiet, tally, type Tally, tallyRows } from "../../src/domain/tally.ts";

const COLUMNS = ["accepted", "refused", "waiting", "inDoubt", "held", "stopped"] as const;
const counts: fc.Arbitrary<Counted[]> = fc.array(
  fc.record({
    channelKey: fc.constantFrom("mail", "feed", "page"),
    segmentKey: fc.constantFrom("", "everyone", "families"),
    state: fc.constantFrom(...DELIVERY_STATES),
    count: fc.nat(100_000),
  }),
  { maxLength: 40 },
);
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const columns = (row: Tally) => sum(COLUMNS.map((column) => row[column]));

describe("a tally", () => {
  test("adds up: its columns make the recipients, and the recipients are all that were counted", () => {
    fc.assert(
      fc.property(counts, (given) => {
        const total = tally(given);
        expect(columns(total)).toBe(total.recipients);
        expect(total.recipients).toBe(sum(given.map(({ count }) => count)));
      }),
    );
  });

  test("by rows adds up to the tally of all, column by column, and every row in itself", () => {
    fc.assert(
      fc.property(counts, (given) => {
        const rows = tallyRows(given);
        const total = tally(given);
        for (const column of [...COLUMNS, "recipients"] as const)
          expect(sum(rows.map((row) => row[column]))).toBe(total[column]);
        for (const row of rows) expect(columns(row)).toBe(row.recipients);
      }),
    );
  });

  test("has one row for each channel and segment, in the order met", () => {
    fc.assert(
      fc.property(counts, (given) => {
        const met = [...new Set(given.map((one) => `${one.channelKey}/${one.segmentKey}`))];
        expect(tallyRows(given).map((row) => `${row.channelKey}/${row.segmentKey}`)).toEqual(met);
      }),
    );
  });

  test("of nothing is all noughts, and quiet", () => {
    expect(columns(tally([]))).toBe(0);
    expect(isQuiet(tally([]))).toBe(true);
    expect(tallyRows([])).toEqual([]);
  });

  test.each([
    ["queued", "waiting"],
    ["intent", "waiting"],
    ["deferred", "waiting"],
    ["accepted", "accepted"],
    ["refused", "refused"],
    ["in_doubt", "inDoubt"],
    ["held", "held"],
    ["suppressed", "stopped"],
    ["expired", "stopped"],
    ["cancelled", "stopped"],
    ["dead", "stopped"],
  ] as const)("counts a delivery that is %s as %s", (state, column) => {
    const one = tally([{ channelKey: "mail", segmentKey: "everyone", state, count: 3 }]);
    expect(one).toMatchObject({ recipients: 3, [column]: 3 });
  });

  test.each(DELIVERY_STATES)(
    "with a delivery that is %s is quiet unless the machine can still do something",
    (state) => {
      const open = (OPEN_STATES as readonly string[]).includes(state);
      expect(isQuiet(tally([{ channelKey: "mail", segmentKey: "", state, count: 1 }]))).toBe(!open);
      if (isSettled(state)) expect(open).toBe(false);
    },
  );
});
