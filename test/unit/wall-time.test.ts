// Local time to instant over the days the clocks change, and what a person may have typed (S1, S2, H79, H81).
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  checkDue,
  knownZone,
  resolveRecurring,
  resolveWallTime,
  sayDate,
  sayDay,
  sayWallTime,
  type Resolved,
  type ResolvedTime,
} from "../../src/domain/wall-time.ts";

const LONDON = "Europe/London";
const UTC_INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$/;
const YEARS = Array.from({ length: 11 }, (_, i) => 2026 + i);
const two = (n: number) => String(n).padStart(2, "0");

/** Independent of Temporal and of the zone data: the Summer Time Order 2002, the last Sunday of the month at 01:00 GMT. */
function lastSunday(year: number, month: number): string {
  const last = new Date(Date.UTC(year, month, 0));
  last.setUTCDate(last.getUTCDate() - last.getUTCDay());
  return last.toISOString().slice(0, 10);
}
const minutesOf = (date: string) =>
  Array.from({ length: 1440 }, (_, i) => `${date}T${two(Math.floor(i / 60))}:${two(i % 60)}`);
const isHour = (wall: string, hour: string) => wall.slice(11, 13) === hour;
const resolved = (wall: string, repeated?: "first" | "second"): ResolvedTime => {
  const time = resolveWallTime(wall, LONDON, repeated);
  if (time.kind !== "ok") throw new Error(`${wall} should exist: ${time.sentence}`);
  return time;
};
const isExactly = (time: Resolved, wall: string, instant: string) =>
  time.kind === "ok" && time.wall === wall && time.zone === LONDON && time.instant === instant;
/** The instant an existing wall time must be, by arithmetic alone: an hour is taken off in summer. */
const minusHours = (wall: string, hours: number) =>
  new Date(Date.parse(`${wall}:00Z`) - hours * 3_600_000).toISOString().replace(".000Z", "Z");

// One comparison a year instead of one a minute: an expect costs more than the resolving.
describe("every minute of every London day on which the clocks go forward, 2026-2036", () => {
  test.each(YEARS)(
    "%i: the hour from 1am is refused naming its neighbours, every other minute is one instant",
    (year) => {
      const minutes = minutesOf(lastSunday(year, 3));
      const instants = new Set<string>();
      const wrong = minutes.filter((wall) => {
        const time = resolveWallTime(wall, LONDON);
        if (isHour(wall, "01")) {
          const [before, after] = [wall.replace("T01", "T00"), wall.replace("T01", "T02")];
          const names = [before, after].map((t) => t.replace("T", " "));
          const refused = time.kind === "skipped" && time.before === before && time.after === after;
          return !(refused && names.every((name) => time.sentence.includes(name)));
        }
        const instant = minusHours(wall, isHour(wall, "00") ? 0 : 1);
        instants.add(instant);
        return !isExactly(time, wall, instant);
      });
      expect(wrong).toEqual([]);
      expect(instants.size).toBe(1440 - 60);
    },
  );

  test.each(YEARS)("%i: a recurring time in that hour moves an hour later, once, and says so", (year) => {
    const wrong = minutesOf(lastSunday(year, 3)).filter((wall) => {
      const time = resolveRecurring(wall, LONDON);
      const moves = isHour(wall, "01");
      const at = moves ? wall.replace("T01", "T02") : wall;
      const saysSo = time.note?.includes("does not exist") ?? false;
      return !(isExactly(time, at, minusHours(at, isHour(at, "00") ? 0 : 1)) && saysSo === moves);
    });
    expect(wrong).toEqual([]);
  });
});

describe("every minute of every London day on which the clocks go back, 2026-2036", () => {
  test.each(YEARS)("%i: the hour from 1am is asked about, then each answer is its own instant", (year) => {
    const instants = new Set<string>();
    const wrong = minutesOf(lastSunday(year, 10)).filter((wall) => {
      const time = resolveWallTime(wall, LONDON);
      if (isHour(wall, "01")) {
        const [first, second] = [minusHours(wall, 1), minusHours(wall, 0)];
        instants.add(first).add(second);
        const asked = time.kind === "repeated" && time.first === first && time.second === second;
        const named =
          asked && ["first", "second"].every((which) => time.sentence.includes(`repeated_hour: ${which}`));
        const answers = [
          resolveWallTime(wall, LONDON, "first"),
          resolveWallTime(wall, LONDON, "second"),
        ] as const;
        return !(named && isExactly(answers[0], wall, first) && isExactly(answers[1], wall, second));
      }
      const instant = minusHours(wall, isHour(wall, "00") ? 1 : 0);
      instants.add(instant);
      return !isExactly(time, wall, instant);
    });
    expect(wrong).toEqual([]);
    expect(instants.size).toBe(1440 + 60);
  });

  test.each(YEARS)("%i: a recurring time in that hour takes the first, and says so", (year) => {
    const wrong = minutesOf(lastSunday(year, 10)).filter((wall) => {
      const time = resolveRecurring(wall, LONDON);
      const summer = isHour(wall, "00") || isHour(wall, "01");
      return !(
        isExactly(time, wall, minusHours(wall, summer ? 1 : 0)) && (time.note !== null) === isHour(wall, "01")
      );
    });
    expect(wrong).toEqual([]);
  });

  test("an answer where nothing was asked changes nothing", () => {
    expect(resolved("2026-10-25 09:00", "second")).toEqual(resolved("2026-10-25 09:00"));
  });
});

