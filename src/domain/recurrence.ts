// A due time that returns every so many days, weeks, months or years: which days those are, each once, skips in words. Pure.
import { Temporal } from "temporal-polyfill";
import { MOST_TIMES, type MonthDay, nth, type RepeatRule } from "./repeat-rule.ts";
import { WEEKDAYS } from "./season-rule.ts";
import { checkDue, MOST_YEARS_AHEAD, type RecurringTime, resolveRecurring, sayDay } from "./wall-time.ts";

/** One time it comes round. The first is the due time itself. */
export interface Turn extends RecurringTime {
  /** Days from the first, by the calendar. */
  readonly days: number;
}
export interface Turns {
  readonly turns: readonly Turn[];
  /** A sentence for each month or year that has no such day (H82). */
  readonly skips: readonly string[];
}
export interface RepeatFault {
  /** Below `repeat`. */
  readonly path: readonly string[];
  readonly message: string;
}

/** A day the rule comes to; `missing` says why there is none, and `date` is then the end of that month. */
interface Candidate {
  readonly date: Temporal.PlainDate;
  readonly missing?: string;
}

/**
 * Every turn at the same wall time: one that the clocks jump over moves to the later time, one that happens twice takes the
 * first (S1, S2), and both say so. Over MOST_TIMES or MOST_YEARS_AHEAD it is a fault, never a quiet cut.
 */
export function turns(rule: RepeatRule, first: First, zone: string, now: string): Turns | RepeatFault {
  const begin = Temporal.PlainDate.from(first.wall.slice(0, 10));
  const early = beginFault(rule, begin);
  if (early !== null) return early;
  const found: Turn[] = [{ kind: "ok", zone, ...first, note: null, days: 0 }];
  const skips: string[] = [];
  for (const { date, missing } of candidates(rule, begin)) {
    if (date.equals(begin)) continue;
    if (hasEnded(rule, found.length, date)) break;
    const at = resolveRecurring(`${date.toString()}${first.wall.slice(10)}`, zone);
    const tooMuch = overTheLimit(rule, found.length, at, now);
    if (tooMuch !== null) return tooMuch;
    if (missing === undefined) found.push({ ...at, days: begin.until(date).days });
    else skips.push(missing);
  }
  if (found.length > 1) return { turns: found, skips };
  return fault("until", 'it is before it comes again; give a later day, or leave "repeat" out');
}

const hasEnded = ({ times, until }: RepeatRule, count: number, date: Temporal.PlainDate): boolean =>
  count === times || (until !== undefined && date.toString() > until);

function overTheLimit(rule: RepeatRule, count: number, at: RecurringTime, now: string): RepeatFault | null {
  if (checkDue(at, now) !== null) {
    const ahead = `${sayDay(at.wall.slice(0, 10))} is more than ${MOST_YEARS_AHEAD} years ahead`;
    return rule.times === undefined
      ? fault("until", `${ahead}; end it earlier`)
      : fault("times", `${ahead}: only ${count} of the ${rule.times} times fall before that`);
  }
  return count < MOST_TIMES ? null : fault("until", `that is more than ${MOST_TIMES} times; end it earlier`);
}

interface First {
  readonly wall: string;
  readonly instant: string;
}

/** Why the due time cannot be the first of its turns. */
function beginFault(rule: RepeatRule, begin: Temporal.PlainDate): RepeatFault | null {
  const day = begin.toString();
  if (rule.until !== undefined && rule.until <= day)
    return fault(
      "until",
      `${sayDay(rule.until)} is not after the due time: it would end before it comes again`,
    );
  for (const { date, missing } of candidates(rule, begin)) {
    if (missing !== undefined) continue;
    if (date.equals(begin)) return null;
    const next = `the next is ${sayDay(date.toString())}`;
    return fault("on", `the due time, ${sayDay(day)}, is not such a day; ${next}`);
  }
  return null;
}

/** Endless, in order, none twice; begins with the first day the rule comes to on or after `begin`. */
function* candidates(rule: RepeatRule, begin: Temporal.PlainDate): Generator<Candidate> {
  for (let i = 0; ; i += rule.interval)
    for (const candidate of inPeriod(rule, begin, i))
      if (Temporal.PlainDate.compare(candidate.date, begin) >= 0) yield candidate;
}

function inPeriod(rule: RepeatRule, begin: Temporal.PlainDate, i: number): Candidate[] {
  switch (rule.every) {
    case "day":
      return [{ date: begin.add({ days: i }) }];
    case "week": {
      const monday = begin.subtract({ days: begin.dayOfWeek - 1 }).add({ weeks: i });
      const days = (rule.on ?? [WEEKDAYS[begin.dayOfWeek - 1] ?? "monday"]).map((name) =>
        WEEKDAYS.indexOf(name),
      );
      return [...new Set(days)].sort((a, b) => a - b).map((days) => ({ date: monday.add({ days }) }));
    }
    case "month":
      return [dayInMonth(begin.with({ day: 1 }).add({ months: i }), rule.on ?? begin.day)];
    case "year":
      return [dayInMonth(begin.with({ day: 1 }).add({ years: i }), begin.day)];
  }
}

function dayInMonth(first: Temporal.PlainDate, on: MonthDay): Candidate {
  const end = first.with({ day: first.daysInMonth });
  if (on === "last") return { date: end };
  if (typeof on === "number") {
    if (on <= first.daysInMonth) return { date: first.with({ day: on }) };
    const month = `${first.toLocaleString("en-GB", { month: "long" })} ${first.year}`;
    return { date: end, missing: `${month} has no ${nth(on)}: it is left out.` };
  }
  const wanted = WEEKDAYS.indexOf(on.weekday) + 1;
  if (on.nth === "last") return { date: end.subtract({ days: (end.dayOfWeek - wanted + 7) % 7 }) };
  return { date: first.add({ days: ((wanted - first.dayOfWeek + 7) % 7) + 7 * (on.nth - 1) }) };
}

const fault = (field: string, message: string): RepeatFault => ({ path: [field], message });
