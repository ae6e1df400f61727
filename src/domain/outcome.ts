// What a channel says of one attempt, and which move of the delivery it means. One mapping, used for every channel.
import type { DeliveryEvent } from "./delivery.ts";

/**
 * - `accepted`: the other side took it; `proof` is its own reference or address.
 * - `refused`: it said no for good, to this recipient or this post.
 * - `deferred`: provably not taken; may be tried again.
 * - `unknown`: it may have been taken. Never retried without a look-up or a person (principle 4).
 * - `unavailable`: provably not taken, and not this recipient's doing: the relay or the account turned us away. Nothing is counted
 *   against anybody; the account is left alone for `retryAfterSeconds` (null: nobody said how long). `why` is for people.
 * `code` is short and holds no address: it goes to the record.
 */
export type Outcome =
  | { readonly kind: "accepted"; readonly proof: string }
  | { readonly kind: "refused"; readonly code: string }
  | { readonly kind: "deferred"; readonly code: string }
  | { readonly kind: "unknown"; readonly code: string }
  | {
      readonly kind: "unavailable";
      readonly code: string;
      readonly retryAfterSeconds: number | null;
      readonly why: string;
    };

/** The answer of a look-up: was it taken? `absent` only where the other side can prove it. */
export type Landed =
  | { readonly found: "yes"; readonly proof: string }
  | { readonly found: "no" }
  | { readonly found: "unknown" };

const EVENT_OF = {
  accepted: "accept",
  refused: "refuse",
  deferred: "defer",
  unknown: "lose",
  unavailable: "return",
} as const satisfies Record<Outcome["kind"], DeliveryEvent>;

export const eventOf = (outcome: Outcome): DeliveryEvent => EVENT_OF[outcome.kind];
export const accepted = (proof: string): Outcome => ({ kind: "accepted", proof });
export const refused = (code: string): Outcome => ({ kind: "refused", code });
export const deferred = (code: string): Outcome => ({ kind: "deferred", code });
export const unknown = (code: string): Outcome => ({ kind: "unknown", code });
export const unavailable = (code: string, why: string, retryAfterSeconds: number | null = null): Outcome => ({
  kind: "unavailable",
  code,
  why,
  retryAfterSeconds,
});

/** Minutes to wait before the nth retry of a deferred delivery: 1, 5, 15, 60, 60 … (X2). */
const RETRY_MINUTES = [1, 5, 15, 60] as const;
export const retryAfterMinutes = (attempt: number): number =>
  RETRY_MINUTES[Math.max(0, Math.min(attempt, RETRY_MINUTES.length) - 1)] ?? 60;
