// What one attempt came to, judged by evidence: how far it had come and what the relay said. Pure.
import type { NodemailerError } from "nodemailer";
import { POLICY_WAIT_SECONDS } from "../../../config/limits.ts";
import { judge } from "../../domain/bounce-kind.ts";
import {
  deferred,
  NO_SUCH_ADDRESS,
  type Outcome,
  refused,
  unavailable,
  unknown,
} from "../../domain/outcome.ts";

/**
 * - `session`: connecting, greeting, EHLO, STARTTLS, signing in. - `envelope`: MAIL, RCPT, DATA.
 * - `gate`: the body is there but for its end. - `end`: the end may have been written; from here it may have been taken.
 */
export type Phase = "session" | "envelope" | "gate" | "end";

/** Judges a failed attempt. Throws what is no answer and no trouble of a connection: that is our own fault. */
export function verdict(error: NodemailerError, phase: Phase): Outcome {
  if (!error.code) throw error;
  const reply = readReply(error);
  return reply ? answered(reply, phase, error) : unanswered(error, phase);
}

interface Reply {
  readonly code: number;
  /** RFC 3463, or empty. */
  readonly enhanced: string;
  readonly text: string;
}

function readReply({ response, responseCode }: NodemailerError): Reply | null {
  if (!responseCode) return null;
  const [, enhanced = "", text = ""] =
    /^\d{3}[ -](?:([245]\.\d{1,3}\.\d{1,3})(?:\s|$))?([^]*)/.exec(response ?? "") ?? [];
  return { code: responseCode, enhanced, text };
}

/** "Sign in first" and the like (RFC 4954): about us, wherever it is said. */
const SIGN_IN = new Set([530, 534, 535, 538]);
/** Bad commands, or in a bad order: the relay and we do not understand each other. */
const PROTOCOL = new Set([500, 502, 503, 504, 555]);
/** The commands whose reply can be about this message; a reply to any other is about us and the relay. */
const ABOUT_THE_MESSAGE = new Set(["MAIL FROM", "RCPT TO", "DATA"]);

/** Whatever is about us or the relay says nothing about the recipient: never refused, and no attempt is counted. */
function answered(reply: Reply, phase: Phase, error: NodemailerError): Outcome {
  const code = `smtp-${reply.code}`;
  // After the end only the reply to it counts; a line nobody asked for proves nothing.
  if (phase === "end" && (!isFailure(reply) || error.code === "EPROTOCOL"))
    return unknown("reply-unreadable");
  if (SIGN_IN.has(reply.code)) return unavailable(code, "sign-in");
  if (isAboutUs(reply, phase, error)) return unavailable(code, "turned-away");
  if (isThrottling(reply)) return unavailable(code, "throttled");
  if (isPolicy(reply)) return unavailable(`policy-${reply.code}`, "policy", POLICY_WAIT_SECONDS);
  if (error.command === "MAIL FROM") return ofTheSender(reply);
  return ofTheRecipient(reply);
}

/** RFC 5321 4.2.3: no mailbox, not one of theirs, no name they allow. Other codes are never about the address alone. */
const ABOUT_THE_ADDRESS = new Set([550, 551, 553]);
/** No reply that is worth reading is longer. */
const REPLY_MOST = 2_000;

/** X3: judged as a report that says the same would be, as either silences a person. */
function ofTheRecipient({ code, enhanced, text }: Reply): Outcome {
  if (code < 500) return deferred(`smtp-${code}`);
  const diagnostic = `${code} ${text}`.slice(0, REPLY_MOST);
  const said = ABOUT_THE_ADDRESS.has(code)
    ? judge({ action: "failed", status: enhanced === "" ? null : enhanced, diagnostic })
    : null;
  return refused(said?.kind === "hard" ? NO_SUCH_ADDRESS : `smtp-${code}`);
}

const isFailure = ({ code }: Reply): boolean => code >= 400 && code < 600;

function isAboutUs(reply: Reply, phase: Phase, { command = "" }: NodemailerError): boolean {
  if (phase === "session" || !isFailure(reply) || reply.code === 421 || PROTOCOL.has(reply.code)) return true;
  return phase !== "end" && !ABOUT_THE_MESSAGE.has(command);
}

/** RFC 1870: the message is too large. Whatever else it says of the sender is about us. */
const ofTheSender = ({ code, enhanced }: Reply): Outcome =>
  code === 552 || enhanced === "5.3.4" ? refused("too-large") : unavailable(`smtp-${code}`, "turned-away");

/** Busy, or full, or we are too fast (X9): "454 4.7.0 Throttling failure". Greylisting is not: it waits for this message. */
const isThrottling = ({ code, enhanced, text }: Reply): boolean => {
  if (code >= 500 || /gr[ea]y-?list/i.test(text)) return false;
  if (/^4\.3\.[12]$/.test(enhanced) || enhanced === "4.7.0") return true;
  return /throttl|rate.?limit|\brate\b|too (many|fast)/i.test(text);
};

/** X4: "550 5.7.1 looks like spam", "5.7.26 not authenticated": about our message, or about us, not about the address. */
const isPolicy = ({ enhanced }: Reply): boolean => enhanced.startsWith("5.7.");

function unanswered({ code, command }: NodemailerError, phase: Phase): Outcome {
  if (phase === "end") return unknown("reply-lost");
  if (phase === "session") return unavailable("relay-not-reached", "not-reached");
  if (code === "EENVELOPE") return refused("bad-address"); // nodemailer itself found no one address in it
  const isTooLarge = code === "EMESSAGE" && command === "MAIL FROM"; // the relay's own SIZE, read before anything is sent
  return isTooLarge ? refused("too-large") : unavailable("connection-lost", "lost");
}
