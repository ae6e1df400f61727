// What the clock guard says when a clock jumps, is slewed, or is far from the database's (D6, S4, S5). Clocks are given.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  type ClockReading,
  type ClockVerdict,
  judgeClock,
  openClockGuard,
} from "../../src/lib/clock-guard.ts";

const limits = { driftMs: 2_000, apartMs: 30_000 };
const START = Date.parse("2026-11-22T09:00:00Z");
const at = (wall: number, monotonic: number, database?: number, roundTripMs = 0): ClockReading => ({
  wallMs: START + wall,
  monotonicMs: monotonic,
  ...(database === undefined ? {} : { databaseMs: START + database, roundTripMs }),
});
const word = (verdict: ClockVerdict): string => (verdict.ok ? "ok" : "stop" in verdict ? "stop" : "refuse");
const HOUR = 3_600_000;

describe("a clock", () => {
  test.each([
    ["that ran on", at(60_000, 60_000), "ok"],
    ["that was slewed a little", at(60_030, 60_000), "ok"],
    ["just inside 2 s", at(62_000, 60_000), "ok"],
    ["just over 2 s ahead", at(62_001, 60_000), "stop"],
    ["just over 2 s behind", at(57_999, 60_000), "stop"],
    ["an hour ahead", at(60_000 + HOUR, 60_000), "stop"],
    ["a day behind", at(60_000 - 24 * HOUR, 60_000), "stop"],
    ["that cannot be read", at(Number.NaN, 60_000), "stop"],
    ["whose database agrees", at(60_000, 60_000, 60_100), "ok"],
    ["whose database jumped by 5 s", at(60_000, 60_000, 65_000), "stop"],
    ["whose database took 6 s to say so", at(60_000, 60_000, 65_000, 6_000), "ok"],
    ["30 s from the database", at(60_000, 60_000, 90_000), "stop"],
    ["over 30 s from the database", at(60_000, 60_000, 90_001), "refuse"],
    ["over 30 s behind it", at(60_000, 60_000, 29_999), "refuse"],
  ])("%s", (_, now, verdict) => {
    expect(word(judgeClock(now, at(0, 0, 0), limits))).toBe(verdict);
  });

  test("with nothing to be judged by is well, unless the database is far away", () => {
    expect(word(judgeClock(at(0, 0), null, limits))).toBe("ok");
    expect(word(judgeClock(at(0, 0, 29_000), null, limits))).toBe("ok");
    expect(word(judgeClock(at(0, 0, HOUR), null, limits))).toBe("refuse");
  });

  test("that jumped is spoken of in a sentence", () => {
    expect(judgeClock(at(60_000 + HOUR, 60_000), at(0, 0), limits)).toEqual({
      ok: false,
      stop: "This machine's clock jumped: it is 3,600 seconds ahead of where it should be. Nothing more is sent until it agrees with the database's again.",
    });
    expect(judgeClock(at(0, 0, -31_500), null, limits)).toEqual({
      ok: false,
      refuse:
        "The database's clock is 31.5 seconds behind this machine's. Set both by the same time server, then start again.",
    });
  });

  test("is stopped for exactly the jumps of more than 2 s, whenever they come", () => {
    const ms = fc.integer({ min: -10 * HOUR, max: 10 * HOUR });
    const small = fc.integer({ min: -4_000, max: 4_000 });
    fc.assert(
      fc.property(fc.nat(24 * HOUR), fc.oneof(ms, small), fc.nat(HOUR), (passed, jump, start) => {
        const verdict = judgeClock(at(passed + jump, start + passed), at(0, start), limits);
        expect(word(verdict)).toBe(Math.abs(jump) > 2_000 ? "stop" : "ok");
      }),
    );
  });

  test("and the database's are refused for exactly 30 s and more between them", () => {
    fc.assert(
      fc.property(fc.integer({ min: -90_000, max: 90_000 }), fc.nat(2_000), (apart, trip) => {
        const verdict = judgeClock(at(0, 0, apart, trip), null, limits);
        expect(word(verdict)).toBe(Math.abs(apart) - trip > 30_000 ? "refuse" : "ok");
      }),
    );
  });
});

describe("the guard", () => {
  const opened = () => {
    const time = { wall: START, monotonic: 0, database: START };
    const guard = openClockGuard(
      { wall: () => time.wall, monotonic: () => time.monotonic },
      { ...limits, anchorMs: 60_000 },
    );
    const pass = (ms: number, { slew = 0 } = {}) => {
      time.monotonic += ms;
      time.wall += ms + slew;
      time.database += ms;
    };
    const ask = () => word(guard.check({ ms: time.database, roundTripMs: 2 }));
    return { time, pass, ask, alone: () => word(guard.check()) };
  };

  test("does not mistake a week of slewing for a jump", () => {
    const { time, pass, alone } = opened();
    for (let minute = 0; minute < 7 * 24 * 60; minute += 1) {
      pass(60_000, { slew: 30 });
      expect(alone()).toBe("ok");
    }
    expect(time.wall - START - time.monotonic).toBeGreaterThan(5 * 60_000 - 1);
  });

  test("stays stopped while the clock is wrong, and is well one check after it was put right", () => {
    const { time, pass, ask } = opened();
    expect(ask()).toBe("ok");
    time.wall += 10_000;
    for (let i = 0; i < 5; i += 1) {
      pass(1_000);
      expect(ask()).toBe("stop");
    }
    time.wall -= 10_000;
    pass(1_000);
    expect(ask()).toBe("ok");
  });

  test("takes a correction by the time server as the new time once the database agrees", () => {
    const { time, pass, ask } = opened();
    time.wall -= 10_000; // was wrong from the start, and less than 30 s
    expect(ask()).toBe("ok");
    pass(1_000);
    time.wall += 10_000;
    expect(ask()).toBe("stop");
    pass(1_000);
    expect(ask()).toBe("ok");
  });

  test("sees a jump of the database's clock alone", () => {
    const { time, pass, ask } = opened();
    expect(ask()).toBe("ok");
    pass(1_000);
    time.database += 5_000;
    expect(ask()).toBe("stop");
    time.database += HOUR;
    expect(ask()).toBe("refuse");
  });

  test("without a database stays stopped after a jump: nobody can say which is right", () => {
    const { time, pass, alone } = opened();
    expect(alone()).toBe("ok");
    time.wall += HOUR;
    pass(120_000);
    expect(alone()).toBe("stop");
    pass(120_000);
    expect(alone()).toBe("stop");
  });
});
