// Until when is this of use? A new latest useful time as a person writes it, for what has waited too long. Pure: `now` is given.
import { DomainError } from "./errors.ts";
import { MOST_YEARS_AHEAD, resolveWallTime, sayWallTime } from "./wall-time.ts";

const FARTHEST_MS = MOST_YEARS_AHEAD * 366 * 86_400_000;

/**
 * "2026-11-22 18:00" in a zone as a UTC instant. Where the clocks make it happen twice the later one is meant: an end is never
 * made earlier than somebody said. Throws DomainError "useful-until" for what is no time, has passed or is too far ahead.
 */
export function usefulUntil(wall: string, zone: string, now: string): string {
  const resolved = resolveWallTime(wall.trim(), zone, "second");
  if (resolved.kind !== "ok") throw new DomainError("useful-until", resolved.sentence);
  const ahead = Date.parse(resolved.instant) - Date.parse(now);
  const said = sayWallTime(resolved.instant, zone);
  if (ahead <= 0)
    throw new DomainError(
      "useful-until",
      `${said} has passed: it is now ${sayWallTime(now, zone)}. Give a later time, or cancel it.`,
    );
  if (ahead > FARTHEST_MS)
    throw new DomainError(
      "useful-until",
      `${said} is more than ${MOST_YEARS_AHEAD} years ahead. Check the year.`,
    );
  return resolved.instant;
}
