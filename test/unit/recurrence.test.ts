// A due time that comes again: on which days, at which instants, and what is said of the days that are not there (S1, S2, H81, H82).
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { turns } from "../../src/domain/recurrence.ts";
import { repeatRule, sayRepeat } from "../../src/domain/repeat-rule.ts";
import { resolveRecurring } from "../../src/domain/wall-time.ts";

const zone = "Europe/London";
const now = "2026-11-22T09:00:00Z";
const found = (rule: object, due: string, at = now) => {
  const { wall, instant } = resolveRecurring(due, zone);
  return turns(repeatRule.parse(rule), { wall, instant }, zone, at);
};
const walls = (rule: object, due: string) => {
  const all = found(rule, due);
  return "turns" in all ? all.turns.map((turn) => turn.wall) : [`${all.path.join()}: ${all.message}`];
};
const skips = (rule: object, due: string) => {
  const all = found(rule, due);
  return "turns" in all ? all.skips : [all.message];
};
const fault = (rule: object, due = "2027-01-04T09:00") => {
  const all = found(rule, due);
  return "turns" in all ? "no fault" : `${all.path.join(".")}: ${all.message}`;
};

describe("a due time comes again", () => {
  test.each([
    ["every day", { every: "day", times: 3 }, "2026-12-30T09:00", ["2026-12-30", "2026-12-31", "2027-01-01"]],
    [
      "every other day",
      { every: "day", interval: 2, times: 3 },
      "2026-12-30T09:00",
      ["2026-12-30", "2027-01-01", "2027-01-03"],
    ],
    [
      "every week, on its own day",
      { every: "week", times: 3 },
      "2026-12-01T09:00",
      ["2026-12-01", "2026-12-08", "2026-12-15"],
    ],
    [
      "every week on several days, in the order of the week",
      { every: "week", on: ["thursday", "tuesday"], times: 4 },
      "2026-12-01T09:00",
      ["2026-12-01", "2026-12-03", "2026-12-08", "2026-12-10"],
    ],
    [
      "every second week, from the middle of one",
      { every: "week", interval: 2, on: ["tuesday", "thursday"], times: 4 },
      "2026-12-03T09:00",
      ["2026-12-03", "2026-12-15", "2026-12-17", "2026-12-29"],
    ],
    [
      "every month",
      { every: "month", times: 3 },
      "2026-12-15T09:00",
      ["2026-12-15", "2027-01-15", "2027-02-15"],
    ],
    [
      "on the last day of every month",
      { every: "month", on: "last", times: 4 },
      "2026-12-31T09:00",
      ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"],
    ],
    [
      "on the first Monday of every month",
      { every: "month", on: { nth: 1, weekday: "monday" }, times: 3 },
      "2026-12-07T09:00",
      ["2026-12-07", "2027-01-04", "2027-02-01"],
    ],
    [
      "on the last Friday of every third month",
      { every: "month", interval: 3, on: { nth: "last", weekday: "friday" }, times: 3 },
      "2026-12-25T09:00",
      ["2026-12-25", "2027-03-26", "2027-06-25"],
    ],
    ["every year", { every: "year", times: 2 }, "2026-12-25T09:00", ["2026-12-25", "2027-12-25"]],
    [
      "until a day, which counts",
      { every: "week", until: "2026-12-15" },
      "2026-12-01T09:00",
      ["2026-12-01", "2026-12-08", "2026-12-15"],
    ],
  ])("%s", (_, rule, due, days) => {
    expect(walls(rule, due)).toEqual(days.map((day) => `${day}T09:00`));
  });

  test("at the same wall time, summer and winter", () => {
    const all = found({ every: "month", times: 12 }, "2027-01-15T09:00");
    if (!("turns" in all)) throw new Error(all.message);
    expect(all.turns.every((turn) => turn.wall.endsWith("T09:00"))).toBe(true);
    expect(all.turns.filter((turn) => turn.instant.includes("T08:00")).length).toBe(7);
  });
});

describe("beside a clock change", () => {
  const on = (rule: object, due: string, day: string) => {
    const all = found(rule, due);
    return "turns" in all ? all.turns.find((turn) => turn.wall.startsWith(day)) : undefined;
  };

  test("a time that is jumped over moves to 2:30, says so, and the next day is back at 1:30 (S1)", () => {
    const rule = { every: "day", times: 3 };
    expect(on(rule, "2027-03-27T01:30", "2027-03-28")).toMatchObject({
      wall: "2027-03-28T02:30",
      instant: "2027-03-28T01:30:00Z",
      note: expect.stringMatching(/does not exist.* It goes out at 2027-03-28 02:30\.$/),
    });
    expect(on(rule, "2027-03-27T01:30", "2027-03-29")).toMatchObject({
      wall: "2027-03-29T01:30",
      note: null,
    });
  });

  test("a time that comes twice is taken the first time, says so, and comes once (S2)", () => {
    const all = found({ every: "day", times: 3 }, "2027-10-30T01:30");
    if (!("turns" in all)) throw new Error(all.message);
    expect(all.turns.map((turn) => turn.instant)).toEqual([
      "2027-10-30T00:30:00Z",
      "2027-10-31T00:30:00Z",
      "2027-11-01T01:30:00Z",
    ]);
    expect(all.turns[1]?.note).toMatch(/happens twice.*first time only/);
  });
});

