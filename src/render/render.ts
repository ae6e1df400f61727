// Turns one communication into its finished form for one channel form, segment and language. Same input, same bytes: no clock, network, chance or database.
import { articleContent, emailContent, language as languageCode, postContent } from "../domain/content.ts";
import { ALL_SLOTS, AUTHOR_SLOTS, prepare } from "../domain/slots.ts";
import { articleHtml, articleText } from "./article.ts";
import { emailHtml, emailText } from "./email.ts";
import {
  cannotRender,
  checked,
  checkSize,
  frameFaults,
  noSlots,
  refuseIfAny,
  slotFaults,
  textsOf,
} from "./limits.ts";
import { lookUp, readyBlocks } from "./ready-blocks.ts";
import {
  type Frame,
  type Rendered,
  type RenderedArticle,
  type RenderedEmail,
  type RenderedPost,
  type RenderInput,
} from "./types.ts";

export type * from "./types.ts";

/**
 * Recipients are not known here: slots stay as {{name|fallback}} and are filled later by `prepare` (domain/slots.ts).
 * Throws DomainError("cannot-render") whose faults are sentences for the author.
 */
export async function render(input: RenderInput): Promise<Rendered> {
  checked(languageCode, "The language", input.language);
  refuseIfAny(frameFaults(input.frame));
  const content = input.content[input.form];
  if (!content)
    throw cannotRender([
      `There is no ${input.form} text in "${input.language}". Write it, or leave this channel out.`,
    ]);
  switch (input.form) {
    case "email":
      return renderEmail(input, content);
    case "post":
      return renderPost(input, content);
    case "article":
      return renderArticle(input, content);
  }
}

async function renderEmail({ language, frame }: RenderInput, raw: unknown): Promise<RenderedEmail> {
  const { subject, preheader, opening, blocks: rest } = checked(emailContent, "The email", raw);
  const all = [...opening, ...rest];
  const words = [subject, preheader, ...all.flatMap(textsOf)];
  refuseIfAny(words.flatMap((text) => slotFaults(text, AUTHOR_SLOTS)));
  const blocks = readyBlocks(all, { frame, language, firstLevel: 1 });
  const parts = { language, subject, preheader, blocks, frame };
  const html = await emailHtml(parts);
  checkSize(html);
  const text = emailText(parts);
  const slots = [...new Set([subject, html, text].flatMap((part) => prepare(part, ALL_SLOTS).slots))];
  return { form: "email", subject, preheader, html, text, slots };
}

/** Not async: a post is its text. A sensitive one goes without its image (LAW6). */
function renderPost({ language, frame }: RenderInput, raw: unknown): RenderedPost {
  const { text, image: key } = checked(postContent, "The post", raw);
  const faults = noSlots("A post", [text]);
  const image = key === undefined ? undefined : lookUp(frame.images, key, "image", faults);
  refuseIfAny(faults);
  return { form: "post", text, language, ...imageUnlessSensitive(image, frame) };
}

const imageUnlessSensitive = (image: RenderedPost["image"], { sensitive }: Frame) =>
  image && !sensitive ? { image } : {};

function renderArticle({ language, frame }: RenderInput, raw: unknown): RenderedArticle {
  const { title, summary, blocks: written } = checked(articleContent, "The article", raw);
  refuseIfAny(noSlots("An article", [title, summary, ...written.flatMap(textsOf)]));
  const blocks = readyBlocks(written, { frame, language, firstLevel: 2 });
  return {
    form: "article",
    title,
    summary,
    html: articleHtml(blocks, frame),
    text: articleText(blocks, frame),
  };
}
