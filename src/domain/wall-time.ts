// Local (wall) time and zone to instant, safe over the days the clocks change (S1, S2, H79, H81). Pure: `now` is always given.
import { Temporal } from "temporal-polyfill";
import { DomainError } from "./errors.ts";
import { sayWallTime } from "./say-time.ts";
import { type InvalidTime, invalid, plain, readWall, wallOf } from "./written-time.ts";

export { sayDate, sayDay, sayWallTime } from "./say-time.ts";
export type { InvalidTime } from "./written-time.ts";

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

// Names only. A fixed offset such as "+01:00" is refused: it would quietly ignore the clocks changing.
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/;

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

/** Further ahead than this is a slip of the pen (RELIABILITY H81). */
export const MOST_YEARS_AHEAD = 2;

/**
 * A sentence where a time has passed by more than a minute or is too far ahead; null where it may be scheduled.
 * `what` is what the sentence calls it.
 */
export function checkDue(resolved: ResolvedTime, now: string, what = "due time"): string | null {
  const due = Temporal.Instant.from(resolved.instant).toZonedDateTimeISO(resolved.zone);
  const present = Temporal.Instant.from(now).toZonedDateTimeISO(resolved.zone);
  const said = () => sayWallTime(resolved.instant, resolved.zone);
  if (Temporal.ZonedDateTime.compare(due, present.subtract({ minutes: 1 })) < 0) {
    return `The ${what}, ${said()}, has passed: it is now ${sayWallTime(now, resolved.zone)}. Give a later time.`;
  }
  if (Temporal.ZonedDateTime.compare(due, present.add({ years: MOST_YEARS_AHEAD })) > 0) {
    return `The ${what}, ${said()}, is more than ${MOST_YEARS_AHEAD} years ahead. Check the year, or plan it nearer the day.`;
  }
  return null;
}

/**
 * Which of two equal wall times an instant is; null on every ordinary hour. With wall time and zone it says the instant
 * in a way that a change of the zone's rules does not touch.
 */
export function readingOf(instant: string, zone: string): RepeatedHour | null {
  const at = Temporal.Instant.from(instant).toZonedDateTimeISO(zone);
  const { earlier, later } = bothReadings(at.toPlainDateTime(), zone);
  if (earlier.epochMilliseconds === later.epochMilliseconds) return null;
  return at.epochMilliseconds === earlier.epochMilliseconds ? "first" : "second";
}

/** The wall time of an instant, to the minute: "2026-10-25T09:00". */
export const wallAt = (instant: string, zone: string): string =>
  wallOf(Temporal.Instant.from(instant).toZonedDateTimeISO(zone));

/** The two ways to read a local time; the same instant twice on every ordinary day. Zone must be known. */
function bothReadings(local: Temporal.PlainDateTime, zone: string) {
  return {
    earlier: local.toZonedDateTime(zone, { disambiguation: "earlier" }),
    later: local.toZonedDateTime(zone, { disambiguation: "later" }),
  };
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

function must(resolved: Resolved): ResolvedTime {
  if (resolved.kind !== "ok") throw new DomainError("time-invalid", resolved.sentence);
  return resolved;
}
