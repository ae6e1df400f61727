// Watches the clocks themselves (D6): has this machine's clock jumped, has the database's, are the two far apart? Decides; acts on nothing.
import { performance } from "node:perf_hooks";

/** All in milliseconds, taken together. `monotonicMs` counts from any start and never jumps. */
export interface ClockReading {
  readonly wallMs: number;
  readonly monotonicMs: number;
  /** The database's clock, where it was asked, and how long the question took. */
  readonly databaseMs?: number | undefined;
  readonly roundTripMs?: number | undefined;
}
export interface ClockLimits {
  /** A clock that has moved by more than this against the monotonic one has jumped. */
  readonly driftMs: number;
  /** Further apart than this, app and database cannot work together. */
  readonly apartMs: number;
}
/**
 * - `stop`: claim nothing and raise an alarm, until it is `ok` again.
 * - `refuse`: do not start a dispatcher; one that runs holds, as for `stop`.
 */
export type ClockVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly stop: string }
  | { readonly ok: false; readonly refuse: string };

/** Judges a reading against an earlier one (null: there is none). What cannot be read is not trusted. */
export function judgeClock(now: ClockReading, since: ClockReading | null, limits: ClockLimits): ClockVerdict {
  if (![now, since ?? now].every(isWhole)) return stop("A clock gives no usable time");
  const apart = betweenClocks(now);
  if (apart !== null && Math.abs(apart.ms) - apart.doubt > limits.apartMs)
    return {
      ok: false,
      refuse: `The database's clock is ${saySeconds(apart.ms)} this machine's. Set both by the same time server, then start again.`,
    };
  return since === null ? OK : judgeJumps(now, since, limits.driftMs);
}

function judgeJumps(now: ClockReading, since: ClockReading, driftMs: number): ClockVerdict {
  const passed = now.monotonicMs - since.monotonicMs;
  const own = now.wallMs - since.wallMs - passed;
  if (Math.abs(own) > driftMs)
    return stop(`This machine's clock jumped: it is ${saySeconds(own)} where it should be`);
  if (now.databaseMs === undefined || since.databaseMs === undefined) return OK;
  const theirs = now.databaseMs - since.databaseMs - passed;
  const doubt = (now.roundTripMs ?? 0) + (since.roundTripMs ?? 0);
  return Math.abs(theirs) - doubt > driftMs
    ? stop(`The database's clock jumped: it is ${saySeconds(theirs)} where it should be`)
    : OK;
}

export interface Clocks {
  readonly wall: () => number;
  readonly monotonic: () => number;
}
export const systemClocks: Clocks = { wall: () => Date.now(), monotonic: () => performance.now() };

/**
 * Keeps the reading to judge by. While all is well it moves on every `anchorMs`, so that a clock that is merely slewed is not
 * mistaken for one that jumped. After a stop it begins anew only once this machine and the database agree: so a correction
 * by the time server lasts one check, and a wrong clock stays stopped.
 */
export function openClockGuard(clocks: Clocks, limits: ClockLimits & { readonly anchorMs: number }) {
  let since: ClockReading | null = null;
  return {
    /** `database`: its clock in ms and how long it took to ask, both as the caller measured them. */
    check(database?: { readonly ms: number; readonly roundTripMs: number }): ClockVerdict {
      const own = { wallMs: clocks.wall(), monotonicMs: clocks.monotonic() };
      const now = { ...own, databaseMs: database?.ms, roundTripMs: database?.roundTripMs };
      const verdict = judgeClock(now, since, limits);
      if (shouldMoveOn(verdict, now, since, limits)) since = now;
      return verdict;
    },
  };
}

function shouldMoveOn(
  verdict: ClockVerdict,
  now: ClockReading,
  since: ClockReading | null,
  { driftMs, anchorMs }: ClockLimits & { readonly anchorMs: number },
): boolean {
  if (!isWhole(now)) return false;
  if (!verdict.ok) {
    const apart = betweenClocks(now);
    return apart !== null && Math.abs(apart.ms) - apart.doubt <= driftMs;
  }
  if (since === null || now.monotonicMs - since.monotonicMs >= anchorMs) return true;
  // The first answer of the database begins its own watch.
  return since.databaseMs === undefined && now.databaseMs !== undefined;
}

/** How far the database's clock is ahead; it was read somewhere within the round trip. */
function betweenClocks({ wallMs, databaseMs, roundTripMs = 0 }: ClockReading) {
  return databaseMs === undefined ? null : { ms: databaseMs - wallMs, doubt: roundTripMs };
}

const OK: ClockVerdict = { ok: true };
const stop = (what: string): ClockVerdict => ({
  ok: false,
  stop: `${what}. Nothing more is sent until it agrees with the database's again.`,
});
const isWhole = (reading: ClockReading): boolean =>
  [reading.wallMs, reading.monotonicMs, reading.databaseMs ?? 0, reading.roundTripMs ?? 0].every(
    Number.isFinite,
  );
const saySeconds = (ms: number): string =>
  `${(Math.abs(ms) / 1000).toLocaleString("en-GB", { maximumFractionDigits: 1 })} seconds ${ms > 0 ? "ahead of" : "behind"}`;
