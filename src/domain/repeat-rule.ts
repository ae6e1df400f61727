// `repeat` of a campaign file: how a due time returns, its shape and its words. Pure; recurrence.ts finds the days.
import { z } from "zod";
import { WEEKDAYS } from "./season-rule.ts";
import { sayDay } from "./say-time.ts";

/** More than this is a slip of the pen (RELIABILITY H81). */
export const MOST_TIMES = 200;

const weekday = z.enum(WEEKDAYS);
const weekdays = z.preprocess(
  (raw) => (typeof raw === "string" ? [raw] : raw),
  z.array(weekday).min(1).max(7),
);
const nthWeekday = z.strictObject({ nth: z.union([z.int().min(1).max(4), z.literal("last")]), weekday });
const monthDay = z.union([z.int().min(1).max(31), z.literal("last"), nthWeekday], {
  error: 'must be a day from 1 to 31, "last", or { nth: 1, weekday: monday }',
});
const common = {
  /** Every 2nd week, every 3rd month … */
  interval: z.int().min(1).max(52).default(1),
  times: z
    .int()
    .min(2, "must be at least 2 times")
    .max(MOST_TIMES, `must be at most ${MOST_TIMES} times`)
    .optional(),
  /** The last day it may fall on. */
  until: z.iso.date('must be a day such as "2027-03-31"').optional(),
};

const forms = z.discriminatedUnion(
  "every",
  [
    z.strictObject({ every: z.literal("day"), ...common }),
    z.strictObject({ every: z.literal("week"), on: weekdays.optional(), ...common }),
    z.strictObject({ every: z.literal("month"), on: monthDay.optional(), ...common }),
    z.strictObject({ every: z.literal("year"), ...common }),
  ],
  { error: "must be day, week, month or year; nothing is repeated more often than once a day" },
);

/** `repeat` of a campaign file. The text of a calendar program's rule (RRULE) is refused: it could ask for every second (H82). */
export const repeatRule = z.preprocess(
  (raw, ctx) => {
    if (typeof raw !== "string") return raw;
    const message = `"${raw.slice(0, 40)}" is not read here. Write { every: week, times: 10 }; every day is the most often`;
    ctx.addIssue({ code: "custom", message });
    return z.NEVER;
  },
  forms.superRefine(({ times, until }, ctx) => {
    if ((times === undefined) === (until === undefined))
      ctx.addIssue({ code: "custom", message: "must say when it ends, by exactly one of times and until" });
  }),
);
export type RepeatRule = z.infer<typeof repeatRule>;
export type MonthDay = z.infer<typeof monthDay>;

/** "Every 2 weeks on Monday and Thursday, 12 times". */
export function sayRepeat(rule: RepeatRule): string {
  const every = rule.interval === 1 ? `Every ${rule.every}` : `Every ${rule.interval} ${rule.every}s`;
  const ends = rule.times === undefined ? ` until ${sayDay(rule.until ?? "")}` : `, ${rule.times} times`;
  return `${every}${"on" in rule && rule.on !== undefined ? sayOn(rule.on) : ""}${ends}`;
}

function sayOn(on: NonNullable<Extract<RepeatRule, { on?: unknown }>["on"]>): string {
  const name = (one: string) => one.charAt(0).toUpperCase() + one.slice(1);
  if (Array.isArray(on))
    return ` on ${on
      .map(name)
      .join(", ")
      .replace(/, (?=[^,]*$)/, " and ")}`;
  if (on === "last") return " on the last day";
  if (typeof on === "number") return ` on the ${nth(on)}`;
  return ` on the ${on.nth === "last" ? "last" : nth(on.nth)} ${name(on.weekday)}`;
}

const ORDINALS = new Intl.PluralRules("en-GB", { type: "ordinal" });
const ENDINGS: Partial<Record<Intl.LDMLPluralRule, string>> = { one: "st", two: "nd", few: "rd" };
/** 1st, 2nd, 3rd … */
export const nth = (n: number) => `${n}${ENDINGS[ORDINALS.select(n)] ?? "th"}`;
