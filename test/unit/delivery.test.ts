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
  ["queued", "pass", "intent"],
  ["queued", "refuse", "refused"],
  ["queued", "defer", "deferred"],
  ["queued", "return", "queued"],
  ["queued", "suppress", "suppressed"],
  ["queued", "expire", "expired"],
  ["queued", "give_up", "dead"],
  ["queued", "hold", "held"],
  ["queued", "cancel", "cancelled"],
  ["deferred", "pass", "intent"],
  ["deferred", "refuse", "refused"],
  ["deferred", "defer", "deferred"],
  ["deferred", "return", "deferred"],
  ["deferred", "suppress", "suppressed"],
  ["deferred", "expire", "expired"],
  ["deferred", "give_up", "dead"],
  ["deferred", "hold", "held"],
  ["deferred", "cancel", "cancelled"],
  ["intent", "accept", "accepted"],
  ["intent", "refuse", "refused"],
  ["intent", "defer", "deferred"],
  ["intent", "return", "queued"],
  ["intent", "lose", "in_doubt"],
  ["intent", "lapse", "in_doubt"],
  ["intent", "give_up", "dead"],
  ["in_doubt", "accept", "accepted"],
  ["in_doubt", "find", "accepted"],
  ["in_doubt", "miss", "queued"],
  ["held", "unhold", "queued"],
  ["held", "suppress", "suppressed"],
  ["held", "expire", "expired"],
  ["held", "cancel", "cancelled"],
] as const satisfies readonly (readonly [DeliveryState, DeliveryEvent, DeliveryState])[];

const EVENTS = {
  lapse: 0,
  pass: 0,
  suppress: 0,
  expire: 0,
  accept: 0,
  refuse: 0,
  defer: 0,
  lose: 0,
  return: 0,
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

  test("that may have left goes back to the queue only by proof that it was not taken", () => {
    const back = (state: DeliveryState) =>
      Object.entries(DELIVERY_MOVES[state]).filter(([, to]) => to === "queued");
    expect(back("intent")).toEqual([["return", "queued"]]);
    expect(back("in_doubt")).toEqual([["miss", "queued"]]);
  });

  test("passes the gate only while it waits, and is accepted only after the gate", () => {
    expect(statesBefore(DELIVERY_MOVES, "pass")).toEqual(["queued", "deferred"]);
    expect(statesBefore(DELIVERY_MOVES, "accept")).toEqual(["intent", "in_doubt"]);
    expect(statesBefore(DELIVERY_MOVES, "lose")).toEqual(["intent"]);
  });
});

describe("a channel's answer", () => {
  const ANSWERS = [
    [accepted("<1@example.org>"), "accepted"],
    [refused("smtp-550"), "refused"],
    [deferred("smtp-451"), "deferred"],
    [unknown("reply-lost"), "in_doubt"],
    [unavailable("smtp-421", "turned-away"), "queued"],
  ] as const satisfies readonly (readonly [Outcome, DeliveryState])[];

  test.each(ANSWERS)("of %j leaves the delivery %s", (outcome, state) => {
    expect(moveDelivery("intent", eventOf(outcome))).toBe(state);
  });

  test("has a move for every kind there is", () => {
    const every = {
      accepted: 0,
      refused: 0,
      deferred: 0,
      unknown: 0,
      unavailable: 0,
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
