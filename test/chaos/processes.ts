// Starts processes of Bellman through its own command line, kept warm beforehand so that a restart costs no time; kills them.
import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PROJECT } from "../../config/env.ts";

export interface Order {
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}
export interface Running {
  readonly pid: number;
  readonly signal: (name: NodeJS.Signals) => void;
  /** Resolves with the time at which it was seen to have gone. */
  readonly gone: Promise<number>;
  readonly hasGone: () => boolean;
}
export interface Stable {
  /** Becomes what it is ordered to be, at once if one is warm. */
  readonly start: (order: Order) => Promise<Running>;
  readonly close: () => Promise<void>;
}

/** `log` gets what all of them say. */
export function openStable(log: string): Stable {
  const all = new Set<ChildProcess>();
  let closed = false;
  const warmUp = async (): Promise<ChildProcess> => {
    const out = openSync(log, "a");
    const shim = ["--require", join(import.meta.dirname, "clock-shim.cjs")];
    const entry = [
      ...shim,
      "--import",
      join(import.meta.dirname, "warm.mjs"),
      join(PROJECT, "tools", "bellman.mjs"),
    ];
    const child = spawn(process.execPath, entry, {
      env: { PATH: process.env.PATH ?? "" },
      stdio: ["ignore", out, out, "ipc"],
    });
    closeSync(out);
    all.add(child);
    child.once("exit", () => all.delete(child));
    await new Promise((done, failed) => {
      child.once("message", done);
      child.once("exit", () => failed(new Error(`a process ended before it was warm: see ${log}`)));
    });
    return child;
  };
  let spare = warmUp();
  spare.catch(() => undefined);
  return {
    start: async ({ args, env }) => {
      const mine = spare; // taken before anything is waited for: two who come at once get two
      spare = closed ? Promise.reject(new Error("the house is closing")) : warmUp();
      spare.catch(() => undefined);
      const child = await mine;
      child.send({ args, env });
      return runningOf(child);
    },
    close: async () => {
      closed = true;
      await spare.catch(() => undefined);
      for (const child of all) child.kill("SIGKILL");
      for (const end = Date.now() + 5_000; all.size > 0 && Date.now() < end;) await sleep(20);
    },
  };
}

function runningOf(child: ChildProcess): Running {
  const gone = new Promise<number>((done) => child.once("exit", () => done(Date.now())));
  return {
    pid: child.pid ?? 0,
    signal: (name) => void child.kill(name),
    gone,
    hasGone: () => child.exitCode !== null || child.signalCode !== null,
  };
}

/** A place in the house that is never empty for long: whatever falls by itself is started again, as a service manager does. */
export interface Slot {
  readonly name: string;
  /** Whoever is there, or is just coming. */
  readonly present: () => Promise<Running>;
  /** Puts another one in its place; the old one is nobody's any more. */
  readonly replace: (env?: Readonly<Record<string, string>>) => Promise<Running>;
  /** How often it fell without being killed. */
  readonly falls: () => number;
  readonly leave: () => void;
}

const AGAIN_MS = 300;

export async function openSlot(stable: Stable, name: string, order: Order): Promise<Slot> {
  let falls = 0;
  let current: Running | null = null;
  let arriving: Promise<Running>;
  let left = false;
  const replace = (env: Readonly<Record<string, string>> = {}): Promise<Running> => (arriving = bring(env));
  const bring = async (env: Readonly<Record<string, string>>): Promise<Running> => {
    current = null;
    const next = await stable.start({ ...order, env: { ...order.env, ...env } });
    current = next;
    void next.gone.then(async () => {
      if (left || current !== next) return;
      await sleep(AGAIN_MS);
      if (left || current !== next) return; // whoever killed it has put another in its place
      falls += 1;
      await replace();
    });
    return next;
  };
  await (arriving = replace());
  return {
    name,
    present: () => arriving,
    replace,
    falls: () => falls,
    leave: () => void (left = true),
  };
}
