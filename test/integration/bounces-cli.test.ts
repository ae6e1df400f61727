// `bellman bounces read` as a mail system's pipe calls it: matched, whatever its size, or kept for later (H93).
import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { PROJECT } from "../../config/env.ts";
import { dsn, failed } from "../support/report-mail.ts";
import { nth, said, withReturns } from "../support/returns.ts";

const { house, sendAll, suppressedFor, free } = withReturns();

function pipe(bytes: Buffer, args: readonly string[] = [], env: Record<string, string> = {}) {
  const { dataDir, databaseUrl = "" } = house().deps.settings;
  const words = [join(PROJECT, "tools", "bellman.mjs"), "bounces", "read", "--json", ...args];
  const child = spawn(process.execPath, words, {
    env: { PATH: process.env.PATH ?? "", BELLMAN_DATA_DIR: dataDir, DATABASE_URL: databaseUrl, ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  let [out, err] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (out += data.toString()));
  child.stderr.on("data", (data: Buffer) => (err += data.toString()));
  child.stdin.on("error", () => undefined);
  child.stdin.end(bytes);
  return new Promise<{ code: number | null; out: string; err: string }>((resolve) =>
    child.once("close", (code) => resolve({ code, out, err })),
  );
}

test("a report is matched by whom the pipe says it was for, where nothing in it tells", async () => {
  const one = nth(await sendAll(), 0);
  const bytes = dsn(
    { ...one, returnPath: "x@example.org" },
    { recipients: [failed(one.to, "5.1.1", "550 unknown")], returned: null },
  );
  const { code, out, err } = await pipe(bytes, ["--recipient", one.returnPath]);
  expect([code, err]).toEqual([0, ""]);
  expect(JSON.parse(out)).toMatchObject({ read: 1, kinds: { hard: 1 }, suppressed: 1 });
  expect(out).not.toContain("@");
  expect(await suppressedFor(one)).toBe("hard-bounce");
  await free(one);
});

test("a report of 50 MB is taken in, and whoever writes it can finish", async () => {
  const one = nth(await sendAll(), 1);
  const { code, out } = await pipe(Buffer.concat([said(one, "5.1.1"), Buffer.alloc(50_000_000, "x")]));
  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ kinds: { hard: 1 } });
  await free(one);
});

test("what cannot be taken in now is given back to be tried later", async () => {
  const nowhere = {
    BELLMAN_DATA_DIR: join(house().deps.settings.dataDir, "other"),
    DATABASE_URL: "postgresql://x@127.0.0.1:1/x",
  };
  expect((await pipe(Buffer.from("Subject: x\r\n\r\nx"), [], nowhere)).code).toBe(75);
});
