// When a communication is due and until when it is useful: over both clock changes it keeps the wall time.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { baseTime, dueTimes } from "../../src/domain/due-time.ts";

const zone = "Europe/London";
const now = "2026-10-01T12:00:00Z";
const ok = (due: string, at = now) => {
  const base = baseTime({ due, zone, now: at });
  if ("fault" in base) throw new Error(base.fault);
  return base;
};

describe("the campaign's own due time", () => {
  test.each([
    ["in summer time", "2026-10-22 10:00", "2026-10-22T09:00:00Z"],
    ["in winter time", "2026-11-25 09:00", "2026-11-25T09:00:00Z"],
    ["with a T", "2026-11-25T09:00", "2026-11-25T09:00:00Z"],
  ])("%s is that instant", (_, due, instant) => {
    expect(ok(due).instant).toBe(instant);
  });

  test.each([
    ["2026-07-01T08:30:12.345Z", "2026-07-01T09:30"],
    ["2026-12-01T08:30:12.345Z", "2026-12-01T08:30"],
    ["2026-10-25T00:59:59Z", "2026-10-25T01:59"],
    ["2026-10-25T01:00:00Z", "2026-10-25T01:00"],
  ])("now, at %s, is that very instant, shown as %s", (at, wall) => {
    expect(baseTime({ due: "now", zone, now: at })).toEqual({ wall, instant: at });
  });

  test.each([
    ["has passed", "2026-09-30 10:00", /has passed/],
    ["is too far ahead", "2029-01-01 10:00", /more than 2 years ahead/],
    ["does not exist", "2027-03-28 01:30", /does not exist.*00:30.*02:30/],
    ["happens twice", "2026-10-25 01:30", /happens twice.*repeated_hour/],
    ["is no date", "2026-02-30 10:00", /February 2026 has only 28 days/],
    ["is no time", "tomorrow at nine", /is not a local time/],
  ])("that %s is refused in a sentence", (_, due, sentence) => {
    const base = baseTime({ due, zone, now });
    expect("fault" in base ? base.fault : "").toMatch(sentence);
  });

  test.each([
    ["first", "2026-10-25T00:30:00Z"],
    ["second", "2026-10-25T01:30:00Z"],
  ] as const)("that happens twice is the %s where the author says so", (repeated, instant) => {
    expect(baseTime({ due: "2026-10-25 01:30", zone, now, repeated })).toMatchObject({ instant });
  });
});

describe("a communication some days later", () => {
  test.each([
    ["the clocks go back between", "2026-10-22 10:00", 7, "2026-10-29T10:00", "2026-10-29T10:00:00Z"],
    ["the clocks go forward between", "2027-03-25 10:00", 7, "2027-04-01T10:00", "2027-04-01T09:00:00Z"],
    ["nothing changes", "2026-11-25 09:00", 15, "2026-12-10T09:00", "2026-12-10T09:00:00Z"],
    [
      "it lands in the hour that is skipped",
      "2027-03-27 01:30",
      1,
      "2027-03-28T02:30",
      "2027-03-28T01:30:00Z",
    ],
    [
      "it lands in the hour that happens twice",
      "2026-10-24 01:30",
      1,
      "2026-10-25T01:30",
      "2026-10-25T00:30:00Z",
    ],
  ])("keeps its time of day where %s", (_, due, days, dueWall, dueAt) => {
    expect(dueTimes(ok(due), zone, days, 1)).toMatchObject({ dueWall, dueAt, zone });
  });

  test("keeps its time of day on any day of two years, but for the hour the clocks skip", () => {
    const minutes = fc.integer({ min: 0, max: 24 * 60 - 1 });
    fc.assert(
      fc.property(fc.nat(600), minutes, fc.integer({ min: 1, max: 120 }), (start, minute, days) => {
        fc.pre(minute < 60 || minute >= 120); // 01:00 to 02:00 is where the clocks change
        const wall = Temporal.PlainDate.from("2026-10-02")
          .add({ days: start })
          .toPlainDateTime()
          .add({ minutes: minute });
        const due = ok(wall.toString({ smallestUnit: "minute" }));
        const later = dueTimes(due, zone, days, 7);
        expect(later.dueWall).toBe(wall.add({ days }).toString({ smallestUnit: "minute" }));
        const shown = Temporal.Instant.from(later.dueAt).toZonedDateTimeISO(zone).toPlainDateTime();
        expect(shown.toString({ smallestUnit: "minute" })).toBe(later.dueWall);
      }),
    );
  });

  test("on day 0 is the campaign's own time, to the instant, also for now", () => {
    const base = ok("now", "2026-10-25T00:30:12.345Z");
    expect(dueTimes(base, zone, 0, 1)).toMatchObject({ dueWall: base.wall, dueAt: base.instant });
  });

  test("after the second of two equal hours keeps the second on day 0", () => {
    const base = baseTime({ due: "2026-10-25 01:30", zone, now, repeated: "second" });
    if ("fault" in base) throw new Error(base.fault);
    expect(dueTimes(base, zone, 0, 1).dueAt).toBe("2026-10-25T01:30:00Z");
  });
});

describe("until when it is useful", () => {
  test.each([
    ["a week, whatever the clocks do", "2026-10-22 10:00", 7, "2026-10-29T09:00:00Z"],
    ["half a day", "2026-11-25 09:00", 0.5, "2026-11-25T21:00:00Z"],
    ["an hour, as a part of a day", "2026-11-25 09:00", 1 / 24, "2026-11-25T10:00:00Z"],
  ])("is %s of elapsed time after it is due", (_, due, days, latestUsefulAt) => {
    expect(dueTimes(ok(due), zone, 0, days).latestUsefulAt).toBe(latestUsefulAt);
  });

  test("is never before it is due", () => {
    fc.assert(
      fc.property(fc.nat(120), fc.double({ min: 0.001, max: 120, noNaN: true }), (after, useful) => {
        const { dueAt, latestUsefulAt } = dueTimes(ok("2026-10-20 10:00"), zone, after, useful);
        expect(Date.parse(latestUsefulAt)).toBeGreaterThanOrEqual(Date.parse(dueAt));
      }),
    );
  });
});
