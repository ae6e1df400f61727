// What a report says became of one message: is it the address, the moment, or us? Judged by codes first and words last. Pure.

/**
 * - `hard`: there is no such address; nobody is written to there again. - `soft`: not now (full, broken, not reached).
 * - `policy`: our message or our name was not wanted; says nothing about the person, who is never suppressed for it (X4).
 * - `complaint`: the person called it unwanted. - `delayed`: still being tried. - `delivered`: it arrived, or went on from there.
 */
export const BOUNCE_KINDS = ["delayed", "delivered", "soft", "policy", "hard", "complaint"] as const;
export type BounceKind = (typeof BOUNCE_KINDS)[number];

/** RFC 3464 2.3.3. */
export const ACTIONS = ["failed", "delayed", "delivered", "relayed", "expanded"] as const;
export type Action = (typeof ACTIONS)[number];

/** What one part of a report says of one recipient. Free text: it is judged here and kept nowhere. */
export interface Said {
  readonly action: Action | null;
  /** RFC 3463, as "5.1.1"; null where none can be read. */
  readonly status: string | null;
  readonly diagnostic: string;
}
export interface Judged {
  readonly kind: BounceKind;
  /** RFC 3463; "5.0.0" and the like where the report is no more precise. */
  readonly status: string;
}

/** Not the "5.1.1" in an IP address. */
const ENHANCED = /(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?!\.?\d)/;
const REPLY = /(?<![\d.])([45])\d\d(?=[\s-])/;

/** "5.1.1" out of any text; null where there is none. */
export const statusIn = (text: string): string | null => ENHANCED.exec(text)?.[0] ?? null;

/** Null where the report says nothing that can be used. */
export function judge({ action, status, diagnostic }: Said): Judged | null {
  const codes = codesIn(status, diagnostic);
  const said = codes.find((one) => !isVague(one)) ?? codes[0] ?? null;
  const what = action ?? actionOf(said);
  if (what === null) return null;
  if (what === "delayed") return { kind: "delayed", status: said ?? "4.0.0" };
  return what === "failed"
    ? failed(codes, said ?? "5.0.0", diagnostic)
    : { kind: "delivered", status: said ?? "2.0.0" };
}

function failed(codes: readonly string[], status: string, diagnostic: string): Judged {
  // A refusal for policy that a relay on the way translated into another code is still one.
  const policy = codes.find(isPolicy);
  if (policy !== undefined) return { kind: "policy", status: policy };
  return { kind: failure(status, diagnostic), status };
}

/** The report's own and the far side's; where neither is enhanced, the class of the plain reply. */
function codesIn(status: string | null, diagnostic: string): string[] {
  const codes = [status, statusIn(diagnostic)].filter((one) => one !== null);
  const reply = codes.length === 0 ? REPLY.exec(diagnostic)?.[1] : undefined;
  return reply === undefined ? codes : [`${reply}.0.0`];
}

const isVague = (code: string): boolean => /^\d\.(0\.0|1\.0|5\.0)$/.test(code);

/** RFC 3464 asks for an action; some systems give a status alone. */
function actionOf(status: string | null): Action | null {
  if (status === null) return null;
  return status.startsWith("5") ? "failed" : status.startsWith("4") ? "delayed" : "delivered";
}

/**
 * About our message or our name (RFC 3463): 1.7 and 1.8 the sender's address, 2.3 and 3.4 the size, 5.x the protocol, 6.x the content,
 * 7.x security and policy.
 */
const isPolicy = (code: string): boolean => /^[45]\.(1\.[78]|2\.3|3\.4|5\.[1-9]\d*|[67]\.\d+)$/.test(code);
/** No such mailbox, domain or host (1.1-1.3, 1.10 null MX), moved away (1.6), or shut (2.1). */
const IS_HARD = /^5\.(1\.(1|2|3|6|10)|2\.1)$/;

/** So plain that they outweigh "no such user": filters that hide behind 5.1.1 are known, and a mistake here silences a person. */
const OF_US =
  /\bspam|junk ?mail|unsolicited|block ?list|black ?list|reputation|\b(dmarc|dkim|spf)\b|authenticat/i;
const RATHER_US =
  /\bsender\b|\bpolicy\b|\bblocked\b|banned|relay(ing)? (access )?denied|content|virus|malware|rate limit/i;
const NOBODY =
  /(no such|unknown|invalid|non-?existent) (local )?(user|recipient|mailbox|account)|(user|recipient|mailbox|account)( \S{1,80})? (is )?(unknown|not found|disabled|inactive|does ?n[o']t exist|does not exist)/i;

function failure(status: string, text: string): BounceKind {
  if (OF_US.test(text)) return "policy";
  if (status.startsWith("4")) return "soft"; // given up, but never for good
  if (IS_HARD.test(status)) return "hard";
  if (!isVague(status)) return "soft";
  if (RATHER_US.test(text)) return "policy";
  return NOBODY.test(text) ? "hard" : "soft";
}
