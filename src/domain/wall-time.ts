// Local (wall) time and zone to instant, safe over the days the clocks change (S1, S2, H79, H81). Pure: `now` is always given.
import { Temporal } from "temporal-polyfill";
import { DomainError } from "./errors.ts";
import { sayWallTime } from "./say-time.ts";

export { sayDate, sayDay, sayWallTime } from "./say-time.ts";

/** A wall time that stands for exactly one instant. Keep all three: zone rules can change after scheduling (S3). */
export interface ResolvedTime {
  readonly kind: "ok";
  /** "2026-10-25T09:00": to the minute, seconds are not ours to promise. */
  readonly wall: string;
  /** IANA name in its usual spelling, e.g. "Europe/London". */
  readonly zone: string;
  /** UTC, ISO 8601, e.g. "2026-10-25T09:00:00Z". */
  readonly instant: string;
}
/** No such date or time anywhere, or not written as one. */
export interface InvalidTime {
  readonly kind: "invalid";
  readonly sentence: string;
}
/** The clocks jump over it. `before` and `after` are the wall times an hour either side that do exist. */
export interface SkippedTime {
  readonly kind: "skipped";
  readonly sentence: string;
  readonly before: string;
  readonly after: string;
}
/** It happens twice; `first` and `second` are the two instants (UTC ISO). */
export interface RepeatedTime {
  readonly kind: "repeated";
  readonly sentence: string;
  readonly first: string;
  readonly second: string;
}
export type Resolved = ResolvedTime | InvalidTime | SkippedTime | RepeatedTime;
export type RepeatedHour = "first" | "second";

/** What a recurring wall time became; `note` says so where the clocks changed it, for the calendar to show in advance. */
export interface RecurringTime extends ResolvedTime {
  readonly note: string | null;
}

const WALL = /^(\d{4})-(\d{2})-(\d{2})[ T](\d{2}):(\d{2})$/;
// Names only. A fixed offset such as "+01:00" is refused: it would quietly ignore the clocks changing.
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;
// Outside these a year is a slip of the keyboard, and PostgreSQL and Date would disagree about how to write it.
const FIRST_YEAR = 1970;
const LAST_YEAR = 2199;

/** The zone's usual spelling, or null where there is no such zone. */
export function knownZone(zone: string): string | null {
  if (!ZONE_NAME.test(zone)) return null;
  try {
    return Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone).timeZoneId;
  } catch {
    return null;
  }
}

/**
 * What a person wrote, as an instant; or, in a sentence, why it is none. Never throws.
 * `repeated` answers which one is meant where a time happens twice, and is not looked at otherwise.
 */
export function resolveWallTime(wall: string, zone: string, repeated?: RepeatedHour): Resolved {
  const zoneId = knownZone(zone);
  if (zoneId === null)
    return invalid(`"${zone.slice(0, 40)}" is not a time zone. Use a name such as Europe/London.`);
  const local = readWall(wall);
  if ("kind" in local) return local;
  const { earlier, later } = bothReadings(local, zoneId);
  if (earlier.epochMilliseconds === later.epochMilliseconds) return ok(earlier);
  if (!earlier.toPlainDateTime().equals(local)) return skipped(local, earlier, later);
  if (repeated === undefined) return askWhich(local, earlier, later);
  return ok(repeated === "first" ? earlier : later);
}

/**
 * The same for a time made by a rule, where nobody can be asked and nothing may be lost or doubled:
 * a skipped time moves to the later valid one (S1), a repeated one takes the first (S2).
 * A date or zone that does not exist cannot come from a rule, so it throws DomainError "time-invalid".
 */
export function resolveRecurring(wall: string, zone: string): RecurringTime {
  const resolved = resolveWallTime(wall, zone);
  if (resolved.kind === "skipped") {
    const note = `${resolved.sentence} It goes out at ${plain(resolved.after)}.`;
    return { ...must(resolveWallTime(resolved.after, zone, "first")), note };
  }
  if (resolved.kind === "repeated") {
    const note = `${plain(wall)} happens twice, as the clocks go back. It goes out the first time only.`;
    return { ...must(resolveWallTime(wall, zone, "first")), note };
  }
  return { ...must(resolved), note: null };
}

