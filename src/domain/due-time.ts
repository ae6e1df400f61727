// When a communication is due and until when it is useful, from what an author wrote. Pure.
import { Temporal } from "temporal-polyfill";
import { checkDue, type RepeatedHour, resolveRecurring, resolveWallTime, wallAt } from "./wall-time.ts";

export interface DueTimes {
  readonly dueWall: string;
  readonly zone: string;
  /** UTC, ISO 8601. */
  readonly dueAt: string;
  readonly latestUsefulWall: string;
  readonly latestUsefulAt: string;
  /** What the clocks made of it, to be shown in advance; null on every ordinary day. */
  readonly dueNote: string | null;
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
    return { wall: wallAt(now, zone), instant: now };
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
      ? { ...base, note: null }
      : resolveRecurring(
          Temporal.PlainDateTime.from(base.wall)
            .add({ days: afterDays })
            .toString({ smallestUnit: "minute" }),
          zone,
        );
  const latest = Temporal.Instant.from(due.instant).add({ minutes: Math.round(usefulDays * 24 * 60) });
  const latestUsefulAt = latest.toString();
  return {
    dueWall: due.wall,
    zone,
    dueAt: due.instant,
    latestUsefulWall: wallAt(latestUsefulAt, zone),
    latestUsefulAt,
    dueNote: due.note,
  };
}
