// The scripted relay as the others see it: where it is, how it is told what to do, and how its ledger is read.
import { join } from "node:path";
import { startChild } from "../../bench/child.ts";
import type { Looking } from "../support/stand-in.ts";
import type { Rule } from "./programme.ts";

export interface Script {
  readonly rules: readonly Rule[];
  /** How many of the next connections are greeted with 421. */
  readonly greet421: number;
  /** How long every message waits before it is taken, in ms. */
  readonly delayMs: number;
  readonly lookup: Looking;
}
export interface Counts {
  readonly accepted: number;
  readonly connections: number;
  readonly lookups: number;
}

export interface SmtpLab {
  readonly smtpUrl: string;
  /** GET with `?messageId=<…>`: 200 and what was taken, or 404. */
  readonly lookupUrl: string;
  /** The file of acceptances. */
  readonly ledger: string;
  /** From now on; what is not named stays as it was. */
  readonly play: (script: Partial<Script>) => Promise<void>;
  readonly counts: () => Promise<Counts>;
  readonly stop: () => Promise<void>;
}

export async function startSmtpLab(ledger: string): Promise<SmtpLab> {
  const child = await startChild(join(import.meta.dirname, "smtp-server.ts"), {
    env: { SMTP_LAB_LEDGER: ledger },
  });
  const { port, controlPort } = child.said as { port: number; controlPort: number };
  const desk = `http://127.0.0.1:${controlPort}`;
  return {
    smtpUrl: `smtp://127.0.0.1:${port}`,
    lookupUrl: `${desk}/messages`,
    ledger,
    play: async (script) => {
      const answer = await fetch(`${desk}/script`, { method: "PUT", body: JSON.stringify(script) });
      if (!answer.ok) throw new Error(`the relay did not take its script (${answer.status})`);
    },
    counts: async () => (await (await fetch(`${desk}/counts`)).json()) as Counts,
    stop: async () => void (await child.stop()),
  };
}
