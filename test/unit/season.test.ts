// The year's calendar: every rule of config/seasons.yaml once a year in the right place, and every fault of the file listed.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { easterSunday } from "../../src/domain/easter.ts";
import { clockChange } from "../../src/domain/season-rule.ts";
import { occurrences, seasonDays, seasonFaults, seasonsFile, skips } from "../../src/domain/season.ts";
import { readYaml } from "../../src/lib/yaml-file.ts";

const text = readFileSync(new URL("../../config/seasons.yaml", import.meta.url), "utf8");
const read = (yaml: string) => readYaml(yaml, seasonsFile, seasonFaults);
const fileOf = (yaml: string) => {
  const result = read(yaml);
  if (!result.ok) throw new Error(result.faults.join("\n"));
  return result.value;
};
const faultsOf = (yaml: string) => {
  const result = read(yaml);
  return result.ok ? [] : result.faults;
};
const file = fileOf(text);
const YEARS = Array.from({ length: 11 }, (_, i) => 2026 + i);

const DAY = 86_400_000;
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 10);
const shifted = (date: string, days: number) => iso(Date.parse(date) + days * DAY);
const weekdayOf = (date: string) => new Date(date).getUTCDay();
/** The first `weekday` (0 is Sunday) on or after a date, by plain Date arithmetic. */
const onOrAfter = (date: string, weekday: number) => shifted(date, (weekday - weekdayOf(date) + 7) % 7);
const lastSundayOf = (year: number, month: "03" | "10") => onOrAfter(`${year}-${month}-25`, 0);

/** Easter by the church's own tables instead: golden number, epact, paschal full moon, then the Sunday after it (Lilius, Clavius). */
function easterByTheMoon(year: number): string {
  const golden = (year % 19) + 1;
  const century = Math.floor(year / 100) + 1;
  const sunCorrection = Math.floor((3 * century) / 4) - 12;
  const moonCorrection = Math.floor((8 * century + 5) / 25) - 5;
  const raw = (((11 * golden + 20 + moonCorrection - sunCorrection) % 30) + 30) % 30;
  const epact = (raw === 25 && golden > 11) || raw === 24 ? raw + 1 : raw;
  const fullMoon = epact > 23 ? 74 - epact : 44 - epact;
  const fullMoonDay = Date.UTC(year, 2, 1) + (fullMoon - 1) * DAY;
  return onOrAfter(iso(fullMoonDay + DAY), 0);
}

const season = (due: string, latest = "{ after_days: 7 }", zone = "Europe/London") =>
  `timezone: ${zone}\nseasons:\n  - { key: one, title: One, message: one, due: ${due}, latest_useful: ${latest} }\n`;
const dueIn = (yaml: string, from: string, to: string) => {
  const calendar = fileOf(yaml);
  return calendar.seasons.flatMap((one) => occurrences(one, from, to, calendar));
};

describe("Easter Sunday", () => {
  test.each([
    "2026-04-05",
    "2027-03-28",
    "2028-04-16",
    "2029-04-01",
    "2030-04-21",
    "2035-03-25",
    "2036-04-13",
  ])("%s is known", (date) => {
    expect(easterSunday(Number(date.slice(0, 4)))).toBe(date);
  });

  test("agrees with the paschal moon tables for every year from 1583 to 2499", () => {
    for (let year = 1583; year < 2500; year += 1) expect(easterSunday(year)).toBe(easterByTheMoon(year));
  });
});

describe("the clocks", () => {
  test.each(YEARS)("%i: change in London on the last Sundays of March and October", (year) => {
    expect(clockChange("forward", year, "Europe/London")).toBe(lastSundayOf(year, "03"));
    expect(clockChange("back", year, "Europe/London")).toBe(lastSundayOf(year, "10"));
  });

  test("a zone whose clocks stand still has no such day, and the file is told so", () => {
    expect(clockChange("back", 2026, "UTC")).toBeNull();
    expect(faultsOf(season('{ clocks: back, time: "10:00" }', undefined, "UTC"))).toEqual([
      expect.stringMatching(/seasons\[0\]\.due: never happens in UTC\.$/),
    ]);
  });
});

