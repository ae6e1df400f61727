// The table of moves of one delivery: every state met with every event; and what a channel's answer means for it.
import { describe, expect, test } from "@jest/globals";
import {
  DELIVERY_MOVES,
  DELIVERY_STATES,
  type DeliveryEvent,
  type DeliveryState,
  isSettled,
  moveDelivery,
  OPEN_STATES,
} from "../../src/domain/delivery.ts";
import { IllegalMove } from "../../src/domain/errors.ts";
import { statesBefore } from "../../src/domain/moves.ts";
import {
  accepted,
  deferred,
  eventOf,
  type Outcome,
  refused,
  retryAfterMinutes,
  unavailable,
  unknown,
} from "../../src/domain/outcome.ts";

/** Written out a second time, by hand, from DESIGN.md section 3: a slip in the table shows here. */
const LEGAL = [
  ["queued", "claim", "claimed"],
  ["queued", "hold", "held"],
  ["queued", "cancel", "cancelled"],
  ["queued", "expire", "expired"],
  ["claimed", "pass", "intent"],
  ["claimed", "lapse", "queued"],
  ["claimed", "suppress", "suppressed"],
  ["claimed", "expire", "expired"],
  ["claimed", "hold", "held"],
  ["claimed", "give_up", "dead"],
  ["intent", "accept", "accepted"],
  ["intent", "refuse", "refused"],
  ["intent", "defer", "deferred"],
  ["intent", "return", "queued"],
  ["intent", "lose", "in_doubt"],
  ["intent", "lapse", "in_doubt"],
  ["in_doubt", "find", "accepted"],
  ["in_doubt", "miss", "queued"],
  ["deferred", "retry", "queued"],
  ["deferred", "give_up", "dead"],
  ["deferred", "expire", "expired"],
  ["deferred", "hold", "held"],
  ["deferred", "cancel", "cancelled"],
  ["held", "unhold", "queued"],
  ["held", "expire", "expired"],
  ["held", "cancel", "cancelled"],
] as const satisfies readonly (readonly [DeliveryState, DeliveryEvent, DeliveryState])[];

const EVENTS = {
  claim: 0,
  lapse: 0,
  pass: 0,
  suppress: 0,
  expire: 0,
  accept: 0,
  refuse: 0,
  defer: 0,
  return: 0,
  lose: 0,
  retry: 0,
  give_up: 0,
  find: 0,
  miss: 0,
  hold: 0,
  unhold: 0,
  cancel: 0,
} as const satisfies Record<DeliveryEvent, 0>;
const events = Object.keys(EVENTS) as DeliveryEvent[];
const SETTLED = ["accepted", "refused", "suppressed", "expired", "cancelled", "dead"] as const;

const isLegal = (state: string, event: string) => LEGAL.some(([from, by]) => from === state && by === event);
const illegal = DELIVERY_STATES.flatMap((state) =>
  events.filter((event) => !isLegal(state, event)).map((event) => [state, event] as const),
);

describe("a delivery", () => {
  test.each(LEGAL)("that is %s and meets %s is then %s", (from, event, to) => {
    expect(moveDelivery(from, event)).toBe(to);
  });

  test.each(illegal)("that is %s cannot be moved by %s", (state, event) => {
    expect(() => moveDelivery(state, event)).toThrow(IllegalMove);
  });

  test("meets every event in every state above", () => {
    expect(LEGAL.length + illegal.length).toBe(DELIVERY_STATES.length * events.length);
    expect(Object.keys(DELIVERY_MOVES).sort()).toEqual([...DELIVERY_STATES].sort());
  });

  test.each(DELIVERY_STATES)("that is %s has ended exactly where nothing leads out", (state) => {
    expect(isSettled(state)).toBe((SETTLED as readonly string[]).includes(state));
    expect(isSettled(state)).toBe(Object.keys(DELIVERY_MOVES[state]).length === 0);
  });

  test("is open, waits for a look-up or a person, or has ended: exactly one of the three", () => {
    expect([...OPEN_STATES, "in_doubt", "held", ...SETTLED].sort()).toEqual([...DELIVERY_STATES].sort());
  });

  test("that may have left never goes back to the queue without proof, a look-up or a person", () => {
    const backFromIntent = Object.entries(DELIVERY_MOVES.intent).filter(([, to]) => to === "queued");
    expect(backFromIntent).toEqual([["return", "queued"]]);
    const backFromDoubt = Object.entries(DELIVERY_MOVES.in_doubt).filter(([, to]) => to === "queued");
    expect(backFromDoubt).toEqual([["miss", "queued"]]);
  });

  test("passes the gate only from a claim, and has an outcome only after the gate", () => {
    expect(statesBefore(DELIVERY_MOVES, "pass")).toEqual(["claimed"]);
    for (const event of ["accept", "refuse", "defer", "return", "lose"] as const)
      expect(statesBefore(DELIVERY_MOVES, event)).toEqual(["intent"]);
  });
});

describe("a channel's answer", () => {
  const ANSWERS = [
    [accepted("<1@example.org>"), "accepted"],
    [refused("smtp-550"), "refused"],
    [deferred("smtp-451"), "deferred"],
    [unavailable("smtp-421", "turned-away"), "queued"],
    [unknown("reply-lost"), "in_doubt"],
  ] as const satisfies readonly (readonly [Outcome, DeliveryState])[];

  test.each(ANSWERS)("of %j leaves the delivery %s", (outcome, state) => {
    expect(moveDelivery("intent", eventOf(outcome))).toBe(state);
  });

  test("has a move for every kind there is", () => {
    const every = {
      accepted: 0,
      refused: 0,
      deferred: 0,
      unavailable: 0,
      unknown: 0,
    } satisfies Record<Outcome["kind"], 0>;
    expect(ANSWERS.map(([{ kind }]) => kind).sort()).toEqual(Object.keys(every).sort());
  });

  test.each([
    [0, 1],
    [1, 1],
    [2, 5],
    [3, 15],
    [4, 60],
    [5, 60],
    [24, 60],
    [1_000, 60],
  ])("that put a delivery off for the %ith time brings it back after %i minutes", (attempt, minutes) => {
    expect(retryAfterMinutes(attempt)).toBe(minutes);
  });
});
