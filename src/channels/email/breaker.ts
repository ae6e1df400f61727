// The circuit breaker of one relay (X1): after failures in a row it rests, then one message tries whether it is back. Pure.
import { BREAKER } from "../../../config/limits.ts";

export type Breaker =
  | { readonly kind: "closed"; readonly failures: number }
  | { readonly kind: "open"; readonly opened: number; readonly until: number }
  /** One message is on its way to see; `since` it went. */
  | { readonly kind: "half-open"; readonly opened: number; readonly since: number };

export const CLOSED: Breaker = { kind: "closed", failures: 0 };

/** The state after a message asks to be sent at `now`, in ms, and whether it may. */
export function ask(breaker: Breaker, now: number): { readonly may: boolean; readonly breaker: Breaker } {
  if (breaker.kind === "closed") return { may: true, breaker };
  if (breaker.kind === "half-open" || now < breaker.until) return { may: false, breaker };
  return { may: true, breaker: { kind: "half-open", opened: breaker.opened, since: now } };
}

/** The relay did its work, whatever it said of the recipient. A latecomer from before does not close an open breaker. */
export const worked = (breaker: Breaker): Breaker => (breaker.kind === "open" ? breaker : CLOSED);

/** The relay turned us away or was not there. `random` is 0 ≤ r < 1. */
export function failed(breaker: Breaker, now: number, random: number): Breaker {
  if (breaker.kind === "open") return breaker;
  if (breaker.kind === "half-open") return open(breaker.opened + 1, now, random);
  const failures = breaker.failures + 1;
  return failures < BREAKER.failures ? { kind: "closed", failures } : open(1, now, random);
}

/** The nth rest in a row: half of 2, 4, 8 … 60 s, and up to as much again by chance, so that workers do not come all at once. */
function open(opened: number, now: number, random: number): Breaker {
  const most = Math.min(BREAKER.mostMs, BREAKER.firstMs * 2 ** Math.min(opened, 16));
  return { kind: "open", opened, until: now + (most / 2) * (1 + random) };
}

/** Milliseconds until it is worth asking again; 0 where it is now. */
export function restMs(breaker: Breaker, now: number): number {
  if (breaker.kind === "closed") return 0;
  return breaker.kind === "half-open" ? BREAKER.firstMs : Math.max(0, breaker.until - now);
}
