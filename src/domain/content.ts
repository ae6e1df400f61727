// What we say, before any channel has shaped it: blocks of plain text in one language. Pure; knows no template and no channel.
import { z } from "zod";

/** A line of author's text: one line, no control characters, no bidirectional overrides (H29). */
export const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(max, `must be at most ${max} characters`)

    .regex(
      /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/u,
      "must be one line without control characters",
    );

const passage = (max: number) =>
  z
    .string()
    .trim()
    .min(1, "must not be empty")
    .max(max, `must be at most ${max} characters`)

    .regex(
      /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/u,
      "must not hold control characters",
    );

export const key = z
  .string()
  .regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be a key such as dark-nights (small letters, digits, hyphens)")
  .max(60);

/** BCP 47, the two-letter or regional forms a partnership uses: "en", "pl", "cy". */
export const language = z
  .string()
  .regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, "must be a language code such as en or pl");

/** Only addresses a person can safely be sent to (H39). */
export const link = z.url({
  protocol: /^(https?|mailto|tel)$/,
  error: "must be an http, https, mailto or tel address",
});

export const block = z.union([
  z.strictObject({ heading: line(120) }),
  z.strictObject({ paragraph: passage(1200) }),
  z.strictObject({ list: z.array(line(300)).min(1).max(12) }),
  z.strictObject({ steps: z.array(line(300)).min(1).max(12) }),
  z.strictObject({ callout: z.strictObject({ title: line(120), text: passage(600) }) }),
  z.strictObject({ image: key }),
  z.strictObject({ button: z.strictObject({ label: line(60), url: link }) }),
  z.strictObject({ signposts: z.array(key).min(1).max(8) }),
]);
export type Block = z.infer<typeof block>;

export const emailContent = z.strictObject({
  subject: line(150),
  preheader: line(150),
  /** Read first; the part an audience variant usually replaces. */
  opening: z.array(block).min(1).max(6),
  blocks: z.array(block).max(30).default([]),
});
export const postContent = z.strictObject({ text: passage(2000), image: key.optional() });
export const articleContent = z.strictObject({
  title: line(120),
  summary: line(300),
  blocks: z.array(block).min(1).max(40),
});

/** One language of one communication: a part for each form a channel may ask for. */
export const languageContent = z.strictObject({
  email: emailContent.optional(),
  post: postContent.optional(),
  article: articleContent.optional(),
});
export type LanguageContent = z.infer<typeof languageContent>;

/** What an audience variant may say differently in its email; the rest stays common. */
export const emailVariant = emailContent.partial();
export type EmailVariant = z.infer<typeof emailVariant>;

export const image = z.strictObject({
  key,
  file: z.string().regex(/^[a-z0-9-]+\.(png|jpg)$/),
  alt: line(300),
});
export type ImageRef = z.infer<typeof image>;

/** The form of a rendition. A channel asks for one of these; content provides them. */
export const FORMS = ["email", "post", "article"] as const;
export type Form = (typeof FORMS)[number];

/** A help line or website people are pointed to. Facts with a source, kept in templates/library/signposts.yaml. */
export const signpost = z.strictObject({
  key,
  name: line(80),
  /** How to reach it, e.g. "Call 101" or "Text 61016"; per language, English always there. */
  how: z.record(language, line(200)),
  url: link.optional(),
  source: z.url(),
  checked: z.iso.date(),
});
export type Signpost = z.infer<typeof signpost>;
