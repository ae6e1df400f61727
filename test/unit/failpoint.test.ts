// Failpoints: what their setting may say, and what a passage does.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "@jest/globals";
import { PROJECT, readSettings } from "../../config/env.ts";
import { armFailpoints, failpoint, FAILPOINTS, parseFailpoints } from "../../src/lib/failpoint.ts";

afterEach(() => armFailpoints(undefined, "sandbox"));

describe("the setting of failpoints", () => {
  test("names a place, what happens there and on which passage", () => {
    expect(parseFailpoints("after_250:SIGKILL@137")).toEqual([
      { name: "after_250", action: { kind: "signal", signal: "SIGKILL" }, at: 137 },
    ]);
  });

  test("takes several, and the first passage where none is named", () => {
    expect(parseFailpoints("after_claim:sleep:200@3, before_gate:throw,mid_freeze:SIGSTOP")).toEqual([
      { name: "after_claim", action: { kind: "sleep", ms: 200 }, at: 3 },
      { name: "before_gate", action: { kind: "throw" }, at: 1 },
      { name: "mid_freeze", action: { kind: "signal", signal: "SIGSTOP" }, at: 1 },
    ]);
  });

  test.each([
    "",
    "after_250",
    "nowhere:throw",
    "after_250:explode",
    "after_250:throw@0",
    "after_250:sleep",
    "after_250:throw,",
  ])('does not take "%s"', (text) => {
    expect(parseFailpoints(text)).toBeNull();
    expect(() => armFailpoints(text, "sandbox")).toThrow("cannot be read");
  });

  test("is refused with the other faults of the environment", () => {
    expect(readSettings({ BELLMAN_FAILPOINT: "after_250:throw" }).failpoint).toBe("after_250:throw");
    expect(() => readSettings({ BELLMAN_FAILPOINT: "nowhere:throw" })).toThrow();
  });

  test("is refused wherever messages may really leave", () => {
    expect(() => armFailpoints("after_250:throw", "live")).toThrow("sandbox only");
    expect(() => failpoint("after_250")).not.toThrow();
  });
});

describe("a passage", () => {
  test("does nothing when nothing is armed", () => {
    for (const name of FAILPOINTS) expect(() => failpoint(name)).not.toThrow();
  });

  test("fails on the one passage that was named, and on no other", () => {
    armFailpoints("before_gate:throw@3", "sandbox");
    const passed = [1, 2, 3, 4, 5].map(() => {
      failpoint("after_claim");
      try {
        failpoint("before_gate");
        return "through";
      } catch (error) {
        return (error as Error).message;
      }
    });
    expect(passed).toEqual(["through", "through", "failpoint before_gate", "through", "through"]);
  });

  test("can hold the process up", () => {
    armFailpoints("after_render:sleep:60", "sandbox");
    const start = performance.now();
    failpoint("after_render");
    expect(performance.now() - start).toBeGreaterThan(55);
  });

  test("can end the process in that very place", () => {
    const script = `
      import { armFailpoints, failpoint } from "./src/lib/failpoint.ts";
      armFailpoints("after_250:SIGKILL@2", "sandbox");
      for (const n of [1, 2, 3]) { failpoint("after_250"); process.stdout.write(String(n)); }`;
    const run = spawnSync(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script], {
      cwd: join(PROJECT),
      encoding: "utf8",
    });
    expect([run.signal, run.stdout]).toEqual(["SIGKILL", "1"]);
  });
});