/** A sentence where a due time has passed by more than a minute or is over 2 years ahead (H81); null where it may be scheduled. */
export function checkDue(resolved: ResolvedTime, now: string): string | null {
  const due = Temporal.Instant.from(resolved.instant).toZonedDateTimeISO(resolved.zone);
  const present = Temporal.Instant.from(now).toZonedDateTimeISO(resolved.zone);
  const said = sayWallTime(resolved.instant, resolved.zone);
  if (Temporal.ZonedDateTime.compare(due, present.subtract({ minutes: 1 })) < 0) {
    return `The due time, ${said}, has passed: it is now ${sayWallTime(now, resolved.zone)}. Give a later time.`;
  }
  if (Temporal.ZonedDateTime.compare(due, present.add({ years: 2 })) > 0) {
    return `The due time, ${said}, is more than 2 years ahead. Check the year, or plan it nearer the day.`;
  }
  return null;
}

/** The two ways to read a local time; the same instant twice on every ordinary day. Zone must be known. */
function bothReadings(local: Temporal.PlainDateTime, zone: string) {
  return {
    earlier: local.toZonedDateTime(zone, { disambiguation: "earlier" }),
    later: local.toZonedDateTime(zone, { disambiguation: "later" }),
  };
}

function readWall(wall: string): Temporal.PlainDateTime | InvalidTime {
  const found = WALL.exec(wall);
  if (found === null)
    return invalid(`"${wall.slice(0, 40)}" is not a local time. Write it as 2026-10-25 09:00.`);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = found.slice(1).map(Number);
  if (year < FIRST_YEAR || year > LAST_YEAR) {
    return invalid(`The year ${found[1]} cannot be right. Give a year from ${FIRST_YEAR} to ${LAST_YEAR}.`);
  }
  const parts = { year, month, day, hour, minute };
  const possible = { ...parts, month: Math.max(month, 1), day: Math.max(day, 1) };
  const near = Temporal.PlainDateTime.from(possible, { overflow: "constrain" });
  return slipIn(parts, near) ?? near;
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

function skipped(
  local: Temporal.PlainDateTime,
  earlier: Temporal.ZonedDateTime,
  later: Temporal.ZonedDateTime,
): SkippedTime {
  const [before, after] = [wallOf(earlier), wallOf(later)];
  const sentence =
    `${plain(wallOf(local))} does not exist in ${earlier.timeZoneId}: the clocks go forward over it. ` +
    `The times either side are ${plain(before)} and ${plain(after)}.`;
  return { kind: "skipped", sentence, before, after };
}

function askWhich(
  local: Temporal.PlainDateTime,
  first: Temporal.ZonedDateTime,
  second: Temporal.ZonedDateTime,
): RepeatedTime {
  const sentence =
    `${plain(wallOf(local))} happens twice in ${first.timeZoneId}, as the clocks go back. ` +
    `Say which is meant: "repeated_hour: first" or "repeated_hour: second".`;
  return {
    kind: "repeated",
    sentence,
    first: first.toInstant().toString(),
    second: second.toInstant().toString(),
  };
}

const ok = (at: Temporal.ZonedDateTime): ResolvedTime => ({
  kind: "ok",
  wall: wallOf(at),
  zone: at.timeZoneId,
  instant: at.toInstant().toString(),
});
const invalid = (sentence: string): InvalidTime => ({ kind: "invalid", sentence });
const wallOf = (at: Temporal.PlainDateTime | Temporal.ZonedDateTime) => at.toString().slice(0, 16);
/** As an author would write it back. */
const plain = (wall: string) => wall.replace("T", " ");

function must(resolved: Resolved): ResolvedTime {
  if (resolved.kind !== "ok") throw new DomainError("time-invalid", resolved.sentence);
  return resolved;
}
