// What rendering refuses, and the sentences it refuses with. Gathers every fault before it stops.
import { type z } from "zod";
import { type Block } from "../domain/content.ts";
import { DomainError } from "../domain/errors.ts";
import { type SlotName, parseSlots } from "../domain/slots.ts";
import { type Frame } from "./types.ts";

/** Gmail cuts a message off at 102 kB (its own help pages); beyond this the unsubscribe link could be lost. */
export const MAX_HTML_BYTES = 100_000;

export const cannotRender = (faults: readonly string[]): DomainError =>
  new DomainError("cannot-render", faults.join(" "), faults);

export function refuseIfAny(faults: readonly string[]): void {
  if (faults.length > 0) throw cannotRender(faults);
}

/** Addresses a reader can safely be sent to (H39); braces would be slots, spaces and quotes would leave their context. */
const SAFE_LINK = /^(?:https?:\/\/[^\s<>"'`{}\\]+|(?:mailto|tel):[^\s<>"'`{}\\]+)$/i;
const WEB_LINK = /^https?:\/\/[^\s<>"'`{}\\]+$/i;

export const linkFault = (what: string, url: string): string[] =>
  SAFE_LINK.test(url)
    ? []
    : [
        `The address of ${what} cannot be used: "${url.slice(0, 80)}". It must start with https, http, mailto or tel and hold no spaces, quotes or braces.`,
      ];

export const webFault = (what: string, url: string): string[] =>
  WEB_LINK.test(url)
    ? []
    : [`The address of ${what} must be a full web address (https): "${url.slice(0, 80)}".`];

/** Slots an author used wrongly, or used where none are allowed. */
export function slotFaults(text: string, allowed: readonly SlotName[]): readonly string[] {
  const parsed = parseSlots(text, allowed);
  return "faults" in parsed ? parsed.faults : [];
}

/** A public page or post has many readers: a personal field in it makes no sense (H49). */
export function noSlots(what: string, texts: readonly string[]): string[] {
  const held = texts.some((text) => text.includes("{{") || text.includes("{%") || text.includes("{#"));
  return held
    ? [
        `${what} cannot hold slots such as {{first_name|neighbour}}: everyone reads the same text. Take the double braces out.`,
      ]
    : [];
}

/** The author's words in a block; keys and addresses are not words. */
export function textsOf(block: Block): readonly string[] {
  if ("heading" in block) return [block.heading];
  if ("paragraph" in block) return [block.paragraph];
  if ("list" in block) return block.list;
  if ("steps" in block) return block.steps;
  if ("callout" in block) return [block.callout.title, block.callout.text];
  if ("button" in block) return [block.button.label];
  return [];
}

/** What surrounds the text is ours: it holds no slots, and its addresses are whole. */
export function frameFaults(frame: Frame): string[] {
  const { partnership, leadAgency, contributing, reason, reference, referenceUrl, images, signposts } = frame;
  const words = [
    ...Object.values(partnership),
    ...[leadAgency, ...contributing].map((agency) => agency.name),
    reason,
    reference,
    ...Object.values(frame.labels),
    ...Object.values(images).map((image) => image.alt),
    ...Object.values(signposts).flatMap((signpost) => [signpost.name, ...Object.values(signpost.how)]),
  ];
  return [
    ...words.flatMap((text) =>
      slotFaults(text, []).length > 0 ? [`"${text.slice(0, 60)}" cannot hold slots or double braces.`] : [],
    ),
    ...webFault("the reference page", referenceUrl),
    ...Object.entries(images).flatMap(([key, image]) => webFault(`the image "${key}"`, image.url)),
  ];
}

/** "blocks 3 callout title": counted as a reader counts. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => (typeof step === "number" ? step + 1 : String(step))).join(" ") || "it";

/** Content is checked again here, whoever called: what the schema refuses is never rendered. */
export function checked<T>(schema: z.ZodType<T>, what: string, content: unknown): T {
  const read = schema.safeParse(content);
  if (read.success) return read.data;
  throw cannotRender(read.error.issues.map((issue) => `${what}: ${placeOf(issue.path)} ${issue.message}.`));
}

export function checkSize(html: string): void {
  const bytes = Buffer.byteLength(html);
  if (bytes > MAX_HTML_BYTES)
    throw cannotRender([
      `The email is ${Math.ceil(bytes / 1000)} kB; mailboxes cut messages off at ${MAX_HTML_BYTES / 1000} kB. Make it shorter.`,
    ]);
}
