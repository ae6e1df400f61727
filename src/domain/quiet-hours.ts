// The hours of the night in which ordinary messages wait (S9). Pure: `now` is always given; safe over the days the clocks change.
import { Temporal } from "temporal-polyfill";
import { z } from "zod";
import { CLASSES } from "./classes.ts";

/** From one local time of day to another, over midnight where `from` is the later; which classes wait ([]: all that may). */
export interface QuietHours {
  /** "21:00" */
  readonly from: string;
  readonly to: string;
  readonly classes: readonly string[];
}

/** A warning does not wait for the morning, whatever a partnership's file says. */
export const NEVER_QUIET = "emergency";

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as "21:00"');

/** `quiet_hours` of a partnership file. */
export const quietHours = z
  .strictObject({
    from: clock,
    to: clock,
    classes: z
      .array(z.enum(CLASSES))
      .min(1)
      .refine((all) => !all.includes(NEVER_QUIET), `must not hold "${NEVER_QUIET}": a warning never waits`)
      .optional(),
  })
  .refine(({ from, to }) => from !== to, {
    path: ["to"],
    message: 'is the same as "from": nothing would be quiet, or everything',
  });

/** The quiet hours of a row of the partnership; null where it has none. */
export const quietHoursOf = (row: {
  readonly quietFrom: string | null;
  readonly quietTo: string | null;
  readonly quietClasses: readonly string[];
}): QuietHours | null =>
  row.quietFrom === null || row.quietTo === null
    ? null
    : { from: row.quietFrom, to: row.quietTo, classes: row.quietClasses };

/** Whether messages of a class wait in quiet hours at all. */
export const waitsAtNight = (messageClass: string, { classes }: QuietHours): boolean =>
  messageClass !== NEVER_QUIET && (classes.length === 0 || classes.includes(messageClass));

/**
 * The instant (UTC ISO) at which the quiet hours that `nowIso` lies in end; null where it lies in none. Where the clocks
 * change at either end they are as long as can be: an hour that happens twice is quiet until its second end.
 */
export function quietUntil(nowIso: string, zone: string, quiet: QuietHours | null): string | null {
  if (quiet === null) return null;
  const now = Temporal.Instant.from(nowIso);
  const today = now.toZonedDateTimeISO(zone).toPlainDate();
  // The night that began yesterday; for clock changes around midnight one day more at each end.
  for (const days of [-2, -1, 0, 1]) {
    const date = today.add({ days });
    const begins = edge(date, quiet.from, zone, "earlier");
    const ends = edge(quiet.from < quiet.to ? date : date.add({ days: 1 }), quiet.to, zone, "later");
    if (Temporal.Instant.compare(begins, now) <= 0 && Temporal.Instant.compare(now, ends) < 0)
      return ends.toString();
  }
  return null;
}

/** The instant at which a local clock first, or last, comes to show a time; where it jumps over it, the jump itself. */
function edge(
  date: Temporal.PlainDate,
  time: string,
  zone: string,
  disambiguation: "earlier" | "later",
): Temporal.Instant {
  const local = date.toPlainDateTime(time);
  const at = local.toZonedDateTime(zone, { disambiguation });
  if (at.toPlainDateTime().equals(local)) return at.toInstant();
  const before = local.toZonedDateTime(zone, { disambiguation: "earlier" });
  return (before.getTimeZoneTransition("next") ?? before).toInstant();
}