describe("what a person may have typed", () => {
  test.each([
    ["2026-04-31 09:00", "April 2026 has only 30 days", ["2026-04-30 09:00", "2026-05-01 09:00"]],
    ["2027-02-29T09:00", "February 2027 has only 28 days", ["2027-02-28 09:00", "2027-03-01 09:00"]],
    ["2026-10-25 24:00", "A day ends at 23:59", ["2026-10-25 23:59", "2026-10-26 00:00"]],
    ["2026-12-31 25:10", "A day ends at 23:59", ["2026-12-31 23:59", "2027-01-01 00:00"]],
    ["2026-10-25 09:60", "An hour ends at minute 59", ["2026-10-25 09:59", "2026-10-25 10:00"]],
    ["2026-13-05 09:00", "There is no month 13", ["2026-12-05 09:00", "2027-01-05 09:00"]],
    ["2026-00-05 09:00", "There is no month 00", ["2026-01-05 09:00"]],
    ["2026-05-00 09:00", "There is no day 00", ["2026-05-01 09:00"]],
  ])("%s is refused with the nearest that exist", (wall, why, nearest) => {
    const time = resolveWallTime(wall, LONDON);
    const sentence = time.kind === "invalid" ? time.sentence : "";
    expect(sentence).toContain(why);
    for (const near of nearest) {
      expect(sentence).toContain(near);
      resolved(near);
    }
  });

  test.each(["", "2026-10-25", "2026-1-5 9:00", "2026-10-25 09:00 ", "now"])(
    '"%s" is refused with an example of how to write it',
    (wall) => {
      expect(resolveWallTime(wall, LONDON)).toMatchObject({
        kind: "invalid",
        sentence: expect.stringContaining("2026-10-25 09:00"),
      });
    },
  );

  test.each([
    ["03/04/2027 09:00", "read day first: 3 April 2027. Write it as 2027-04-03 09:00."],
    ["3/4/2027 9:00", "3 April 2027. Write it as 2027-04-03 09:00."],
    ["03.04.2027", "3 April 2027. Write it as 2027-04-03 09:00."],
    ["04/13/2027", "there is no month 13"],
    ["31/04", "April has only 30 days"],
    ["31/04/2027 09:00", "April 2027 has only 30 days"],
    ["29/02/2027", "February 2027 has only 28 days"],
    ["29/02", "read as 29 February, without its year"],
    ["00/01/2027", "is no date"],
    ["2016-12-31 23:59:60", "has seconds, which are not ours to promise. Write it as 2016-12-31 23:59."],
    ["2026-10-25T09:00:00", "Write it as 2026-10-25T09:00."],
    ["24:00", "Write it as 2026-10-25 09:00."],
    ["tomorrow at nine", "Write it as 2026-10-25 09:00."],
  ])('"%s" is refused with what it seems to mean', (wall, sentence) => {
    expect(resolveWallTime(wall, LONDON)).toMatchObject({
      kind: "invalid",
      sentence: expect.stringContaining(sentence),
    });
  });

  test.each(["", "Mars/Olympus", "+01:00", "Z", "2026-01-01T00:00[Europe/London]", "Europe/London "])(
    'the zone "%s" is refused',
    (zone) => {
      expect(knownZone(zone)).toBeNull();
      expect(resolveWallTime("2026-10-25 09:00", zone)).toMatchObject({ kind: "invalid" });
    },
  );

  test("a space or a T, and a zone in any capitals, come out the same", () => {
    expect(resolveWallTime("2026-10-25 09:00", "europe/london")).toEqual(
      resolveWallTime("2026-10-25T09:00", LONDON),
    );
    expect(resolved("2026-10-25 09:00").wall).toBe("2026-10-25T09:00");
  });

  test("29 February exists in a leap year", () => {
    expect(resolved("2028-02-29 09:00").instant).toBe("2028-02-29T09:00:00Z");
  });

  test("a year nobody means is refused", () => {
    expect(resolveWallTime("0026-10-25 09:00", LONDON)).toMatchObject({ kind: "invalid" });
    expect(resolveWallTime("9999-10-25 09:00", LONDON)).toMatchObject({ kind: "invalid" });
  });

  test("a rule's own time that cannot be is a fault, not a silent skip", () => {
    expect(() => resolveRecurring("2027-02-29 09:00", LONDON)).toThrow("February 2027 has only 28 days");
  });
});