describe("config/seasons.yaml", () => {
  /** Each season's due day and latest useful day, computed here without Temporal and without the rules under test. */
  const expected: Record<string, (year: number) => readonly [string, string]> = {
    "dark-nights": (y) => [
      `${shifted(lastSundayOf(y, "10"), -3)}T10:00`,
      `${shifted(lastSundayOf(y, "10"), 4)}T16:00`,
    ],
    halloween: (y) => [`${y}-10-24T10:00`, `${y}-10-31T16:00`],
    "bonfire-night": (y) => [`${y}-10-29T10:00`, `${y}-11-05T16:00`],
    "sixteen-days": (y) => [`${y}-11-25T09:00`, `${y}-12-10T16:00`],
    "fraud-before-christmas": (y) => [`${onOrAfter(`${y}-12-01`, 2)}T10:00`, `${y}-12-20T16:00`],
    "fraud-before-easter": (y) => [
      `${shifted(easterByTheMoon(y), -6)}T10:00`,
      `${shifted(easterByTheMoon(y), -1)}T16:00`,
    ],
    "knife-crime-autumn-half-term": (y) => halfTerm(onOrAfter(`${y}-10-22`, 1)),
    "knife-crime-spring-half-term": (y) => halfTerm(onOrAfter(`${y}-02-12`, 1)),
    "knife-crime-summer-half-term": (y) => halfTerm(onOrAfter(`${y}-05-25`, 1)),
  };
  const halfTerm = (monday: string) =>
    [`${shifted(monday, -7)}T16:00`, `${shifted(monday, 2)}T12:00`] as const;

  test("has the seasons that are checked here, and no other", () => {
    expect(file.seasons.map((one) => one.key)).toEqual(Object.keys(expected));
  });

  test.each(YEARS)(
    "%i: every season comes exactly once, where it belongs, and ends after it began",
    (year) => {
      for (const one of file.seasons) {
        const found = occurrences(one, `${year}-01-01`, `${year}-12-31`, file);
        expect([one.key, ...found.map((o) => [o.due.wall, o.latestUseful.wall])]).toEqual([
          one.key,
          expected[one.key]?.(year),
        ]);
        expect(found.every((o) => o.due.instant < o.latestUseful.instant)).toBe(true);
        expect(skips(one, `${year}-01-01`, `${year}-12-31`, file)).toEqual([]);
      }
    },
  );

  test("eleven years asked at once give the same as year by year: nothing lost or doubled at New Year", () => {
    for (const one of file.seasons) {
      const yearly = YEARS.flatMap((y) => occurrences(one, `${y}-01-01`, `${y}-12-31`, file));
      expect(occurrences(one, "2026-01-01", "2036-12-31", file)).toEqual(yearly);
      expect(yearly).toHaveLength(YEARS.length);
    }
  });

  test("the school year 2026-27 rests on the partnership's own dates, later years say that they are assumed", () => {
    const assumed = (from: string, to: string) =>
      file.seasons
        .flatMap((one) => occurrences(one, from, to, file))
        .filter((o) => o.assumed)
        .map((o) => o.season);
    expect(assumed("2026-09-01", "2027-08-31")).toEqual([]);
    expect(assumed("2027-09-01", "2028-08-31")).toHaveLength(3);
  });
});

describe("rules", () => {
  test("2027: Easter Sunday is also the day the clocks go forward, and a time that night moves, not vanishes", () => {
    const [found] = dueIn(season('{ easter: 0, time: "01:30" }'), "2027-01-01", "2027-12-31");
    expect(found?.due).toMatchObject({ wall: "2027-03-28T02:30", instant: "2027-03-28T01:30:00Z" });
    expect(found?.due.note).toContain("does not exist");
    expect(clockChange("forward", 2027, "Europe/London")).toBe(easterSunday(2027));
  });

  test("a time in the repeated hour goes out once, the first time", () => {
    const found = dueIn(season('{ clocks: back, time: "01:30" }'), "2027-10-31", "2027-10-31");
    expect(found.map((o) => o.due.instant)).toEqual(["2027-10-31T00:30:00Z"]);
  });

  test("the partnership's own half-term is used instead of the usual one", () => {
    const own = `half_terms: { 2027: { autumn: "2027-10-18" } }\n`;
    const rule = season('{ before_half_term: autumn, days: 7, time: "16:00" }');
    expect(dueIn(own + rule, "2027-01-01", "2028-12-31").map((o) => [o.due.wall, o.assumed])).toEqual([
      ["2027-10-11T16:00", false],
      ["2028-10-16T16:00", true],
    ]);
  });

  // Published dates of Luton (2018), Torbay (2019-20), Solihull (2024-25) and Staffordshire (2025-26) schools; 2019's autumn week was split.
  test.each([
    ["autumn", ["2018-10-22", "2024-10-28", "2025-10-27"]],
    ["spring", ["2019-02-18", "2020-02-17", "2025-02-17", "2026-02-16"]],
    ["summer", ["2019-05-27", "2020-05-25", "2025-05-26", "2026-05-25"]],
  ])("the usual %s half-term is when schools were off", (term, mondays) => {
    const rule = season(`{ half_term: ${term}, time: "09:00" }`);
    for (const monday of mondays) {
      const year = monday.slice(0, 4);
      expect(dueIn(rule, `${year}-01-01`, `${year}-12-31`).map((o) => o.due.wall)).toEqual([
        `${monday}T09:00`,
      ]);
    }
  });

  test("an offset over New Year keeps one turn for every year", () => {
    const found = dueIn(
      season('{ fixed: "01-02", offset_days: -5, time: "09:00" }'),
      "2026-01-01",
      "2028-12-31",
    );
    expect(found.map((o) => o.due.wall.slice(0, 10))).toEqual(["2026-12-28", "2027-12-28", "2028-12-28"]);
  });

  test("a latest useful day may lie in the next year", () => {
    const rule = season('{ fixed: "12-29", time: "09:00" }', '{ fixed: "01-02", time: "09:00" }');
    expect(dueIn(rule, "2026-01-01", "2026-12-31").map((o) => o.latestUseful.wall)).toEqual([
      "2027-01-02T09:00",
    ]);
  });

  test("the nth and the last weekday are counted from the right end", () => {
    const nth = (n: string, month: number) =>
      season(`{ weekday: monday, nth: ${n}, month: ${month}, time: "09:00" }`);
    const in2027 = (yaml: string) =>
      dueIn(yaml, "2027-01-01", "2027-12-31").map((o) => o.due.wall.slice(0, 10));
    expect(in2027(nth("1", 2))).toEqual(["2027-02-01"]);
    expect(in2027(nth("last", 2))).toEqual(["2027-02-22"]);
    expect(in2027(nth("5", 3))).toEqual(["2027-03-29"]);
    expect(in2027(nth("last", 5))).toEqual(["2027-05-31"]);
  });

  test("29 February and a fifth Monday are left out with an explanation (H82)", () => {
    const leap = fileOf(season('{ fixed: "02-29", time: "09:00" }'));
    const one = leap.seasons[0]!;
    expect(occurrences(one, "2026-01-01", "2029-12-31", leap).map((o) => o.due.wall)).toEqual([
      "2028-02-29T09:00",
    ]);
    expect(skips(one, "2026-01-01", "2029-12-31", leap)).toEqual(
      [2026, 2027, 2029].map((year) => `"One" does not happen in ${year}: that year has no such day.`),
    );
  });
});

