// What the channel contract needs of "the other side", whatever it speaks. Chosen by a channel's form, never by its name.
import type { Rendition, Tools } from "../../src/channels/channel.ts";
import type { Form } from "../../src/domain/content.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import { httpStandIn } from "./http-stand-in.ts";
import { siteStandIn } from "./site-stand-in.ts";
import { smtpStandIn } from "./smtp-stand-in.ts";

/** Something that goes wrong, what a channel must make of it, and whether the message was in truth taken. */
export interface Fault {
  readonly name: string;
  readonly kind: Outcome["kind"];
  readonly taken: boolean;
}
export interface Arrived {
  /** By which the other side knows a message again: Message-ID, idempotency key, id of a page. */
  readonly id: string;
  /** Everybody it went to; empty where a channel speaks to everyone at once. */
  readonly to: readonly string[];
  readonly body: string;
}
/** `lost`: gives no answer, or none that can be read. `elsewhere`: an address where something else answers "not found". */
export type Looking = "as usual" | "failing" | "lost" | "elsewhere" | "not there";

export interface StandIn {
  readonly tools: Partial<Tools>;
  readonly faults: readonly Fault[];
  /** How its look-up can be out of order. */
  readonly lookups: readonly Looking[];
  /** From now on it does this; without a name, it takes everything. */
  readonly behave: (fault?: string) => Promise<void>;
  readonly look: (how: Looking) => Promise<void>;
  readonly arrived: () => Promise<readonly Arrived[]>;
  /** How often anybody came near: connections, commands or requests, look-ups not counted. */
  readonly heard: () => number;
  /** How often it was asked to take something: whole requests, or the ends of messages. */
  readonly asked: () => number;
  readonly stop: () => Promise<void>;
}

export const STAND_INS: Readonly<Record<Form, () => Promise<StandIn>>> = {
  email: smtpStandIn,
  post: httpStandIn,
  article: siteStandIn,
};

const plain = (size: number) => "a".repeat(size);

/** A rendition of one form whose limited part has the given size. */
export const RENDITIONS: Readonly<Record<Form, (size?: number) => Rendition>> = {
  email: (size = 40) => ({
    form: "email",
    subject: "Hello {{first_name|neighbour}}",
    preheader: "P",
    html: plain(size),
    text: "Hello {{first_name|neighbour}}, a private sentence",
  }),
  post: (size = 40) => ({ form: "post", text: plain(size), language: "en" }),
  article: (size = 40) => ({
    form: "article",
    title: plain(size),
    summary: "S",
    html: "<p>a private sentence</p>",
    text: "a private sentence",
  }),
};
