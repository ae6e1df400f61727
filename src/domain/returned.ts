// What is known of a delivery after the relay took it. Reports come late, twice and in any order: it only ever moves forward (H91). Pure.
import type { BounceKind } from "./bounce-kind.ts";

/** `quiet`: nothing came back, which is all that most deliveries ever say. The delivery itself stays `accepted`: the relay did take it. */
export type ReturnedState = "quiet" | BounceKind;

export const RETURNED_MOVES: Readonly<Record<ReturnedState, Partial<Record<BounceKind, ReturnedState>>>> = {
  quiet: {
    delayed: "delayed",
    delivered: "delivered",
    soft: "soft",
    policy: "policy",
    hard: "hard",
    complaint: "complaint",
  },
  delayed: { delivered: "delivered", soft: "soft", policy: "policy", hard: "hard", complaint: "complaint" },
  // Taken by the next system, which may still send it back.
  delivered: { soft: "soft", policy: "policy", hard: "hard", complaint: "complaint" },
  soft: { hard: "hard", complaint: "complaint" },
  policy: { complaint: "complaint" },
  hard: { complaint: "complaint" },
  complaint: {},
};

/** The state after a report, or null: it says nothing new, or comes too late to count. */
export const moveReturned = (state: ReturnedState, report: BounceKind): ReturnedState | null =>
  RETURNED_MOVES[state][report] ?? null;

/** Where a delivery stands after these reports, in the order in which they were kept. */
export const returnedAfter = (reports: readonly BounceKind[]): ReturnedState =>
  reports.reduce<ReturnedState>((state, one) => moveReturned(state, one) ?? state, "quiet");
