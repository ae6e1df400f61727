// The year's calendar as rules: which ready message is due when, every year, without being lost or doubled. Pure; reads no file.
import { z } from "zod";
import { carriers } from "./campaign-file.ts";
import { key, line } from "./content.ts";
import {
  HALF_TERMS,
  addDays,
  dayOf,
  isAssumed,
  latestMoment,
  yearlyMoment,
  type Calendar,
  type HalfTerm,
} from "./season-rule.ts";
import { knownZone, resolveRecurring, sayDay, type RecurringTime } from "./wall-time.ts";

/** As long after its due time as a campaign file allows a message to stay useful (campaign-file.ts). */
const LONGEST_USEFUL_DAYS = 120;
// Faults that only show in some years are looked for in these: all weekdays, leap years, early and late Easters occur in them.
const SAMPLE_YEARS = Array.from({ length: 28 }, (_, i) => 2026 + i);
const TERM_MONTHS = { autumn: [10, 11], spring: [2, 3], summer: [5, 6] } as const;

export const season = z.strictObject({
  key,
  title: line(120),
  /** Key of a message in templates/library. */
  message: key,
  due: yearlyMoment,
  latest_useful: latestMoment,
  /** Who plans it and signs it off; without them it stands in the calendar and somebody has to take it up. */
  carried_by: z.strictObject(carriers).optional(),
});
export type Season = z.infer<typeof season>;

const yearOfTerms = z.strictObject({
  autumn: z.iso.date().optional(),
  spring: z.iso.date().optional(),
  summer: z.iso.date().optional(),
});

/**
 * The shape of config/seasons.yaml. `half_terms` holds the Mondays of the partnership's own half-terms, by calendar year.
 * A file of this shape is usable once seasonFaults finds nothing either: `readYaml(text, seasonsFile, seasonFaults)`.
 */
export const seasonsFile = z.strictObject({
  timezone: z
    .string()
    .refine((zone) => knownZone(zone) !== null, "must be a time zone such as Europe/London"),
  half_terms: z.record(z.string().regex(/^\d{4}$/, "must be a year such as 2026"), yearOfTerms).default({}),
  seasons: z.array(season).min(1).max(200),
});
export type SeasonsFile = z.infer<typeof seasonsFile>;

type Fault = { readonly path: readonly (string | number)[]; readonly message: string };

/** What a well-shaped file gets wrong: keys used twice, half-terms that are none, seasons that never happen or are never useful. */
export const seasonFaults = (file: SeasonsFile): readonly Fault[] => [
  ...Object.entries(file.half_terms).flatMap(([year, terms]) =>
    HALF_TERMS.flatMap((term) =>
      termFaults(year, term, terms[term]).map((message) => ({ path: ["half_terms", year, term], message })),
    ),
  ),
  ...file.seasons.flatMap((one, i) => [
    ...(file.seasons.findIndex((other) => other.key === one.key) < i
      ? [{ path: ["seasons", i, "key"], message: `"${one.key}" is used twice` }]
      : []),
    ...ruleFaults(one, file).map(({ path, message }) => ({ path: ["seasons", i, ...path], message })),
  ]),
];

/** One year's turn of a season. */
export interface Occurrence {
  readonly season: string;
  readonly title: string;
  readonly message: string;
  readonly due: RecurringTime;
  readonly latestUseful: RecurringTime;
  /** True where a half-term was taken from the usual pattern: check the term dates. */
  readonly assumed: boolean;
}

/** The occurrences whose due day lies from `fromDate` to `toDate` ("YYYY-MM-DD", both included), in order of time. */
export function occurrences(
  one: Season,
  fromDate: string,
  toDate: string,
  calendar: Calendar,
): readonly Occurrence[] {
  return yearsAround(fromDate, toDate)
    .map((year) => occurrenceIn(one, year, calendar))
    .filter((found) => found !== null && within(found.due, fromDate, toDate))
    .filter((found) => found !== null);
}

/** A sentence for each year in which the season cannot happen, such as 29 February (H82). Years as in the two dates. */
export function skips(one: Season, fromDate: string, toDate: string, calendar: Calendar): readonly string[] {
  const [from, to] = [yearOf(fromDate), yearOf(toDate)];
  return yearsAround(fromDate, toDate)
    .filter((year) => year >= from && year <= to && dayOf(one.due, year, calendar) === null)
    .map((year) => `"${one.title}" does not happen in ${year}: that year has no such day.`);
}

/** One square of the year grid that has something in it. */
export interface SeasonDay {
  readonly date: string;
  /** Due on this day. */
  readonly due: readonly Occurrence[];
  /** Already due and still useful on this day. */
  readonly running: readonly Occurrence[];
}

