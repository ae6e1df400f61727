// The table of moves of a communication: every state met with every event.
import { describe, expect, test } from "@jest/globals";
import {
  COMMUNICATION_MOVES,
  COMMUNICATION_STATES,
  type CommunicationEvent,
  type CommunicationState,
  moveCommunication,
} from "../../src/domain/communication.ts";
import { IllegalMove } from "../../src/domain/errors.ts";
import { statesBefore } from "../../src/domain/moves.ts";

/** Written out a second time, by hand, from DESIGN.md section 2: a slip in the table shows here. */
const LEGAL = [
  ["draft", "submit", "in_review"],
  ["draft", "cancel", "cancelled"],
  ["in_review", "approve", "approved"],
  ["in_review", "reject", "draft"],
  ["in_review", "revise", "draft"],
  ["in_review", "cancel", "cancelled"],
  ["approved", "schedule", "scheduled"],
  ["approved", "revise", "draft"],
  ["approved", "cancel", "cancelled"],
  ["scheduled", "begin", "releasing"],
  ["scheduled", "lapse", "needs_decision"],
  ["scheduled", "revise", "draft"],
  ["scheduled", "cancel", "cancelled"],
  ["needs_decision", "reschedule", "scheduled"],
  ["needs_decision", "revise", "draft"],
  ["needs_decision", "cancel", "cancelled"],
  ["releasing", "release", "released"],
  ["released", "complete", "completed"],
  ["released", "cancel", "cancelled"],
] as const satisfies readonly (readonly [CommunicationState, CommunicationEvent, CommunicationState])[];

const EVENTS = {
  submit: 0,
  reject: 0,
  approve: 0,
  revise: 0,
  schedule: 0,
  lapse: 0,
  reschedule: 0,
  begin: 0,
  release: 0,
  complete: 0,
  cancel: 0,
} as const satisfies Record<CommunicationEvent, 0>;
const events = Object.keys(EVENTS) as CommunicationEvent[];

const isLegal = (state: string, event: string) => LEGAL.some(([from, by]) => from === state && by === event);
const illegal = COMMUNICATION_STATES.flatMap((state) =>
  events.filter((event) => !isLegal(state, event)).map((event) => [state, event] as const),
);

describe("a communication", () => {
  test.each(LEGAL)("that is %s and meets %s is then %s", (from, event, to) => {
    expect(moveCommunication(from, event)).toBe(to);
  });

  test.each(illegal)("that is %s cannot be moved by %s", (state, event) => {
    expect(() => moveCommunication(state, event)).toThrow(IllegalMove);
  });

  test("meets every event in every state above", () => {
    expect(LEGAL.length + illegal.length).toBe(COMMUNICATION_STATES.length * events.length);
    expect(Object.keys(COMMUNICATION_MOVES).sort()).toEqual([...COMMUNICATION_STATES].sort());
  });

  test.each(["completed", "cancelled"] as const)("that is %s has ended: nothing leads out", (state) => {
    expect(COMMUNICATION_MOVES[state]).toEqual({});
  });

  test("that has been released cannot be revised; cancelling it keeps back what has not left", () => {
    expect(Object.keys(COMMUNICATION_MOVES.released)).toEqual(["complete", "cancel"]);
  });

  test("is released only once its audience is whole, and scheduled only after approval or a decision", () => {
    expect(statesBefore(COMMUNICATION_MOVES, "release")).toEqual(["releasing"]);
    expect(statesBefore(COMMUNICATION_MOVES, "begin")).toEqual(["scheduled"]);
    expect(statesBefore(COMMUNICATION_MOVES, "schedule")).toEqual(["approved"]);
    expect(statesBefore(COMMUNICATION_MOVES, "reschedule")).toEqual(["needs_decision"]);
  });

  test("goes back to a draft by any change of its words, which voids its sign-off", () => {
    for (const state of statesBefore(COMMUNICATION_MOVES, "revise"))
      expect(moveCommunication(state, "revise")).toBe("draft");
  });

  test.each(["send", "Submit", ""])("is not moved by %p, which is no event of ours", (event) => {
    expect(() => moveCommunication("draft", event as CommunicationEvent)).toThrow(IllegalMove);
  });

  test("that cannot move says which state and which event in its sentence", () => {
    expect(() => moveCommunication("completed", "cancel")).toThrow(
      'A communication that is "completed" cannot be moved by "cancel".',
    );
  });
});
