// When a communication is due and until when it is useful, from what an author wrote. Pure.
import { Temporal } from "temporal-polyfill";
import { checkDue, type RepeatedHour, resolveRecurring, resolveWallTime } from "./wall-time.ts";

export interface DueTimes {
  readonly dueWall: string;
  readonly zone: string;
  /** UTC, ISO 8601. */
  readonly dueAt: string;
  readonly latestUsefulAt: string;
}
export interface Base {
  /** A wall time, or "now". */
  readonly due: string;
  readonly zone: string;
  readonly now: string;
  readonly repeated?: RepeatedHour | undefined;
}

/** The campaign's own due time; or a sentence that says why it cannot be that. */
export function baseTime({
  due,
  zone,
  now,
  repeated,
}: Base): { wall: string; instant: string } | { fault: string } {
  if (due === "now") {
    const wall = Temporal.Instant.from(now)
      .toZonedDateTimeISO(zone)
      .toPlainDateTime()
      .toString({ smallestUnit: "minute" });
    return { wall, instant: now };
  }
  const resolved = resolveWallTime(due, zone, repeated);
  if (resolved.kind !== "ok") return { fault: resolved.sentence };
  const fault = checkDue(resolved, now);
  return fault === null ? { wall: resolved.wall, instant: resolved.instant } : { fault };
}

/** A communication some days after the campaign's due time: the same time of day, whatever the clocks do between. */
export function dueTimes(
  base: { wall: string; instant: string },
  zone: string,
  afterDays: number,
  usefulDays: number,
): DueTimes {
  const due =
    afterDays === 0
      ? base
      : resolveRecurring(
          Temporal.PlainDateTime.from(base.wall)
            .add({ days: afterDays })
            .toString({ smallestUnit: "minute" }),
          zone,
        );
  const latest = Temporal.Instant.from(due.instant).add({ minutes: Math.round(usefulDays * 24 * 60) });
  return { dueWall: due.wall, zone, dueAt: due.instant, latestUsefulAt: latest.toString() };
}
