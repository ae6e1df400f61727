// .env.example names every setting and no other, with the default that really holds; and only config/env.ts reads the environment.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { PROJECT, readSettings, SETTING_NAMES } from "../../config/env.ts";

const LINE = /^#([A-Z][A-Z0-9_]*)=(.*)$/;
const lines = readFileSync(join(PROJECT, ".env.example"), "utf8").trimEnd().split("\n");
const given = lines.flatMap((line) => {
  const [, name = "", value = ""] = LINE.exec(line) ?? [];
  return name ? [[name, value] as const] : [];
});

describe(".env.example", () => {
  test("names every setting once, in the order of config/env.ts, and nothing else", () => {
    expect(given.map(([name]) => name)).toEqual(SETTING_NAMES);
  });

  test("sets nothing: everything in it is a comment", () => {
    expect(lines.filter((line) => line !== "" && !line.startsWith("#"))).toEqual([]);
  });

  test("says of each setting what it is, in the line above it", () => {
    const bare = lines.filter((line, i) => LINE.test(line) && !/^# .{10,}\.$/.test(lines[i - 1] ?? ""));
    expect(bare).toEqual([]);
  });

  test("gives the defaults: taking all of it changes nothing", () => {
    expect(readSettings(Object.fromEntries(given))).toEqual(readSettings({}));
  });

  test("gives a default for each setting that has one", () => {
    const empty = given.filter(([, value]) => value === "").map(([name]) => name);
    for (const name of empty) expect([name, readSettings({ [name]: "" })]).toEqual([name, readSettings({})]);
    // These have no value of their own until somebody gives one.
    expect(empty).toEqual([
      "DATABASE_URL",
      "REDIS_URL",
      "PUBLIC_URL",
      "BELLMAN_ALLOWLIST",
      "SMTP_URL",
      "SMTP_LOOKUP_URL",
      "SMTP_SECOND_URL",
      "SMTP_SECOND_LOOKUP_URL",
      "TIMELINE_URL",
      ...["BOUNCE_ADDRESS", "BOUNCE_IMAP_URL", "DKIM_SELECTOR", "DNS_SERVER"],
      "BELLMAN_SECRET_FILE",
      "CHROMIUM_PATH",
      "BELLMAN_FAILPOINT",
    ]);
  });
});

test.each(["SMTP_URL", "SMTP_SECOND_URL"])("in the sandbox %s may not name a relay outside", (name) => {
  expect(() => readSettings({ [name]: "smtp://mail.example.com" })).toThrow(
    expect.objectContaining({ code: "settings" }),
  );
  expect(() => readSettings({ [name]: "smtp://127.0.0.1:2525" })).not.toThrow();
});

const filesIn = (room: string): string[] =>
  readdirSync(join(PROJECT, room), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.[mc]?[jt]s$/.test(file) && !file.startsWith("generated"))
    .map((file) => join(room, file));

test("nothing in src or workers reads the environment; in config only env.ts does", () => {
  const files = ["src", "workers", "config"].flatMap(filesIn);
  expect(files.length).toBeGreaterThan(100);
  const readers = files.filter((file) => {
    const code = readFileSync(join(PROJECT, file), "utf8").replace(/^\s*(\/\/|\*|\/\*).*$/gm, "");
    return /process\s*\??\.\s*env|process\s*\[|from "node:process"|import\.meta\.env/.test(code);
  });
  expect(readers.map((file) => file.replaceAll("\\", "/"))).toEqual(["config/env.ts"]);
});
