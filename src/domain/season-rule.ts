// The rules by which a day returns every year: fixed, clock change, nth weekday, Easter, half-term. Pure; knows no message.
import { Temporal } from "temporal-polyfill";
import { z } from "zod";
import { easterSunday } from "./easter.ts";

export const WEEKDAYS = [
  "monday",
  "tuesday",
  "wednesday",
  "thursday",
  "friday",
  "saturday",
  "sunday",
] as const;
export const HALF_TERMS = ["autumn", "spring", "summer"] as const;
export type HalfTerm = (typeof HALF_TERMS)[number];

/** What a rule has to look up: the zone whose clocks change, and the partnership's own term dates by calendar year. */
export interface Calendar {
  readonly timezone: string;
  readonly half_terms: Readonly<Record<string, Readonly<Partial<Record<HalfTerm, string | undefined>>>>>;
}

const clockTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as "09:00"');
const monthDay = z
  .string()
  .regex(/^\d{2}-\d{2}$/, { error: 'must be a month and day such as "10-24"', abort: true })
  .refine((text) => z.iso.date().safeParse(`2028-${text}`).success, "is not a day of any year");
const shift = z.int().min(-60).max(60);
const halfTerm = z.enum(HALF_TERMS);
const common = { offset_days: shift.default(0), time: clockTime };

/** One form of rule each; the word that names the rule doubles as its value, so that YAML reads as a sentence. */
const ruleForms = [
  z.strictObject({ rule: z.literal("fixed"), fixed: monthDay, ...common }),
  z.strictObject({ rule: z.literal("clocks"), clocks: z.enum(["back", "forward"]), ...common }),
  z.strictObject({
    rule: z.literal("weekday"),
    weekday: z.enum(WEEKDAYS),
    nth: z.union([z.literal("last"), z.int().min(1).max(5)]),
    month: z.int().min(1).max(12),
    ...common,
  }),
  z.strictObject({ rule: z.literal("easter"), easter: shift, ...common }),
  z.strictObject({ rule: z.literal("half_term"), half_term: halfTerm, ...common }),
  z.strictObject({
    rule: z.literal("before_half_term"),
    before_half_term: halfTerm,
    days: z.int().min(1).max(60),
    ...common,
  }),
] as const;
const afterDays = z.strictObject({
  rule: z.literal("after_days"),
  after_days: z.int().min(1).max(120),
  time: clockTime.optional(),
});

const RULE_WORDS = ["fixed", "clocks", "weekday", "easter", "half_term", "before_half_term"] as const;

/** Names the rule by the word it is written with, so that a fault is told about that form and no other. */
const named = (words: readonly string[]) => (raw: unknown, ctx: z.RefinementCtx) => {
  const given = z.record(z.string(), z.unknown()).safeParse(raw).data ?? {};
  const found = words.filter((word) => word in given);
  const [word] = found;
  if (found.length === 1 && (given.rule ?? word) === word) return { ...given, rule: word };
  const has = found.length === 0 ? "it has none" : `it has ${found.join(" and ")}`;
  ctx.addIssue({ code: "custom", message: `must say when by exactly one of ${words.join(", ")}; ${has}` });
  return z.NEVER;
};

/** A day of every year and a local time on it. */
export const yearlyMoment = z.preprocess(named(RULE_WORDS), z.discriminatedUnion("rule", ruleForms));
/** The same, or so many days after the due time (at `time`, or at the same time of day). */
export const latestMoment = z.preprocess(
  named([...RULE_WORDS, "after_days"]),
  z.discriminatedUnion("rule", [...ruleForms, afterDays]),
);
export type YearlyMoment = z.infer<typeof yearlyMoment>;

/** The day ("YYYY-MM-DD") the rule names in its year, offset included; null where that year has none (29 February, a fifth Monday). */
export function dayOf(moment: YearlyMoment, year: number, calendar: Calendar): string | null {
  const base = baseDay(moment, year, calendar);
  return base && addDays(base, moment.offset_days);
}

