// The life of one delivery: one recipient, or one post (DESIGN.md section 3). Pure: no clock, no database, no logger.
import { type Moves, mover } from "./moves.ts";

export const DELIVERY_STATES = [
  "queued",
  "claimed",
  "intent",
  "accepted",
  "deferred",
  "refused",
  "in_doubt",
  "suppressed",
  "held",
  "expired",
  "cancelled",
  "dead",
] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];
export type DeliveryEvent =
  | "claim" // a worker takes it, under a lease
  | "lapse" // the lease ended with nothing sent: back to the start; or after intent: nobody knows
  | "pass" // the commit gate let it through: from here it may have left
  | "suppress" // the gate found a stop or a withdrawn consent
  | "expire" // the gate found it too late to be useful
  | "accept"
  | "refuse"
  | "defer" // provably not taken, try again later
  | "return" // the relay turned us away, not this recipient: back to the queue, no attempt counted
  | "lose" // nobody can say whether it was taken
  | "retry"
  | "give_up"
  | "find" // a look-up or a person says it was taken
  | "miss" // a look-up or a person says it was not
  | "hold"
  | "unhold"
  | "cancel";

export const DELIVERY_MOVES: Moves<DeliveryState, DeliveryEvent> = {
  queued: { claim: "claimed", hold: "held", cancel: "cancelled", expire: "expired" },
  claimed: {
    pass: "intent",
    lapse: "queued",
    suppress: "suppressed",
    expire: "expired",
    hold: "held",
    give_up: "dead",
  },
  intent: {
    accept: "accepted",
    refuse: "refused",
    defer: "deferred",
    return: "queued",
    lose: "in_doubt",
    lapse: "in_doubt",
  },
  in_doubt: { find: "accepted", miss: "queued" },
  deferred: { retry: "queued", give_up: "dead", expire: "expired", hold: "held", cancel: "cancelled" },
  held: { unhold: "queued", expire: "expired", cancel: "cancelled" },
  accepted: {},
  refused: {},
  suppressed: {},
  expired: {},
  cancelled: {},
  dead: {},
};

/** The state after `event`, or an IllegalMove when the event makes no sense in this state. */
export const moveDelivery = mover("delivery", DELIVERY_MOVES);

/** States in which the machine still has something to do. What is in doubt or held waits for a look-up or a person. */
export const OPEN_STATES = [
  "queued",
  "claimed",
  "intent",
  "deferred",
] as const satisfies readonly DeliveryState[];

/** States nothing leads out of: the delivery has ended. */
export const isSettled = (state: DeliveryState): boolean => Object.keys(DELIVERY_MOVES[state]).length === 0;
