// Every minute of every day on which London's clocks change, 2026-2036: what is shown in advance is when it goes out, once (G6, S1, S2).
// The walk over the zone itself is in wall-time.test.ts; here the whole of a campaign's planning is walked.
import { describe, expect, test } from "@jest/globals";
import { Temporal } from "temporal-polyfill";
import { writtenFile, type WrittenCampaign } from "../../src/domain/campaign-file.ts";
import { timetable } from "../../src/domain/timetable.ts";
import { sayWallTime } from "../../src/domain/wall-time.ts";
import { changeDays, inLondon, minutesOf, twoDigits } from "../support/clock-changes.ts";

const ZONE = "Europe/London";
const isLong = process.env.BELLMAN_CLOCK_YEARS === "11";
const email = { subject: "S", preheader: "P", opening: [{ heading: "H" }] };
const written = {
  ...{ key: "k", title: "T", purpose: "P", priority: "p", objective: "inform", emphasis: ["reassurance"] },
  ...{ place_or_issue: "place", class: "public-task-information", audience: ["all"], channels: ["email"] },
  ...{ lead_agency: "a", author: "a@example.org", approver: "b@example.org" },
  communications: [{ key: "start", title: "Start", latest_useful_days: 1, content: { en: { email } } }],
};
/** Checked once by its schema; a minute changes nothing but its times. */
const parsed: WrittenCampaign = writtenFile.parse({ campaign: { ...written, due: "now" } }).campaign;
const planned = (day: string, times: Partial<WrittenCampaign>) => {
  const now = Temporal.PlainDate.from(day)
    .subtract({ days: 30 })
    .toZonedDateTime("UTC")
    .toInstant()
    .toString();
  const found = timetable({ ...parsed, ...times }, { zone: ZONE, now, quiet: null });
  return "faults" in found ? { fault: found.faults[0]?.message ?? "" } : { places: found.places };
};
/** As the pages say it, by another way than our own words: hour and minute in London. */
const shownClock = (instant: string): string => {
  const [, h = "", m = "00", half = ""] = /(\d+)(?::(\d\d))?(am|pm)/.exec(sayWallTime(instant, ZONE)) ?? [];
  if (sayWallTime(instant, ZONE).includes("midday")) return "12:00";
  if (sayWallTime(instant, ZONE).includes("midnight")) return "00:00";
  return `${twoDigits((Number(h) % 12) + (half === "pm" ? 12 : 0))}:${m}`;
};

/** Every minute of one year's two days, and of the others every fifth around the change; BELLMAN_CLOCK_YEARS=11: every minute of all. */
const walk = (day: string): string[] =>
  isLong || day.startsWith("2027")
    ? minutesOf(day)
    : minutesOf(day).filter((wall, i) => /T0[0-3]/.test(wall) && i % 5 === 0);

describe.each(changeDays(2026, 2036))("on $day, when the clocks go $which", ({ day, which }) => {
  const minutes = walk(day);
  const isOddHour = (wall: string) => wall.slice(11, 13) === "01";

  test("a time that is typed goes out as shown, once; the odd hour is refused, or asks which", () => {
    const fired = new Set<number>();
    const wrong = minutes.filter((wall) => {
      const found = planned(day, { due: wall });
      if (!isOddHour(wall)) {
        const due = found.places?.[0];
        if (!due || fired.has(Date.parse(due.dueAt))) return true;
        fired.add(Date.parse(due.dueAt));
        return inLondon(due.dueAt) !== wall || shownClock(due.dueAt) !== wall.slice(11);
      }
      const sentence = found.fault ?? "";
      const around = ["00", "02"].map((hour) => `${day} ${hour}${wall.slice(13)}`);
      if (which === "forward") return !around.every((time) => sentence.includes(time));
      if (!sentence.includes("repeated_hour: first")) return true;
      const [one, two] = (["first", "second"] as const).map((answer) =>
        planned(day, { due: wall, repeated_hour: answer }),
      );
      const [a, b] = [one?.places?.[0]?.dueAt ?? "", two?.places?.[0]?.dueAt ?? ""];
      for (const at of [a, b]) fired.add(Date.parse(at));
      const isSaid = [a, b].every((at, i) =>
        sayWallTime(at, ZONE).includes(`the ${i === 0 ? "first" : "second"} time`),
      );
      return !(
        Date.parse(b) - Date.parse(a) === 3_600_000 &&
        inLondon(a) === wall &&
        inLondon(b) === wall &&
        isSaid
      );
    });
    expect(wrong).toEqual([]);
    // Every minute of the day that exists, none twice: 23 hours or 25.
    const odd = minutes.filter(isOddHour).length;
    expect(fired.size).toBe(minutes.length + (which === "forward" ? -odd : odd));
    if (isLong) expect(fired.size).toBe(which === "forward" ? 23 * 60 : 25 * 60);
  });

  test("a time that recurs goes out once that day, where the calendar shows it", () => {
    const before = Temporal.PlainDate.from(day).subtract({ days: 1 }).toString();
    const until = Temporal.PlainDate.from(day).add({ days: 1 }).toString();
    const repeat = { every: "day", interval: 1, until } as const;
    const wrong = minutes.filter((wall) => {
      const { places = [] } = planned(day, { due: `${before}${wall.slice(10)}`, repeat });
      const onTheDay = places.filter((place) => inLondon(place.dueAt).startsWith(day));
      const [turn] = onTheDay;
      if (places.length !== 3 || onTheDay.length !== 1 || !turn) return true;
      const moves = isOddHour(wall) && which === "forward";
      const shown = moves ? wall.replace("T01", "T02") : wall;
      const isFirst =
        which === "forward" || !isOddHour(wall) || !inLondon(turn.dueAt, -60).endsWith(wall.slice(11));
      const isTold = (turn.dueNote !== null) === isOddHour(wall);
      return !(turn.dueWall === shown && inLondon(turn.dueAt) === shown && isFirst && isTold);
    });
    expect(wrong).toEqual([]);
  });
});
