// When so much is refused that the owner must look: exactly above each limit, never at it, never twice (C5, R2).
import { describe, expect, test } from "@jest/globals";
import { PAUSE_AT } from "../../config/limits.ts";
import { whyPause } from "../../src/domain/threshold.ts";

const ended = (accepted: number, refused: number, missing = 0, reviewed = false) => ({
  ...{ accepted, refused, missing, reviewed },
});

describe("a dispatch", () => {
  test.each([
    ["fewer than say anything, all refused", ended(0, PAUSE_AT.sample - 1)],
    ["5 % refused", ended(95, 5)],
    ["1 % without a value", ended(99, 1, 1)],
    ["50 without a value among many", ended(99_950, 50, 50)],
    ["many refused, that a person has looked at", ended(0, 1_000, 0, true)],
    ["many without a value, that a person has looked at", ended(0, 1_000, 1_000, true)],
  ])("goes on with %s", (_name, of) => {
    expect(whyPause(of, PAUSE_AT)).toBeNull();
  });

  test.each([
    ["more than 5 % refused", ended(94, 6), /^6 of 100 addresses were refused for good/],
    ["more than 1 % without a value", ended(98, 2, 2), /^2 of 100 recipients lack a value/],
    ["51 without a value among many", ended(99_949, 51, 51), /^51 of 100000 recipients lack a value/],
    ["both: what we can mend is said first", ended(50, 50, 10), /^10 of 100 recipients lack a value/],
  ])("pauses with %s", (_name, of, why) => {
    expect(whyPause(of, PAUSE_AT)).toMatch(why);
  });

  test("does not count as refused for good what we refused ourselves", () => {
    expect(
      whyPause(ended(9_900, 100, 100), { ...PAUSE_AT, missing: 1, missingMany: 1_000, refused: 0.005 }),
    ).toBeNull();
  });
});