describe("a day that is not there (H82)", () => {
  test("the 31st leaves out the months without one, and says which", () => {
    const rule = { every: "month", on: 31, times: 5 };
    expect(walls(rule, "2026-12-31T09:00").map((wall) => wall.slice(0, 10))).toEqual([
      "2026-12-31",
      "2027-01-31",
      "2027-03-31",
      "2027-05-31",
      "2027-07-31",
    ]);
    expect(skips(rule, "2026-12-31T09:00")).toEqual([
      "February 2027 has no 31st: it is left out.",
      "April 2027 has no 31st: it is left out.",
      "June 2027 has no 31st: it is left out.",
    ]);
  });

  test("29 February every year comes next after more than two years, which is told", () => {
    const { wall, instant } = resolveRecurring("2028-02-29T09:00", zone);
    const rule = repeatRule.parse({ every: "year", times: 2 });
    expect(turns(rule, { wall, instant }, zone, "2027-06-01T09:00:00Z")).toEqual({
      path: ["times"],
      message:
        "Tuesday 28 February 2030 is more than 2 years ahead: only 1 of the 2 times fall before that".replace(
          "Tuesday",
          "Thursday",
        ),
    });
  });
});

describe("a rule that cannot be kept is refused with its field", () => {
  test.each([
    [
      { every: "week", on: ["friday"], times: 4 },
      /^on: the due time, Monday 4 January 2027, is not such a day; the next is Friday 8 January 2027/,
    ],
    [{ every: "month", on: 31, times: 4 }, /^on: .* the next is Sunday 31 January 2027/],
    [{ every: "week", until: "2027-01-04" }, /^until: Monday 4 January 2027 is not after the due time/],
    [{ every: "week", until: "2026-01-04" }, /^until: Sunday 4 January 2026 is not after the due time/],
    [{ every: "week", until: "2027-01-06" }, /^until: it is before it comes again/],
    [{ every: "day", until: "2028-01-04" }, /^until: that is more than 200 times/],
    [{ every: "month", until: "2099-01-04" }, /^until: .* is more than 2 years ahead; end it earlier/],
    [{ every: "month", times: 100 }, /^times: .*: only 23 of the 100 times fall before that/],
  ])("%j", (rule, sentence) => {
    expect(fault(rule)).toMatch(sentence);
  });

  test.each([
    ["FREQ=SECONDLY", /"FREQ=SECONDLY" is not read here.*every day is the most often/],
    ["FREQ=MONTHLY;BYMONTHDAY=31", /is not read here/],
    [{ every: "second", times: 3 }, /nothing is repeated more often than once a day/],
    [{ every: "hour", times: 3 }, /nothing is repeated more often than once a day/],
    [{ every: "day", times: 5_000 }, /at most 200 times/],
    [{ every: "day", times: 1 }, /at least 2 times/],
    [{ every: "day", times: 2.5 }, /int/],
    [{ every: "day" }, /exactly one of times and until/],
    [{ every: "day", times: 3, until: "2027-01-09" }, /exactly one of times and until/],
    [{ every: "week", until: "31/04/2027" }, /a day such as "2027-03-31"/],
    [{ every: "month", on: 32, times: 3 }, /31/],
    [{ every: "day", on: 3, times: 3 }, /"on"/],
    [{ every: "day", interval: 0, times: 3 }, />=1/],
    [7, /must be day, week, month or year/],
  ])("%j", (rule, sentence) => {
    expect(JSON.stringify(repeatRule.safeParse(rule).error?.issues)).toMatch(
      new RegExp(sentence.source.replaceAll('"', String.raw`\\"`)),
    );
  });
});

test("whatever the rule, its turns rise, keep their time of day and are each on a day of their own", () => {
  const rules = fc.record({
    every: fc.constantFrom("day", "week", "month", "year"),
    interval: fc.integer({ min: 1, max: 5 }),
    times: fc.integer({ min: 2, max: 60 }),
  });
  fc.assert(
    fc.property(rules, fc.nat(300), fc.nat(1439), (rule, days, minute) => {
      const due = Temporal.PlainDateTime.from("2026-11-23T00:00").add({ days, minutes: minute });
      const all = found(rule, due.toString({ smallestUnit: "minute" }));
      if (!("turns" in all)) return expect(all.path).toEqual(["times"]);
      const instants = all.turns.map((turn) => Date.parse(turn.instant));
      expect(instants).toEqual([...instants].sort((a, b) => a - b));
      expect(new Set(all.turns.map((turn) => turn.wall.slice(0, 10))).size).toBe(all.turns.length);
      expect(all.turns).toHaveLength(rule.times);
      const first = all.turns[0]?.wall.slice(11);
      for (const turn of all.turns.slice(1))
        if (turn.note === null) expect(turn.wall.slice(11)).toBe(due.toString().slice(11, 16));
      expect(first).toBeDefined();
    }),
    { numRuns: 100 },
  );
});

test.each([
  [
    { every: "week", interval: 2, on: ["monday", "thursday"], times: 12 },
    "Every 2 weeks on Monday and Thursday, 12 times",
  ],
  [
    { every: "month", on: { nth: "last", weekday: "friday" }, until: "2027-03-31" },
    "Every month on the last Friday until Wednesday 31 March 2027",
  ],
  [{ every: "month", on: 22, times: 2 }, "Every month on the 22nd, 2 times"],
  [{ every: "month", on: "last", times: 2 }, "Every month on the last day, 2 times"],
  [{ every: "day", times: 3 }, "Every day, 3 times"],
])("%j is said as %s", (rule, words) => {
  expect(sayRepeat(repeatRule.parse(rule))).toBe(words);
});
