// Whom a staging copy may write to.
import { describe, expect, test } from "@jest/globals";
import { readSettings } from "../../config/env.ts";
import { isAllowEntry, mayReach, parseAllowList } from "../../src/domain/allow-list.ts";

const list = parseAllowList("Ann@Example.org, @test.example.org,,");

describe("the allow-list", () => {
  test.each(["ann@example.org", "ANN@EXAMPLE.ORG", "anybody@test.example.org"])("reaches %s", (address) => {
    expect(mayReach(list, address)).toBe(true);
  });

  test.each([
    "bob@example.org",
    "ann@sub.test.example.org",
    "ann@example.org.evil.example",
    "@test.example.org",
    "",
  ])("does not reach %j", (address) => {
    expect(mayReach(list, address)).toBe(false);
  });

  test.each(["example.org", "*@example.org", "@*.example.org", "a b@example.org", "@"])(
    "takes no entry like %j",
    (entry) => {
      expect(isAllowEntry(entry)).toBe(false);
    },
  );
});

describe("sending to an allow-list", () => {
  const outside = { BELLMAN_SENDING: "allowlist", SMTP_URL: "smtps://relay.example.org" };

  test("may use a relay outside, and needs the list", () => {
    expect(readSettings({ ...outside, BELLMAN_ALLOWLIST: "@example.org" }).allowList).toEqual([
      "@example.org",
    ]);
    expect(() => readSettings(outside)).toThrow(expect.objectContaining({ code: "settings" }));
    expect(() => readSettings({ ...outside, BELLMAN_ALLOWLIST: "*" })).toThrow();
  });

  test("is not live, which is refused in words", () => {
    expect(() => readSettings({ BELLMAN_SENDING: "live" })).toThrow(
      expect.objectContaining({ faults: [expect.stringContaining("sign in")] }),
    );
  });
});
