// The contract every channel keeps. A channel is one file in this folder; its file name is its kind; nothing else names it.
import type { z } from "zod";
import type { Form } from "../domain/content.ts";
import type { Landed, Outcome } from "../domain/outcome.ts";
import type { SlotValues } from "../domain/slots.ts";

/** What a channel is handed: approved, rendered and frozen. The shapes are those of src/render/types.ts. */
export type Rendition = EmailRendition | PostRendition | ArticleRendition;
export interface EmailRendition {
  readonly form: "email";
  readonly subject: string;
  readonly preheader: string;
  readonly html: string;
  readonly text: string;
}
export interface PostRendition {
  readonly form: "post";
  readonly text: string;
  readonly language: string;
  readonly image?: { readonly url: string; readonly alt: string };
}
export interface ArticleRendition {
  readonly form: "article";
  readonly title: string;
  readonly summary: string;
  readonly html: string;
  readonly text: string;
}

/** What is the same for everyone who gets this rendition. */
export interface Issue {
  readonly reference: string;
  readonly language: string;
  readonly sensitive: boolean;
}

/** One delivery as a channel sees it. */
export interface Outgoing {
  /** The same on every attempt; whatever identifies the message to the other side is made from it. */
  readonly deliveryKey: string;
  /** The delivery's number, where reports are to come back to an address of its own. */
  readonly deliveryId?: number;
  readonly recipient: Addressee | null;
}
export interface Addressee {
  readonly address: string;
  readonly values: SlotValues;
  /** They asked for text alone, where a channel has both. */
  readonly plain?: boolean;
  /** A second way out beside the link: an address where a message stops everything. */
  readonly stopAddress?: string;
}

/**
 * The commit gate: answers true when this delivery may leave now. Ask once, as late as the channel can, and obey. Before it
 * has answered the other side may hold a part of the message, but never so much that it could take it.
 */
export type Gate = () => Promise<boolean>;
export type Sent = Outcome | { readonly kind: "stopped" };

export interface OpenChannel {
  /** Once for each rendition: everything that does not depend on the recipient is done here. */
  prepare(rendition: Rendition, issue: Issue): (outgoing: Outgoing, gate: Gate) => Promise<Sent>;
  /** Was it taken? Read-only. "no" only where the other side can prove it. */
  lookup(deliveryKey: string): Promise<Landed>;
  close(): Promise<void>;
}

/** What a channel may need of this machine; real ones are wired in src/deps.ts. */
export interface Tools {
  readonly smtpUrl: string;
  /** Where the relay can be asked whether it took a Message-ID; null where it cannot. */
  readonly smtpLookupUrl: string | null;
  /** Carries the email while the first relay cannot; null or absent where there is none. */
  readonly secondSmtpUrl?: string | null;
  readonly secondSmtpLookupUrl?: string | null;
  /** Where only some addresses may be written to, says whether this is one; absent where all may. */
  readonly mayReach?: (address: string) => boolean;
  readonly mailFrom: string;
  /** Where reports come back to, and the envelope sender of one delivery there; absent where that is `mailFrom` itself. */
  readonly returns?: {
    readonly address: string;
    readonly of: (deliveryId: number, deliveryKey: string) => string;
  } | null;
  readonly timelineUrl: string | null;
  /** Our own public site. */
  readonly site: Site;
}
export interface Site {
  /** Publishing the same id twice is publishing once. Returns the public address. */
  publish(id: string, article: ArticleRendition, issue: Issue): Promise<string>;
  /** The public address of what was published under `id`, or null. */
  find(id: string): Promise<string | null>;
}

export interface Problem {
  readonly code: string;
  readonly message: string;
  readonly measured?: number;
  readonly limit?: number;
}

export interface Channel<Settings = unknown> {
  readonly label: string;
  readonly form: Form;
  /** `people`: one delivery for each recipient of a list. `once`: one delivery for each language, for everyone. */
  readonly reaches: "people" | "once";
  readonly settings: z.ZodType<Settings>;
  /** What stops this rendition on this channel, counted as the channel counts. Pure; asked before approval. */
  validate(rendition: Rendition): readonly Problem[];
  open(settings: Settings, tools: Tools): OpenChannel;
}

export const defineChannel = <Settings>(channel: Channel<Settings>): Channel<Settings> => channel;

/** A rendition of another form is our own fault: the register pairs channels and forms. */
export function expectForm<F extends Rendition["form"]>(
  rendition: Rendition,
  form: F,
): Extract<Rendition, { form: F }> {
  if (rendition.form !== form) throw new Error(`this channel carries ${form}, not ${rendition.form}`);
  return rendition as Extract<Rendition, { form: F }>;
}
