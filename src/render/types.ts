// What rendering is given and what it gives back. Types only.
import { type Form, type LanguageContent, type Signpost } from "../domain/content.ts";
import { type SlotName } from "../domain/slots.ts";
import { type Labels } from "./labels.ts";

export interface RenderInput {
  readonly form: Form;
  /** BCP 47; becomes lang and dir of the email, and picks the words of a signpost. */
  readonly language: string;
  /** Already merged with the audience variant (`mergeVariant`). */
  readonly content: LanguageContent;
  readonly frame: Frame;
}

/** An image as the reader's device can fetch it: absolute http(s) address, size in CSS pixels. */
export interface FrameImage {
  readonly url: string;
  readonly alt: string;
  readonly width: number;
  readonly height: number;
}

/** All that surrounds the author's text. None of it may hold slots. */
export interface Frame {
  readonly partnership: { readonly name: string; readonly strapline: string; readonly strategyLine: string };
  readonly leadAgency: { readonly name: string };
  /** May or may not repeat the lead agency; it is named once. */
  readonly contributing: readonly { readonly name: string }[];
  /** Why the reader gets this: "You get this because you asked for …" */
  readonly reason: string;
  /** Public reference of the communication, e.g. BM-7F3K2. */
  readonly reference: string;
  /** Where anyone can check that it is genuine, or read it on the web. */
  readonly referenceUrl: string;
  /** Sensitive: neutral head, no images at all, a way out at the top (LAW6). */
  readonly sensitive: boolean;
  readonly images: Readonly<Record<string, FrameImage>>;
  readonly signposts: Readonly<Record<string, Signpost>>;
  readonly labels: Labels;
}

export interface RenderedEmail {
  readonly form: "email";
  /** Plain text, not escaped. */
  readonly subject: string;
  readonly preheader: string;
  /** Fill with `escapeHtml`. */
  readonly html: string;
  readonly text: string;
  /** Slots used in subject, html or text; all else is final. */
  readonly slots: readonly SlotName[];
}
export interface RenderedPost {
  readonly form: "post";
  readonly text: string;
  readonly image?: FrameImage;
  readonly language: string;
}
export interface RenderedArticle {
  readonly form: "article";
  readonly title: string;
  readonly summary: string;
  /** A fragment for a page that shows the title as its h1; headings start at h2. */
  readonly html: string;
  readonly text: string;
}
export type Rendered = RenderedEmail | RenderedPost | RenderedArticle;

/** A block with its keys looked up and its addresses checked: what the html, text and article writers share. */
export type ReadyBlock =
  | { readonly kind: "heading"; readonly level: 1 | 2; readonly text: string }
  | { readonly kind: "paragraph"; readonly paragraphs: Paragraphs }
  | { readonly kind: "list" | "steps"; readonly items: readonly string[] }
  | { readonly kind: "callout"; readonly title: string; readonly paragraphs: Paragraphs }
  | { readonly kind: "image"; readonly image: FrameImage }
  | { readonly kind: "button"; readonly label: string; readonly url: string }
  | {
      readonly kind: "signposts";
      /** Whether our own heading is needed: not where the author has just written one. */
      readonly titled: boolean;
      readonly entries: readonly ReadySignpost[];
    };
/** Paragraphs of lines. */
export type Paragraphs = readonly (readonly string[])[];
export interface ReadySignpost {
  readonly name: string;
  readonly how: string;
  readonly link?: { readonly url: string; readonly shown: string };
}
