// The life of one delivery: one recipient, or one post (DESIGN.md section 3). Pure: no clock, no database, no logger.
import { type Moves, mover } from "./moves.ts";

/** There is no `claimed`: a claim belongs to the batch (docs/adr/0009), and until the gate nothing of a delivery has happened. */
export const DELIVERY_STATES = [
  "queued",
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
  | "pass" // the commit gate let it through: from here it may have left
  | "lapse" // its worker died after the gate: nobody knows
  | "suppress" // the person has stopped, or consent was withdrawn
  | "expire" // it is too late to be useful
  | "accept"
  | "refuse"
  | "defer" // provably not taken, try again later
  | "return" // provably not taken, and not the recipient's doing: the relay or the account turned us away
  | "lose" // nobody can say whether it was taken
  | "give_up"
  | "find" // a look-up or a person says it was taken
  | "miss" // a look-up or a person says it was not
  | "hold"
  | "unhold"
  | "cancel";

/** What a delivery that is not on its way may become. The other side may also answer before the gate: then nothing had left. */
const WAITING = {
  pass: "intent",
  refuse: "refused",
  defer: "deferred",
  suppress: "suppressed",
  expire: "expired",
  give_up: "dead",
  hold: "held",
  cancel: "cancelled",
} as const;

export const DELIVERY_MOVES: Moves<DeliveryState, DeliveryEvent> = {
  queued: { ...WAITING, return: "queued" },
  deferred: { ...WAITING, return: "deferred" },
  intent: {
    accept: "accepted",
    refuse: "refused",
    defer: "deferred",
    return: "queued",
    lose: "in_doubt",
    lapse: "in_doubt",
    give_up: "dead",
  },
  in_doubt: { accept: "accepted", find: "accepted", miss: "queued" },
  held: { unhold: "queued", suppress: "suppressed", expire: "expired", cancel: "cancelled" },
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
export const OPEN_STATES = ["queued", "intent", "deferred"] as const satisfies readonly DeliveryState[];

/** States nothing leads out of: the delivery has ended. */
export const isSettled = (state: DeliveryState): boolean => Object.keys(DELIVERY_MOVES[state]).length === 0;
