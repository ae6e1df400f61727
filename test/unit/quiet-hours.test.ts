// The hours in which ordinary messages wait: over midnight, over both clock changes, and never for a warning.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { quietHours, quietHoursOf, quietUntil, waitsAtNight } from "../../src/domain/quiet-hours.ts";
import { wallAt } from "../../src/domain/wall-time.ts";

const LONDON = "Europe/London";
const night = { from: "21:00", to: "08:00", classes: [] };
const until = (now: string, quiet = night, zone = LONDON) => quietUntil(now, zone, quiet);

describe("quiet hours from 9pm to 8am", () => {
  test.each([
    ["just before they begin", "2026-12-01T20:59:59Z", null],
    ["as they begin", "2026-12-01T21:00:00Z", "2026-12-02T08:00:00Z"],
    ["after midnight", "2026-12-02T03:00:00Z", "2026-12-02T08:00:00Z"],
    ["just before they end", "2026-12-02T07:59:59.999Z", "2026-12-02T08:00:00Z"],
    ["as they end", "2026-12-02T08:00:00Z", null],
    ["in summer, by the local clock", "2026-07-01T20:00:00Z", "2026-07-02T07:00:00Z"],
    ["in the night the clocks go forward", "2027-03-27T23:00:00Z", "2027-03-28T07:00:00Z"],
    ["in the night the clocks go back", "2026-10-24T23:00:00Z", "2026-10-25T08:00:00Z"],
  ])("%s", (_, now, ends) => {
    expect(until(now)).toBe(ends);
  });

  test("are none where a partnership has none", () => {
    expect(quietUntil("2026-12-02T03:00:00Z", LONDON, null)).toBeNull();
  });
});

describe("quiet hours whose end the clocks change", () => {
  test.each([
    [
      "that is jumped over: they end as it is jumped",
      "00:00",
      "01:30",
      "2027-03-28T00:30:00Z",
      "2027-03-28T01:00:00Z",
    ],
    [
      "whose beginning is jumped over: they begin as it is jumped",
      "01:30",
      "05:00",
      "2027-03-28T01:00:00Z",
      "2027-03-28T04:00:00Z",
    ],
    [
      "that comes twice: they end the second time",
      "00:00",
      "01:30",
      "2026-10-25T00:45:00Z",
      "2026-10-25T01:30:00Z",
    ],
    [
      "whose beginning comes twice: they begin the first time",
      "01:30",
      "05:00",
      "2026-10-25T00:30:00Z",
      "2026-10-25T05:00:00Z",
    ],
  ])("%s", (_, from, to, now, ends) => {
    expect(until(now, { from, to, classes: [] })).toBe(ends);
  });
});

describe("whatever the hours, place and time", () => {
  const clock = fc
    .tuple(fc.nat(23), fc.nat(59))
    .map(([h, m]) => `${String(h).padStart(2, "0")}:${String(m).padStart(2, "0")}`);
  const hours = fc.tuple(clock, clock).filter(([from, to]) => from !== to);
  const zones = fc.constantFrom(LONDON, "Europe/Warsaw", "Australia/Lord_Howe", "America/St_Johns", "UTC");
  // Half of them in the two weeks around London's clock changes of 2027.
  const at = fc.oneof(
    fc.date({ min: new Date("2026-01-01"), max: new Date("2036-12-31"), noInvalidDate: true }),
    fc.date({ min: new Date("2027-03-25"), max: new Date("2027-04-06"), noInvalidDate: true }),
    fc.date({ min: new Date("2027-10-29"), max: new Date("2027-11-08"), noInvalidDate: true }),
  );

  test("a local time between the two is quiet; the end given is later, and is itself loud", () => {
    fc.assert(
      fc.property(hours, zones, at, ([from, to], zone, date) => {
        const now = date.toISOString();
        const time = wallAt(now, zone).slice(11);
        const shows = from < to ? from <= time && time < to : time >= from || time < to;
        const ends = until(now, { from, to, classes: [] }, zone);
        if (shows) expect(ends).not.toBeNull();
        if (ends === null) return;
        expect(Date.parse(ends)).toBeGreaterThan(date.getTime());
        expect(Date.parse(ends) - date.getTime()).toBeLessThanOrEqual(25 * 3_600_000);
        // Loud, unless the other end follows within an hour that the clocks repeat.
        const next = until(ends, { from, to, classes: [] }, zone);
        if (next !== null) expect(Date.parse(next) - Date.parse(ends)).toBeGreaterThan(22 * 3_600_000);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("who waits", () => {
  test.each([
    ["emergency", [], false],
    ["emergency", ["emergency", "internal"], false],
    ["direct-marketing", [], true],
    ["public-task-information", ["direct-marketing"], false],
    ["direct-marketing", ["direct-marketing"], true],
  ])("%s where the file names %j: %s", (messageClass, classes, waits) => {
    expect(waitsAtNight(messageClass, { ...night, classes })).toBe(waits);
  });
});

describe("quiet_hours of a partnership file", () => {
  test.each([
    ["a time that is none", { from: "24:00", to: "08:00" }, /time of day such as/],
    ["nothing between its ends", { from: "08:00", to: "08:00" }, /nothing would be quiet/],
    ["a warning that waits", { from: "21:00", to: "08:00", classes: ["emergency"] }, /a warning never waits/],
    ["a class that is none", { from: "21:00", to: "08:00", classes: ["poems"] }, /emergency/],
    ["another word", { from: "21:00", to: "08:00", zone: "UTC" }, /Unrecognized/],
  ])("with %s is refused", (_, file, sentence) => {
    expect(
      quietHours
        .safeParse(file)
        .error?.issues.map((one) => one.message)
        .join(" "),
    ).toMatch(sentence);
  });

  test("comes back from the partnership's row, or not at all", () => {
    const row = { quietFrom: "21:00", quietTo: "08:00", quietClasses: ["consultation"] };
    expect(quietHoursOf(row)).toEqual({ from: "21:00", to: "08:00", classes: ["consultation"] });
    expect(quietHoursOf({ quietFrom: null, quietTo: null, quietClasses: [] })).toBeNull();
  });
});
