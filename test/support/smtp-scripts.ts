// What the scripted relay can be told to do, and what a channel must make of it.
import type { Fault } from "./stand-in.ts";

/** At a step: what it says instead of yes; null hangs up, and so does what is no reply. `takes` has the message kept first. */
export interface Script extends Omit<Fault, "name"> {
  readonly at: "every" | "connect" | "EHLO" | "AUTH" | "MAIL" | "RCPT" | "DATA" | "body" | "end";
  readonly says: string | null;
  /** Answers no sooner; at `every` step it then says yes. */
  readonly afterMs?: number;
  /** Ends by a reset instead. */
  readonly resets?: true;
  /** What it offers besides. */
  readonly offers?: readonly string[];
}
const away = { kind: "unavailable", taken: false } as const;
const deferred = { kind: "deferred", taken: false } as const;
const refused = { kind: "refused", taken: false } as const;
const unknown = { kind: "unknown", taken: false } as const;
const lost = { kind: "unknown", taken: true } as const;
export const SCRIPTS: Readonly<Record<string, Script>> = {
  "greets with 421": { at: "connect", says: "421 4.3.2 busy", ...away },
  "greets with 554": { at: "connect", says: "554 5.7.1 not from you", ...away },
  "hangs up instead of greeting": { at: "connect", says: null, ...away },
  "refuses our name for good": { at: "EHLO", says: "550 5.7.1 go away", ...away },
  "hangs up at our name": { at: "EHLO", says: null, ...away },
  "wants a sign-in first": { at: "MAIL", says: "530 5.7.0 Authentication required", ...away },
  "refuses the sender for now": { at: "MAIL", says: "451 4.3.0 later", ...away },
  "refuses the sender for good": { at: "MAIL", says: "550 5.1.8 no", ...away },
  "hangs up at the sender": { at: "MAIL", says: null, ...away },
  "refuses the recipient for now": { at: "RCPT", says: "450 4.2.1 greylisted", ...deferred },
  "greylists the recipient": { at: "RCPT", says: "450 4.7.1 Greylisted, try again later", ...deferred },
  "is too busy at the recipient": { at: "RCPT", says: "452 4.3.1 Insufficient system storage", ...away },
  "throttles at the recipient": { at: "RCPT", says: "454 4.7.0 Throttling failure", ...away },
  "has a policy at the recipient": { at: "RCPT", says: "550 5.7.1 blocked by a list", ...away },
  "refuses the recipient for good": { at: "RCPT", says: "550 5.1.1 no such user ann@x.test", ...refused },
  "closes down at the recipient": { at: "RCPT", says: "421 4.3.2 closing", ...away },
  "hangs up at the recipient": { at: "RCPT", says: null, ...away },
  "refuses to begin for now": { at: "DATA", says: "451 4.3.0 later", ...deferred },
  "has a policy at the body": { at: "DATA", says: "554 5.7.1 no", ...away },
  "hangs up before the body": { at: "DATA", says: null, ...away },
  "hangs up within the body": { at: "body", says: null, ...unknown },
  "resets within the body": { at: "body", says: null, resets: true, ...unknown },
  "refuses the message for now": { at: "end", says: "451 4.3.0 later", ...deferred },
  "throttles after the body": { at: "end", says: "454 4.7.0 Maximum sending rate exceeded", ...away },
  "has a policy after the body": { at: "end", says: "550 5.7.26 not authenticated", ...away },
  "answers the body with a riddle": { at: "end", says: "354 go on", ...unknown },
  "refuses the message for good": { at: "end", says: "554 5.6.0 not this", ...refused },
  "closes down after the body": { at: "end", says: "421 4.3.2 closing", ...away },
  "hangs up after the body without taking it": { at: "end", says: null, ...unknown },
  "takes it and hangs up": { at: "end", says: null, ...lost },
  "takes it and resets": { at: "end", says: null, resets: true, ...lost },
  "takes it, hangs for a while and goes": { at: "end", says: null, afterMs: 300, ...lost },
  "takes it and breaks off in its reply": { at: "end", says: "25", ...lost },
  "is slow at every step": { at: "every", says: null, afterMs: 30, kind: "accepted", taken: true },
};

/** What some relays have besides; not a fault. */
export const OFFERS: Readonly<Record<string, Script>> = {
  "offers SMTPUTF8": { at: "every", says: null, kind: "accepted", taken: true, offers: ["SMTPUTF8"] },
  "lets us sign in": { at: "every", says: null, kind: "accepted", taken: true, offers: ["AUTH PLAIN"] },
  "does not let us sign in": { at: "AUTH", says: "535 5.7.8 no", ...away, offers: ["AUTH PLAIN"] },
};