/** The days from `fromDate` to `toDate` (both included) on which a season is due or still useful; empty days are left out. */
export function seasonDays(file: SeasonsFile, fromDate: string, toDate: string): readonly SeasonDay[] {
  const early = addDays(fromDate, -LONGEST_USEFUL_DAYS - 1);
  const all = file.seasons.flatMap((one) => occurrences(one, early, toDate, file)).sort(byDue);
  const days: SeasonDay[] = [];
  for (let date = fromDate; date <= toDate; date = addDays(date, 1)) {
    const due = all.filter((found) => dateOf(found.due) === date);
    const running = all.filter((found) => dateOf(found.due) < date && date <= dateOf(found.latestUseful));
    if (due.length + running.length > 0) days.push({ date, due, running });
  }
  return days;
}

/** The season's turn in a rule year; its offset may carry the day into the year before or after. Null where there is none. */
function occurrenceIn(one: Season, year: number, calendar: Calendar): Occurrence | null {
  const day = dayOf(one.due, year, calendar);
  if (day === null) return null;
  const due = resolveRecurring(`${day}T${one.due.time}`, calendar.timezone);
  const latest = latestFor(one, due.wall, calendar) ?? fallback(due.wall);
  const assumed = isAssumed(one.due, year, calendar) || latest.assumed;
  const latestUseful = resolveRecurring(latest.wall, calendar.timezone);
  return { season: one.key, title: one.title, message: one.message, due, latestUseful, assumed };
}

/** The first latest-useful moment after a due wall time; null where none comes within 120 days. */
function latestFor(one: Season, due: string, calendar: Calendar): { wall: string; assumed: boolean } | null {
  const latest = one.latest_useful;
  const [dueDate = "", dueTime = ""] = due.split("T");
  if (latest.rule === "after_days") {
    return { wall: `${addDays(dueDate, latest.after_days)}T${latest.time ?? dueTime}`, assumed: false };
  }
  const found = yearsAround(dueDate, dueDate)
    .map((year) => ({ day: dayOf(latest, year, calendar), assumed: isAssumed(latest, year, calendar) }))
    .map(({ day, assumed }) => ({ wall: day === null ? "" : `${day}T${latest.time}`, assumed }))
    .find(({ wall }) => wall > due);
  return found && found.wall.slice(0, 10) <= addDays(dueDate, LONGEST_USEFUL_DAYS) ? found : null;
}

// seasonFaults refuses a season without a latest useful time; should one slip by, it is sent within the usual week, not lost.
const fallback = (due: string) => ({
  wall: `${addDays(due.slice(0, 10), 7)}${due.slice(10)}`,
  assumed: true,
});

function termFaults(year: string, term: HalfTerm, date: string | undefined): string[] {
  if (date === undefined) return [];
  const [first, last] = TERM_MONTHS[term];
  const month = Number(date.slice(5, 7));
  return [
    ...(date.startsWith(year) ? [] : [`${date} is not in ${year}; write it under the year it falls in`]),
    ...(sayDay(date).startsWith("Monday") ? [] : [`${sayDay(date)} is not the Monday of the half-term week`]),
    ...(month >= first && month <= last ? [] : [`${sayDay(date)} cannot be the ${term} half-term`]),
  ];
}

/** A season that never happens, or is never useful, is found when the file is read and not on the day. */
function ruleFaults(one: Season, calendar: Calendar): Fault[] {
  const days = SAMPLE_YEARS.map((year) => dayOf(one.due, year, calendar)).filter((day) => day !== null);
  if (days.length === 0) return [{ path: ["due"], message: `never happens in ${calendar.timezone}` }];
  const useless = days.find((day) => latestFor(one, `${day}T${one.due.time}`, calendar) === null);
  if (useless === undefined) return [];
  const after = `the due time of ${sayDay(useless)}`;
  return [
    { path: ["latest_useful"], message: `does not come within ${LONGEST_USEFUL_DAYS} days after ${after}` },
  ];
}

const dateOf = (time: RecurringTime) => time.wall.slice(0, 10);
const yearOf = (date: string) => Number(date.slice(0, 4));
const byDue = (a: Occurrence, b: Occurrence) => a.due.instant.localeCompare(b.due.instant);
const within = (due: RecurringTime, from: string, to: string) => dateOf(due) >= from && dateOf(due) <= to;
/** One year more at each end: an offset can carry a day across New Year. */
function yearsAround(fromDate: string, toDate: string): readonly number[] {
  const first = yearOf(fromDate) - 1;
  return Array.from({ length: Math.max(0, yearOf(toDate) + 2 - first) }, (_, i) => first + i);
}
