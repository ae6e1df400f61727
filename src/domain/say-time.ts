// Instants and days as a person reads them. Only words come from here; wall-time.ts decides what a time means.
import { Temporal } from "temporal-polyfill";

/**
 * An instant as a person reads it: "Sunday 25 October 2026, 9am", also 9:30am, midday, midnight (GOV.UK style, "Times").
 * An hour that happens twice says which it is. Other languages get their own usual form.
 */
export function sayWallTime(instant: string, zone: string, locale = "en-GB"): string {
  const at = Temporal.Instant.from(instant).toZonedDateTimeISO(zone);
  if (!locale.startsWith("en")) return at.toLocaleString(locale, { dateStyle: "full", timeStyle: "short" });
  const which = whichOfTwo(at);
  return `${sayDay(at.toPlainDate().toString(), locale)}, ${sayTime(at.hour, at.minute)}${which}`;
}

/** The local day of an instant: "Sunday 25 October 2026". */
export const sayDate = (instant: string, zone: string, locale = "en-GB"): string =>
  sayDay(Temporal.Instant.from(instant).toZonedDateTimeISO(zone).toPlainDate().toString(), locale);

/** A calendar day ("2026-10-25") in words: "Sunday 25 October 2026". */
export function sayDay(date: string, locale = "en-GB"): string {
  const day = Temporal.PlainDate.from(date);
  if (!locale.startsWith("en")) return day.toLocaleString(locale, { dateStyle: "full" });
  const at = Date.UTC(day.year, day.month - 1, day.day);
  const [weekday, month] = [words(locale, "weekday").format(at), words(locale, "month").format(at)];
  return `${weekday} ${day.day} ${month} ${day.year}`;
}

/** Made once each: making one costs a hundred times what using it does. */
const formats = new Map<string, Intl.DateTimeFormat>();
function words(locale: string, part: "weekday" | "month"): Intl.DateTimeFormat {
  const key = `${locale} ${part}`;
  const format = formats.get(key) ?? new Intl.DateTimeFormat(locale, { [part]: "long", timeZone: "UTC" });
  formats.set(key, format);
  return format;
}

function sayTime(hour: number, mins: number): string {
  if (mins === 0 && hour % 12 === 0) return hour === 0 ? "midnight" : "midday";
  return `${hour % 12 || 12}${mins === 0 ? "" : `:${String(mins).padStart(2, "0")}`}${hour < 12 ? "am" : "pm"}`;
}

function whichOfTwo(at: Temporal.ZonedDateTime): string {
  const local = at.toPlainDateTime();
  const first = local.toZonedDateTime(at.timeZoneId, { disambiguation: "earlier" });
  const second = local.toZonedDateTime(at.timeZoneId, { disambiguation: "later" });
  if (first.offsetNanoseconds === second.offsetNanoseconds) return "";
  const name = at.offsetNanoseconds === first.offsetNanoseconds ? "first" : "second";
  return ` (the ${name} time, as the clocks go back)`;
}
