// The window of a communication (earliest, due, latest useful, expiry): its shape, its order, and the quiet hours in it. Pure.
import { Temporal } from "temporal-polyfill";
import type { DueTimes } from "./due-time.ts";
import { type QuietHours, quietUntil, waitsAtNight } from "./quiet-hours.ts";
import type { RepeatRule } from "./repeat-rule.ts";
import { type RepeatedHour, sayWallTime } from "./wall-time.ts";

/** What of a campaign decides its times (campaign-file.ts). */
export interface Asked {
  readonly due: string;
  readonly class: string;
  readonly repeated_hour?: RepeatedHour | undefined;
  readonly earliest?: string | undefined;
  readonly expires?: string | undefined;
  readonly latest_useful_days?: number | undefined;
  readonly repeat?: RepeatRule | undefined;
  readonly quiet_hours_override?: string | undefined;
  readonly communications: readonly {
    readonly key: string;
    readonly title: string;
    readonly after_days: number;
    readonly latest_useful_days: number;
  }[];
}
/** The moment and place it is asked at. */
export interface Moment {
  readonly zone: string;
  readonly now: string;
  readonly quiet: QuietHours | null;
}
/** Wall time (in `zone`) and UTC instant of each end; earliest and expiry may be open. In order: earliest ≤ due ≤ latest useful ≤ expiry. */
export interface Window extends DueTimes {
  readonly earliestWall: string | null;
  readonly earliestAt: string | null;
  readonly expiresWall: string | null;
  readonly expiresAt: string | null;
}
export interface Place extends Window {
  /** Its own where the campaign repeats: "start-2027-03-28". */
  readonly key: string;
  /** Which of the campaign's communications it is. */
  readonly index: number;
}
export interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
/** Told of the first turn only: the others are the same days apart. */
export function orderFaults(asked: Asked, places: readonly Place[], zone: string): Fault[] {
  const say = (at: string) => sayWallTime(at, zone);
  const first = places.slice(0, asked.communications.length);
  const early = first.find((place) => place.earliestAt !== null && after(place.earliestAt, place.dueAt));
  const late = first.find(
    (place) => place.expiresAt !== null && after(place.latestUsefulAt, place.expiresAt),
  );
  return [
    ...(early?.earliestAt
      ? [
          {
            path: ["earliest"],
            message: `The earliest time, ${say(early.earliestAt)}, is after the due time, ${say(early.dueAt)}.`,
          },
        ]
      : []),
    ...(late?.expiresAt ? [{ path: ["expires"], message: expiresEarly(asked, late, zone) }] : []),
  ];
}

function expiresEarly(asked: Asked, place: Place, zone: string): string {
  const title = asked.communications[place.index]?.title ?? "";
  const expires = sayWallTime(place.expiresAt ?? "", zone);
  return after(place.dueAt, place.expiresAt ?? "")
    ? `The expiry, ${expires}, is before "${title}" is due, ${sayWallTime(place.dueAt, zone)}.`
    : `The expiry, ${expires}, is before "${title}" stops being useful, ${sayWallTime(place.latestUsefulAt, zone)}. Give a later expiry, or fewer latest_useful_days.`;
}

export function quietFaults(asked: Asked, places: readonly Place[], { zone, quiet }: Moment): Fault[] {
  if (quiet === null || asked.quiet_hours_override !== undefined || !waitsAtNight(asked.class, quiet))
    return [];
  const loud = places.find((place) => quietUntil(place.dueAt, zone, quiet) !== null);
  return loud ? [{ path: ["due"], message: inQuietHours(loud.dueAt, zone, quiet) }] : [];
}

/** Why a due time that lies in quiet hours is refused, and what to do. */
export function inQuietHours(dueAt: string, zone: string, quiet: QuietHours): string {
  const ends = sayWallTime(quietUntil(dueAt, zone, quiet) ?? dueAt, zone);
  return (
    `The due time, ${sayWallTime(dueAt, zone)}, is in the quiet hours from ${quiet.from} to ${quiet.to}, which end ${ends}. ` +
    "Give another time, or say in quiet_hours_override why it cannot wait."
  );
}

/** A later turn beside a clock change may push two ends past each other by an hour; the due time holds. */
export function inOrder(place: Place): Place {
  const { dueAt, dueWall, earliestAt, expiresAt, expiresWall, latestUsefulAt, latestUsefulWall } = place;
  const isEarly = earliestAt !== null && after(earliestAt, dueAt);
  const early = isEarly ? { earliestAt: dueAt, earliestWall: dueWall } : {};
  if (expiresAt === null || expiresWall === null || !after(latestUsefulAt, expiresAt))
    return { ...place, ...early };
  const late = after(dueAt, expiresAt)
    ? { expiresAt: latestUsefulAt, expiresWall: latestUsefulWall }
    : { latestUsefulAt: expiresAt, latestUsefulWall: expiresWall };
  return { ...place, ...early, ...late };
}

const after = (a: string, b: string): boolean => Temporal.Instant.compare(a, b) > 0;
