// Every minute of every day on which London's clocks change, 2026-2036: what is shown in advance is when it goes out, once (G6, S1, S2).
// The walk over the zone itself is in wall-time.test.ts; here the whole of a campaign's planning is walked.
import { describe, expect, test } from "@jest/globals";
import { Temporal } from "temporal-polyfill";
import { writtenFile, type WrittenCampaign } from "../../src/domain/campaign-file.ts";
import { timetable } from "../../src/domain/timetable.ts";
import { sayWallTime } from "../../src/domain/wall-time.ts";
import { type ChangeDay, changeDays, inLondon, minutesOf, twoDigits } from "../support/clock-changes.ts";

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

const isOddHour = (wall: string) => wall.slice(11, 13) === "01";

/** The instants a typed time goes out at; null where anything about it is not as it was shown. */
function typed(day: string, wall: string, which: ChangeDay["which"]): string[] | null {
  const found = planned(day, { due: wall });
  if (isOddHour(wall))
    return which === "forward" ? refusedWithBoth(day, wall, found) : bothAnswers(day, wall, found);
  const dueAt = found.places?.[0]?.dueAt;
  const isShown = dueAt !== undefined && inLondon(dueAt) === wall && shownClock(dueAt) === wall.slice(11);
  return isShown ? [dueAt] : null;
}
function refusedWithBoth(day: string, wall: string, { fault = "" }: ReturnType<typeof planned>) {
  const around = ["00", "02"].map((hour) => `${day} ${hour}${wall.slice(13)}`);
  return around.every((time) => fault.includes(time)) ? [] : null;
}
function bothAnswers(day: string, wall: string, { fault = "" }: ReturnType<typeof planned>) {
  if (!fault.includes("repeated_hour: first")) return null;
  const answers = ["first", "second"] as const;
  const both = answers.map(
    (repeated_hour) => planned(day, { due: wall, repeated_hour }).places?.[0]?.dueAt ?? "",
  );
  const [a = "", b = ""] = both;
  const isSaid = both.every((at, i) => sayWallTime(at, ZONE).includes(`the ${answers[i]} time`));
  const isShown = both.every((at) => inLondon(at) === wall);
  return isSaid && isShown && Date.parse(b) - Date.parse(a) === 3_600_000 ? both : null;
}

/** Whether a recurring time goes out once that day, at what the calendar shows, and is told of in the odd hour only. */
function recursOnce(day: string, wall: string, which: ChangeDay["which"]): boolean {
  const [before, until] = [-1, 1].map((days) => Temporal.PlainDate.from(day).add({ days }).toString());
  const repeat = { every: "day", interval: 1, until } as const;
  const { places = [] } = planned(day, { due: `${before}${wall.slice(10)}`, repeat });
  const [turn, ...more] = places.filter((place) => inLondon(place.dueAt).startsWith(day));
  if (places.length !== 3 || more.length > 0 || !turn) return false;
  const shown = isOddHour(wall) && which === "forward" ? wall.replace("T01", "T02") : wall;
  const isShown = turn.dueWall === shown && inLondon(turn.dueAt) === shown;
  // The first of two equal hours: an hour before it London did not show the same.
  const isFirst = !inLondon(turn.dueAt, -60).endsWith(shown.slice(11));
  return isShown && isFirst && (turn.dueNote !== null) === isOddHour(wall);
}

describe.each(changeDays(2026, 2036))("on $day, when the clocks go $which", ({ day, which }) => {
  const minutes = walk(day);

  test("a time that is typed goes out as shown, once; the odd hour is refused, or asks which", () => {
    const fired = minutes.map((wall) => [wall, typed(day, wall, which)] as const);
    expect(fired.flatMap(([wall, at]) => (at === null ? [wall] : []))).toEqual([]);
    const instants = fired.flatMap(([, at]) => at ?? []);
    // Every minute of the day that exists, none twice: 23 hours or 25.
    const odd = minutes.filter(isOddHour).length;
    expect(instants).toHaveLength(minutes.length + (which === "forward" ? -odd : odd));
    expect(new Set(instants).size).toBe(instants.length);
  });

  test("a time that recurs goes out once that day, where the calendar shows it", () => {
    expect(minutes.filter((wall) => !recursOnce(day, wall, which))).toEqual([]);
  });
});