/** True where the day rests on the usual pattern because the partnership has not entered its own half-term for that year. */
export function isAssumed(moment: YearlyMoment, year: number, calendar: Calendar): boolean {
  const term =
    "half_term" in moment ? moment.half_term : "before_half_term" in moment ? moment.before_half_term : null;
  return term !== null && calendar.half_terms[year]?.[term] === undefined;
}

export const addDays = (date: string, days: number) => Temporal.PlainDate.from(date).add({ days }).toString();

function baseDay(moment: YearlyMoment, year: number, calendar: Calendar): string | null {
  switch (moment.rule) {
    case "fixed": {
      const date = `${year}-${moment.fixed}`;
      return z.iso.date().safeParse(date).success ? date : null;
    }
    case "clocks":
      return clockChange(moment.clocks, year, calendar.timezone);
    case "weekday":
      return nthWeekday(moment.weekday, moment.nth, year, moment.month);
    case "easter":
      return addDays(easterSunday(year), moment.easter);
    case "half_term":
      return halfTermMonday(moment.half_term, year, calendar);
    case "before_half_term":
      return addDays(halfTermMonday(moment.before_half_term, year, calendar), -moment.days);
  }
}

/**
 * The local day on which the zone's clocks go back or forward, from the zone's own transitions: should Parliament move or
 * end the change, the time zone data follows and no rule of ours is left behind. Null where that year has none.
 */
export function clockChange(which: "back" | "forward", year: number, zone: string): string | null {
  const start = Temporal.PlainDate.from({ year, month: 1, day: 1 }).toZonedDateTime(zone);
  let before = start.offsetNanoseconds;
  for (
    let at = start.getTimeZoneTransition("next");
    at?.year === year;
    at = at.getTimeZoneTransition("next")
  ) {
    const forward = at.offsetNanoseconds > before;
    if (forward === (which === "forward")) return at.toPlainDate().toString();
    before = at.offsetNanoseconds;
  }
  return null;
}

function nthWeekday(weekday: (typeof WEEKDAYS)[number], nth: number | "last", year: number, month: number) {
  const first = Temporal.PlainDate.from({ year, month, day: 1 });
  const day = 1 + ((WEEKDAYS.indexOf(weekday) + 1 - first.dayOfWeek + 7) % 7);
  const count = nth === "last" ? Math.floor((first.daysInMonth - day) / 7) + 1 : nth;
  const wanted = day + 7 * (count - 1);
  return wanted > first.daysInMonth ? null : first.with({ day: wanted }).toString();
}

// The usual English pattern, as the first day (month, day) of the seven among which the Monday of half-term week falls.
// Councils and many academies each set their own dates (gov.uk/school-term-holiday-dates), so this is only a stand-in and the
// calendar marks it (isAssumed). Compared with published dates of 2017-2020 and 2023-2026 (Torbay, Ealing, Luton, Harrow, Solihull,
// Staffordshire): every week agrees but autumn 2019 (21 October there, 28 October elsewhere); parts of the north took a week later in 2018.
const USUAL_HALF_TERM = {
  // The fourth Monday of October, not the last: where 30 October is a Monday (2017, 2023) schools were off from the 23rd.
  autumn: { month: 10, day: 22 },
  // Half way from early January to the end of March: the second Monday in 2018 and 2024, the third in 2019, 2020, 2025 and 2026.
  spring: { month: 2, day: 12 },
  // The week of the spring bank holiday, the last Monday of May.
  summer: { month: 5, day: 25 },
} as const;

/** The Monday of half-term week: the partnership's own, otherwise the usual English one. */
function halfTermMonday(term: HalfTerm, year: number, calendar: Calendar): string {
  const own = calendar.half_terms[year]?.[term];
  if (own !== undefined) return own;
  const from = Temporal.PlainDate.from({ year, ...USUAL_HALF_TERM[term] });
  return from.add({ days: (8 - from.dayOfWeek) % 7 }).toString();
}
