// What the scripted relay does with whom: by the start of an address or by a share of all people, always the same ones for a seed.
import { createHash } from "node:crypto";

/** Each ends in one answer; those that accept have it in the ledger before anything is said or cut. */
export const PROGRAMMES = [
  "accept",
  "greylist451",
  "reject550",
  "policy5.7.1",
  "throttle454",
  "accept-then-reset",
  "accept-then-FIN",
  "accept-then-hang",
  "drop-at-DATA",
  "tarpit",
] as const;
export type Programme = (typeof PROGRAMMES)[number];

export interface Rule {
  readonly programme: Programme;
  /** Only addresses that begin so. */
  readonly prefix?: string;
  /** Only this share of all addresses, 0 to 1. */
  readonly share?: number;
  readonly seed?: number;
  /** How often each address meets it before it is let in; for ever where nothing is said, but once where it only says "later". */
  readonly times?: number;
  /** tarpit: how long the last reply is kept back. */
  readonly ms?: number;
}

const ONCE: readonly Programme[] = ["greylist451", "throttle454", "drop-at-DATA"];
const ACCEPT: Rule = { programme: "accept" };

/** The first rule that names this address wins. Each call is one meeting. */
export function chooser(rules: readonly Rule[]): (recipient: string) => Rule {
  const met = new Map<string, number>();
  return (recipient) => {
    const index = rules.findIndex((rule) => names(rule, recipient));
    const rule = rules[index];
    if (!rule) return ACCEPT;
    const times = rule.times ?? (ONCE.includes(rule.programme) ? 1 : Infinity);
    if (times === Infinity) return rule;
    const before = met.get(`${index} ${recipient}`) ?? 0;
    met.set(`${index} ${recipient}`, before + 1);
    return before < times ? rule : ACCEPT;
  };
}

const names = ({ prefix = "", share = 1, seed = 0 }: Rule, recipient: string): boolean =>
  recipient.startsWith(prefix) && (share >= 1 || fraction(`${seed} ${recipient}`) < share);

/** A number from 0 to 1 that belongs to the text. */
export const fraction = (text: string): number =>
  createHash("sha256").update(text).digest().readUInt32BE(0) / 0x1_0000_0000;

/** What is said at RCPT; null: go on. */
export const REFUSALS: Readonly<Partial<Record<Programme, string>>> = {
  greylist451: "451 4.7.1 greylisted, come back later",
  reject550: "550 5.1.1 no such user",
  "policy5.7.1": "550 5.7.1 refused by policy",
  throttle454: "454 4.7.0 throttling, too many messages",
};
