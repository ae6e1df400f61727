// The slot language of authors' text: {{first_name|neighbour}} and nothing else. Pure; no loops, filters, paths or commands, ever.
// Segments choose content; a recipient only fills these slots (H35-H40).
import { DomainError } from "./errors.ts";

/** What an author may write. */
export const AUTHOR_SLOTS = ["first_name", "ward"] as const;
/** What only our own frame may use. */
export const FRAME_SLOTS = ["unsubscribe_url", "preferences_url"] as const;
export const ALL_SLOTS = [...AUTHOR_SLOTS, ...FRAME_SLOTS] as const;
export type SlotName = (typeof ALL_SLOTS)[number];

export interface Slot {
  readonly slot: SlotName;
  /** Used where the recipient has no value; absent where the author gave none. */
  readonly fallback?: string;
}
export type Part = string | Slot;
export interface ParsedSlots {
  readonly parts: readonly Part[];
}
export interface SlotFaults {
  /** One plain sentence each. */
  readonly faults: readonly string[];
}
export type SlotValues = Readonly<Partial<Record<SlotName, string>>>;
export type Filled =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly missing: SlotName };
export interface Prepared {
  /** Each slot used, once, in the order of the text. */
  readonly slots: readonly SlotName[];
  readonly fill: (values: SlotValues, escape?: Escape) => Filled;
}
/** Puts a value into its context: `escapeHtml` for an html part; a subject or text part takes none. */
export type Escape = (value: string) => string;

