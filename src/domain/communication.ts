// The life of one communication, from a draft to a finished issue (DESIGN.md section 2). Pure.
import { type Moves, mover } from "./moves.ts";

export const COMMUNICATION_STATES = [
  "draft",
  "in_review",
  "approved",
  "scheduled",
  "needs_decision",
  "releasing",
  "released",
  "completed",
  "cancelled",
] as const;
export type CommunicationState = (typeof COMMUNICATION_STATES)[number];
export type CommunicationEvent =
  | "submit"
  | "reject"
  | "approve"
  | "revise"
  | "schedule"
  | "lapse"
  | "begin"
  | "reschedule"
  | "release"
  | "complete"
  | "cancel";

/** Any change of words after submission goes through `revise` and so voids every sign-off (A2). */
export const COMMUNICATION_MOVES: Moves<CommunicationState, CommunicationEvent> = {
  draft: { submit: "in_review", cancel: "cancelled" },
  in_review: { approve: "approved", reject: "draft", revise: "draft", cancel: "cancelled" },
  approved: { schedule: "scheduled", revise: "draft", cancel: "cancelled" },
  scheduled: { begin: "releasing", lapse: "needs_decision", revise: "draft", cancel: "cancelled" },
  needs_decision: { reschedule: "scheduled", revise: "draft", cancel: "cancelled" },
  /** Its audience is being frozen; nothing leaves before that is whole. */
  releasing: { release: "released" },
  released: { complete: "completed", cancel: "cancelled" },
  completed: {},
  cancelled: {},
};

/** The state after `event`, or an IllegalMove when the event makes no sense in this state. */
export const moveCommunication = mover("communication", COMMUNICATION_MOVES);
