// When the rules of a time zone change after something was planned: what was promised is the wall time, so the instant moves (S3). Pure.
import { Temporal } from "temporal-polyfill";
import { resolveWallTime } from "./wall-time.ts";

/** The window of a planned communication as it is stored. Instants are UTC, ISO 8601. */
export interface StoredWindow {
  readonly zone: string;
  readonly dueWall: string;
  readonly dueAt: string;
  readonly earliestWall: string | null;
  readonly earliestAt: string | null;
  /** Null only where it was stored before walls were: then it keeps its distance from the due time. */
  readonly latestUsefulWall: string | null;
  readonly latestUsefulAt: string;
  readonly expiresWall: string | null;
  readonly expiresAt: string | null;
}
export type Instants = Pick<StoredWindow, "dueAt" | "earliestAt" | "latestUsefulAt" | "expiresAt">;

/** The instants its wall times stand for today, in order; null where they are the stored ones, or where it is due already. */
export function movedTimes(stored: StoredWindow, now: string): Instants | null {
  if (ms(stored.dueAt) <= ms(now)) return null;
  const { zone } = stored;
  const dueAt = again(stored.dueWall, zone, stored.dueAt);
  const by = ms(dueAt) - ms(stored.dueAt);
  const latestUsefulAt =
    stored.latestUsefulWall === null
      ? new Date(ms(stored.latestUsefulAt) + by).toISOString()
      : again(stored.latestUsefulWall, zone, stored.latestUsefulAt);
  const earliest = open(stored.earliestWall, stored.earliestAt, zone);
  const expires = open(stored.expiresWall, stored.expiresAt, zone);
  const useful = latest(latestUsefulAt, dueAt);
  const instants = {
    dueAt,
    latestUsefulAt: useful,
    earliestAt: earliest && (latest(earliest, dueAt) === dueAt ? earliest : dueAt),
    expiresAt: expires && latest(expires, useful),
  };
  return isSame(instants, stored) ? null : instants;
}

/** What a wall time stands for now. Either of two equal hours stays as it was chosen; what the clocks now jump over moves later (S1). */
function again(wall: string, zone: string, stored: string): string {
  const resolved = resolveWallTime(wall, zone);
  switch (resolved.kind) {
    case "invalid":
      return stored; // a zone that is gone: nobody can say better than what was promised
    case "ok":
      return keepSeconds(resolved.instant, stored);
    case "skipped":
      return again(resolved.after, zone, stored);
    case "repeated":
      return isSameMinute(resolved.second, stored) ? stored : keepSeconds(resolved.first, stored);
  }
}

/** What was planned for "now" has seconds that its wall time does not show. */
const keepSeconds = (instant: string, stored: string): string =>
  isSameMinute(instant, stored) ? stored : instant;
const minute = (at: string) =>
  Temporal.Instant.from(at).round({ smallestUnit: "minute", roundingMode: "floor" });
const isSameMinute = (a: string, b: string): boolean => minute(a).equals(minute(b));
const open = (wall: string | null, at: string | null, zone: string): string | null =>
  wall === null || at === null ? null : again(wall, zone, at);
const ms = (at: string): number => Date.parse(at);
const latest = (a: string, b: string): string => (ms(a) >= ms(b) ? a : b);
const isSame = (a: Instants, b: Instants): boolean =>
  (["dueAt", "earliestAt", "latestUsefulAt", "expiresAt"] as const).every((name) => a[name] === b[name]);
