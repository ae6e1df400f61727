// A date and time as a person wrote it down, read or refused in words (H79, H80). Pure; wall-time.ts decides what instant it is.
import { Temporal } from "temporal-polyfill";
import { sayDay } from "./say-time.ts";

/** No such date or time anywhere, or not written as one. */
export interface InvalidTime {
  readonly kind: "invalid";
  readonly sentence: string;
}

export const WALL = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})$/;
const WITH_SECONDS = /^(\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}):\d{2}(\.\d+)?$/;
const WITH_SLASHES = /^(\d{1,2})[/.](\d{1,2})(?:[/.](\d{4}))?(?:,?[ T](\d{1,2}:\d{2}))?$/;
// Outside these a year is a slip of the keyboard, and PostgreSQL and Date would disagree about how to write it.
const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;
const LEAP_YEAR = 2028;

/** What was written, or in a sentence why it is no date and time, with the nearest that are. */
export function readWall(wall: string): Temporal.PlainDateTime | InvalidTime {
  const found = WALL.exec(wall);
  if (found === null) return invalid(howToWrite(wall));
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1).map(Number);
  if (year < FIRST_YEAR || year > LAST_YEAR) {
    return invalid(`The year ${found[1]} cannot be right. Give a year from ${FIRST_YEAR} to ${LAST_YEAR}.`);
  }
  const parts = { year, month, day, hour, minute };
  const possible = { ...parts, month: Math.max(month, 1), day: Math.max(day, 1) };
  const near = Temporal.PlainDateTime.from(possible, { overflow: "constrain" });
  return slipIn(parts, near) ?? near;
}

/** How to write what was meant; a date with slashes is read day first, always, and said back in words (H80). */
export function howToWrite(text: string): string {
  const shown = `"${text.slice(0, 40)}"`;
  const withSeconds = WITH_SECONDS.exec(text);
  if (withSeconds !== null)
    return `${shown} has seconds, which are not ours to promise. Write it as ${withSeconds[1]}.`;
  const slashes = WITH_SLASHES.exec(text);
  if (slashes === null) return `${shown} is not a local time. Write it as 2026-10-25 09:00.`;
  const [day, month] = [Number(slashes[1]), Number(slashes[2])];
  const year = slashes[3] === undefined ? LEAP_YEAR : Number(slashes[3]);
  return `${shown} ${dayFirst({ day, month, year }, slashes[3] !== undefined, slashes[4])}`;
}

function dayFirst(
  given: { day: number; month: number; year: number },
  hasYear: boolean,
  time: string | undefined,
): string {
  const name = new Date(Date.UTC(2000, Math.min(given.month, 12) - 1)).toLocaleString("en-GB", {
    month: "long",
    timeZone: "UTC",
  });
  if (given.month < 1 || given.month > 12)
    return `is read day first, and there is no month ${given.month}. Write it as 2026-10-25 09:00.`;
  const date = Temporal.PlainDate.from({ ...given, day: Math.max(given.day, 1) }, { overflow: "constrain" });
  if (date.day !== given.day) {
    const which = hasYear ? `${name} ${given.year}` : name;
    return `is no date: ${which} has only ${date.daysInMonth} days. Write it as 2026-10-25 09:00.`;
  }
  if (!hasYear)
    return `is read as ${given.day} ${name}, without its year. Write it as 2026-${date.toString().slice(5)} 09:00.`;
  const clock = time === undefined ? "09:00" : time.padStart(5, "0");
  const words = sayDay(date.toString());
  return `is read day first: ${words.slice(words.indexOf(" ") + 1)}. Write it as ${date.toString()} ${clock}.`;
}

/** The first part of a date or time that cannot be, with the nearest that can (H79); null where all is well. */
function slipIn(
  { month, day, hour, minute }: Record<"month" | "day" | "hour" | "minute", number>,
  near: Temporal.PlainDateTime,
): InvalidTime | null {
  if (near.month === month && near.day === day && near.hour === hour && near.minute === minute) return null;
  const nextHour = near.with({ minute: 0 }).add({ hours: 1 });
  const monthEnds = `${near.toLocaleString("en-GB", { month: "long" })} ${near.year} has only ${near.daysInMonth} days`;
  const slips: readonly [boolean, string, ...Temporal.PlainDateTime[]][] = [
    [month < 1, "There is no month 00", near],
    [month > 12, `There is no month ${month}`, near, near.add({ months: 1 })],
    [day < 1, "There is no day 00", near],
    [day > near.daysInMonth, monthEnds, near, near.add({ days: 1 })],
    [hour > 23, "A day ends at 23:59", near.with({ minute: 59 }), nextHour],
    [minute > 59, "An hour ends at minute 59", near, nextHour],
  ];
  const [, what, ...nearest] = slips.find(([wrong]) => wrong) ?? [true, "There is no such time", near];
  const said = nearest.map((at) => plain(wallOf(at))).join(" and ");
  return invalid(`${what}. The nearest that ${nearest.length > 1 ? "exist are" : "exists is"} ${said}.`);
}

export const invalid = (sentence: string): InvalidTime => ({ kind: "invalid", sentence });
export const wallOf = (at: Temporal.PlainDateTime | Temporal.ZonedDateTime) => at.toString().slice(0, 16);
/** As an author would write it back. */
export const plain = (wall: string) => wall.replace("T", " ");