describe("the year grid", () => {
  test("shows each season on its due day and on the days it is still useful", () => {
    const days = seasonDays(file, "2026-10-24", "2026-10-25");
    const keys = days.map((d) => [d.date, d.due.map((o) => o.season), d.running.map((o) => o.season)]);
    const running = ["knife-crime-autumn-half-term", "dark-nights"];
    expect(keys).toEqual([
      ["2026-10-24", ["halloween"], running],
      ["2026-10-25", [], [...running, "halloween"]],
    ]);
  });

  test("leaves empty days out", () => {
    expect(seasonDays(file, "2026-08-01", "2026-08-31")).toEqual([]);
  });
});

describe("faults of the file", () => {
  test("all are listed, each with its line and path", () => {
    const faults = faultsOf(`timezone: Mars/Olympus
half_terms: { 2026: { winter: "2026-12-21" } }
seasons:
  - { key: one, title: One, message: one, due: { time: "09:00" }, latest_useful: { after_days: 0 } }
  - { key: two, title: Two, message: two, due: { easter: 0, fixed: "10-24", time: "09:00" }, latest_useful: { after_days: 7 } }
  - { key: three, title: Three, message: three, due: { fixed: "02-30", time: "24:00" }, latest_useful: { fixed: "x", time: "09:00" } }
  - { key: four, title: Four, message: four, due: { clocks: sideways, colour: red, time: "09:00" }, latest_useful: { after_days: 7 } }
`);
    for (const place of [
      "line 1, timezone: must be a time zone",
      "line 2, half_terms.2026.winter: ",
      "line 4, seasons[0].due: must say when by exactly one of fixed, clocks,",
      "line 4, seasons[0].latest_useful.after_days: ",
      "line 5, seasons[1].due: must say when by exactly one of",
      "line 6, seasons[2].due.fixed: is not a day of any year",
      "line 6, seasons[2].due.time: must be a time",
      "line 6, seasons[2].latest_useful.fixed: must be a month and day",
      "line 7, seasons[3].due.clocks: ",
      "line 7, seasons[3].due.colour: ",
    ])
      expect(faults).toContainEqual(expect.stringContaining(place));
    expect(faults).toHaveLength(10);
  });

  test("what the rules come to is checked as well", () => {
    const faults = faultsOf(`timezone: Europe/London
half_terms: { 2026: { autumn: "2026-10-27", spring: "2027-02-15", summer: "2026-10-26" } }
seasons:
  - { key: one, title: One, message: one, due: { fixed: "10-24", time: "09:00" }, latest_useful: { fixed: "10-20", time: "09:00" } }
  - { key: one, title: Two, message: two, due: { fixed: "10-24", time: "09:00" }, latest_useful: { fixed: "10-24", time: "08:59" } }
`);
    expect(faults).toEqual([
      "line 2, half_terms.2026.autumn: Tuesday 27 October 2026 is not the Monday of the half-term week.",
      "line 2, half_terms.2026.spring: 2027-02-15 is not in 2026; write it under the year it falls in.",
      "line 2, half_terms.2026.summer: Monday 26 October 2026 cannot be the summer half-term.",
      "line 4, seasons[0].latest_useful: does not come within 120 days after the due time of Saturday 24 October 2026.",
      'line 5, seasons[1].key: "one" is used twice.',
      "line 5, seasons[1].latest_useful: does not come within 120 days after the due time of Saturday 24 October 2026.",
    ]);
  });
});