describe("whatever is typed", () => {
  const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
  const nearlyWall = fc
    .tuple(digits(4), digits(2), digits(2), fc.constantFrom(" ", "T"), digits(2), digits(2))
    .map(([y, mo, d, gap, h, mi]) => `${y}-${mo}-${d}${gap}${h}:${mi}`);
  const realWall = fc
    .date({ min: new Date("1971-01-01"), max: new Date("2199-01-01"), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 16));
  const zones = fc.constantFrom(
    LONDON,
    "Europe/Warsaw",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "UTC",
  );
  const answers = fc.constantFrom(undefined, "first" as const, "second" as const);

  test("it never throws, and every instant is a real one that reads back as the wall time given", () => {
    const wall = fc.oneof(fc.string(), fc.string({ unit: "grapheme" }), nearlyWall, realWall);
    const zone = fc.oneof({ weight: 5, arbitrary: zones }, fc.string());
    fc.assert(
      fc.property(wall, zone, answers, (text, place, answer) => {
        const time = resolveWallTime(text, place, answer);
        if (time.kind !== "ok") {
          expect(time.sentence).toMatch(/[.?]$/);
          return;
        }
        expect(time.instant).toMatch(UTC_INSTANT);
        expect(time.wall).toBe(text.replace(" ", "T"));
        expect(Math.abs(Date.parse(time.instant) - Date.parse(`${time.wall}:00Z`))).toBeLessThanOrEqual(
          14 * 3_600_000,
        );
      }),
      { numRuns: 3000 },
    );
  });

  test("a real time in any zone recurs exactly once, never earlier than written", () => {
    fc.assert(
      fc.property(realWall, zones, (wall, zone) => {
        const time = resolveRecurring(wall, zone);
        expect(time.instant).toMatch(UTC_INSTANT);
        expect(time.wall >= wall).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});

describe("when a message may be due (H81)", () => {
  const due = resolved("2026-10-25 09:00");

  test("up to a minute ago still counts as now; more is refused, saying both times", () => {
    expect(checkDue(due, "2026-10-25T09:01:00Z")).toBeNull();
    expect(checkDue(due, "2026-10-25T09:01:01Z")).toBe(
      "The due time, Sunday 25 October 2026, 9am, has passed: it is now Sunday 25 October 2026, 9:01am. Give a later time.",
    );
  });

  test("up to two years ahead is planned; more is refused", () => {
    expect(checkDue(due, "2024-10-25T08:00:00Z")).toBeNull();
    expect(checkDue(due, "2024-10-25T07:59:00Z")).toContain("more than 2 years ahead");
  });
});

describe("how a time is said", () => {
  test.each([
    ["2026-10-25T09:00:00Z", "Sunday 25 October 2026, 9am"],
    ["2026-10-25T09:30:00Z", "Sunday 25 October 2026, 9:30am"],
    ["2026-10-25T12:00:00Z", "Sunday 25 October 2026, midday"],
    ["2026-10-25T12:05:00Z", "Sunday 25 October 2026, 12:05pm"],
    ["2026-10-26T00:00:00Z", "Monday 26 October 2026, midnight"],
    ["2026-10-26T00:05:00Z", "Monday 26 October 2026, 12:05am"],
    ["2026-07-01T15:00:00Z", "Wednesday 1 July 2026, 4pm"],
    ["2026-10-25T00:30:00Z", "Sunday 25 October 2026, 1:30am (the first time, as the clocks go back)"],
    ["2026-10-25T01:30:00Z", "Sunday 25 October 2026, 1:30am (the second time, as the clocks go back)"],
  ])("%s is %s", (instant, said) => {
    expect(sayWallTime(instant, LONDON)).toBe(said);
  });

  test("days are said by the local calendar, other languages in their own way", () => {
    expect(sayDate("2026-06-30T23:30:00Z", LONDON)).toBe("Wednesday 1 July 2026");
    expect(sayDay("2027-04-03")).toBe("Saturday 3 April 2027");
    expect(sayDay("2027-04-03", "pl")).toContain("kwietnia 2027");
    expect(sayWallTime("2026-07-01T15:00:00Z", LONDON, "pl")).toMatch(/lipca 2026.*16:00/);
  });
});