/** More than this many sentences help nobody, and the limit keeps the work linear. */
const MOST_FAULTS = 10;
const ONLY = "Only slots such as {{first_name|neighbour}} can be used.";
const SPECIAL = /\{\{|\}\}|\{%|\{#/g;
const NAME = /^[a-z][a-z0-9_]*$/;
const UNSEEN = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;
const UNSEEN_RUNS = new RegExp(`${UNSEEN.source}+`, "g");

/** Escapes for html text and for attributes in double or single quotes. */
export const escapeHtml: Escape = (value) =>
  value
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");

/** A recipient's value as it may enter a message: one line, no control characters, no direction overrides. */
export const cleanValue = (value: string): string =>
  UNSEEN.test(value) ? value.replace(UNSEEN_RUNS, " ").trim() : value;

/** Text of one part of a message → literals and slots, or every fault as a sentence. Never throws; linear in the length. */
export function parseSlots(text: string, allowed: readonly SlotName[]): ParsedSlots | SlotFaults {
  const parts: Part[] = [];
  const faults: string[] = [];
  let from = 0;
  while (faults.length < MOST_FAULTS) {
    SPECIAL.lastIndex = from;
    const found = SPECIAL.exec(text);
    if (!found) break;
    const at = found.index;
    if (at > from) parts.push(text.slice(from, at));
    const next = found[0] === "{{" ? readSlot(text, at, allowed) : refuse(text, at, found[0]);
    if (next.fault !== undefined) faults.push(next.fault);
    else parts.push(next.part);
    from = next.end;
  }
  if (from < text.length) parts.push(text.slice(from));
  return faults.length > 0 ? { faults } : { parts };
}

type Read =
  | { readonly end: number; readonly fault: string }
  | { readonly end: number; readonly part: Slot; readonly fault?: undefined };

function readSlot(text: string, at: number, allowed: readonly SlotName[]): Read {
  const close = text.indexOf("}}", at + 2);
  if (close < 0)
    return {
      end: text.length,
      fault: `A slot is opened but never closed: found ${where(text, at)}. ${ONLY}`,
    };
  const end = close + 2;
  const inner = text.slice(at + 2, close);
  if (inner.includes("{") || inner.includes("}"))
    return { end, fault: `Slots cannot hold braces or other slots: found ${where(text, at)}. ${ONLY}` };
  const bar = inner.indexOf("|");
  const name = (bar < 0 ? inner : inner.slice(0, bar)).trim();
  const fallback = bar < 0 ? undefined : inner.slice(bar + 1).trim();
  const slot = allowed.find((known) => known === name);
  if (slot === undefined) return { end, fault: notASlot(text, at, name, allowed) };
  if (fallback === undefined) return { end, part: { slot } };
  if (fallback.includes("|"))
    return { end, fault: `A slot has one fallback and no filters: found ${where(text, at)}. ${ONLY}` };
  if (UNSEEN.test(fallback))
    return { end, fault: `The fallback of a slot must be one line: found ${where(text, at)}. ${ONLY}` };
  return { end, part: { slot, fallback } };
}

function notASlot(text: string, at: number, name: string, allowed: readonly SlotName[]): string {
  if (!NAME.test(name) || name.length > 40)
    return `A slot is one plain name, without dots, brackets or commands: found ${where(text, at)}. ${ONLY}`;
  const can = allowed.length > 0 ? `Allowed here: ${allowed.join(", ")}.` : "No slots can be used here.";
  return `There is no slot called "${name}": found ${where(text, at)}. ${can}`;
}

function refuse(text: string, at: number, found: string): Read {
  const end = at + found.length;
  if (found === "}}")
    return { end, fault: `Two closing braces without a slot: found ${where(text, at)}. ${ONLY}` };
  return { end, fault: `A message cannot hold loops or commands: found ${where(text, at)}. ${ONLY}` };
}

/** "'{% for' at character 12": the brackets, the first word, and the place counted as a reader counts. */
function where(text: string, at: number): string {
  const ahead = text.slice(at + 2, at + 30).replace(UNSEEN_RUNS, " ");
  const word = /^ ?[^ {}]*/.exec(ahead)?.[0] ?? "";
  const closed = ahead.startsWith("}}", word.length) ? "}}" : "";
  return `'${(text.slice(at, at + 2) + word + closed).trim()}' at character ${[...text.slice(0, at)].length + 1}`;
}

/**
 * One pass: a value is never parsed again (H40). Only values are escaped; literals and fallbacks already belong to
 * their context. A missing or blank value takes the fallback; without a fallback the filling is refused.
 */
export function fillSlots(parsed: ParsedSlots, values: SlotValues, escape?: Escape): Filled {
  return prepareParsed(parsed).fill(values, escape);
}

/** A reusable filler for many recipients. Throws DomainError("bad-slots") where the template itself is at fault. */
export function prepare(template: string, allowed: readonly SlotName[] = ALL_SLOTS): Prepared {
  return prepareParsed(readSlots(template, allowed));
}

/** The literals and slots of a template; throws DomainError("bad-slots") as `prepare` does. */
export function readSlots(template: string, allowed: readonly SlotName[] = ALL_SLOTS): ParsedSlots {
  const parsed = parseSlots(template, allowed);
  if ("faults" in parsed) throw new DomainError("bad-slots", parsed.faults.join(" "), parsed.faults);
  return parsed;
}

function prepareParsed({ parts }: ParsedSlots): Prepared {
  const slots = [...new Set(parts.flatMap((part) => (typeof part === "string" ? [] : [part.slot])))];
  const plan = parts.map((part) =>
    typeof part === "string" ? part : { index: slots.indexOf(part.slot), fallback: part.fallback },
  );
  const fill = (values: SlotValues, escape?: Escape): Filled => {
    const ready = slots.map((slot) => valueOf(values, slot, escape));
    let text = "";
    for (const step of plan) {
      if (typeof step === "string") text += step;
      else {
        const value = ready[step.index] ?? step.fallback;
        if (value === undefined) return { ok: false, missing: slots[step.index] as SlotName };
        text += value;
      }
    }
    return { ok: true, text };
  };
  return { slots, fill };
}

/**
 * A recipient's value as it enters a message, or undefined where the fallback holds. Own properties only: `__proto__` and
 * its like name nothing here.
 */
export function valueOf(values: SlotValues, slot: SlotName, escape?: Escape): string | undefined {
  const raw = Object.hasOwn(values, slot) ? values[slot] : undefined;
  if (raw === undefined) return undefined;
  const value = cleanValue(raw);
  if (value.trim() === "") return undefined;
  return escape ? escape(value) : value;
}
