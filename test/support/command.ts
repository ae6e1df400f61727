// Runs the command line as a person would: a process of its own, its words and its exit code.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { PROJECT } from "../../config/env.ts";

export interface Ran {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Nothing of the test's own environment reaches it but what `env` gives. */
export function bellman(args: readonly string[], env: Record<string, string>): Promise<Ran> {
  const child = spawn(process.execPath, [join(PROJECT, "tools", "bellman.mjs"), ...args], {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  let err = "";
  child.stdout.on("data", (data: Buffer) => (out += data.toString()));
  child.stderr.on("data", (data: Buffer) => (err += data.toString()));
  return new Promise((resolve) => child.once("close", (code) => resolve({ code, out, err })));
}
