// What a channel says of one attempt, and which move of the delivery it means. One mapping, used for every channel.
import type { DeliveryEvent } from "./delivery.ts";

/**
 * - `accepted`: the other side took it; `proof` is its own reference or address.
 * - `refused`: it said no for good, to this recipient or this post.
 * - `deferred`: provably not taken; may be tried again, but not within `leastSeconds`.
 * - `unavailable`: provably not taken, and for a reason that is ours or the service's, not this recipient's: no attempt is
 *   counted, and the delivery goes back to the queue. `retryAfterSeconds`: not before then; null where nothing is known.
 * - `unknown`: it may have been taken. Never retried without a look-up or a person (principle 4).
 * `code` is short and holds no address: it goes to the record.
 */
export type Outcome =
  | { readonly kind: "accepted"; readonly proof: string }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "deferred"; readonly code: string; readonly leastSeconds?: number }
  | Unavailable
  | { readonly kind: "unknown"; readonly code: string };
export interface Unavailable {
  readonly kind: "unavailable";
  readonly code: string;
  readonly retryAfterSeconds: number | null;
  readonly why: Why;
}
/**
 * Whose trouble it is, for whoever pauses and alarms:
 * - `not-reached`: nobody answered. `lost`: the connection ended before anything could have been taken.
 * - `turned-away`: it answered, and wants nothing of us now. `sign-in`: it does not know us (X12).
 * - `throttled`: too much at once (X9). `resting`: our own circuit breaker is open; nothing was tried (X1).
 * - `policy`: it does not want this message of ours (X4: 5.7.x, spam or authentication). Not a bad address: never refused
 *   and never suppressed; a person must look, and trying again soon makes it worse.
 */
export type Why = "not-reached" | "lost" | "turned-away" | "sign-in" | "throttled" | "resting" | "policy";

/** The code of a refusal that says there is nobody at this address: it suppresses the person, as a hard bounce does (X3). */
export const NO_SUCH_ADDRESS = "no-such-address";

/** The answer of a look-up: was it taken? `absent` only where the other side can prove it. */
export type Landed =
  | { readonly found: "yes"; readonly proof: string }
  | { readonly found: "no" }
  | { readonly found: "unknown" };

const EVENT_OF = {
  accepted: "accept",
  refused: "refuse",
  deferred: "defer",
  unavailable: "return",
  unknown: "lose",
} as const satisfies Record<Outcome["kind"], DeliveryEvent>;

export const eventOf = (outcome: Outcome): DeliveryEvent => EVENT_OF[outcome.kind];
export const accepted = (proof: string): Outcome => ({ kind: "accepted", proof });
export const refused = (code: string): Outcome => ({ kind: "refused", code });
export const deferred = (code: string, leastSeconds?: number): Outcome =>
  leastSeconds === undefined ? { kind: "deferred", code } : { kind: "deferred", code, leastSeconds };
export const unavailable = (
  code: string,
  why: Why,
  retryAfterSeconds: number | null = null,
): Unavailable => ({ kind: "unavailable", code, retryAfterSeconds, why });
export const unknown = (code: string): Outcome => ({ kind: "unknown", code });

/** Minutes to wait before the nth retry of a deferred delivery: 1, 5, 15, 60, 60 … (X2). */
const RETRY_MINUTES = [1, 5, 15, 60] as const;
export const retryAfterMinutes = (attempt: number): number =>
  RETRY_MINUTES[Math.max(0, Math.min(attempt, RETRY_MINUTES.length) - 1)] ?? 60;
