// Our own short links: which addresses of a text are replaced on a channel, and how often each was opened is counted for all together
// (LAW20). Only where the author asked for it, and never of a sensitive message. Pure.
import type { Block, EmailVariant, Form, LanguageContent } from "./content.ts";

export interface CountedLink {
  readonly channelKey: string;
  readonly code: string;
  /** Where it leads: an http(s) address of the approved text, and nothing else. */
  readonly url: string;
}
/** Short links are made before they are approved, and are the same each time: `code` is a keyed hash of these three. */
export type LinkCode = (reference: string, channelKey: string, url: string) => string;

/** No vowels (no accidental words), no 0/o, 1/l, 2/z, 5/s look-alikes: some are typed from a screen. */
const ALPHABET = "346789bcdfghjkmnpqrtvwxy";
const LENGTH = 10;
export const LINK_CODE = new RegExp(`^[${ALPHABET}]{${LENGTH}}$`);

/** Ten characters out of 24 from the first 16 hex digits of a hash: 6e13 codes. */
export function codeFrom(hex: string): string {
  let rest = BigInt(`0x${hex.slice(0, 16)}`);
  let code = "";
  for (let i = 0; i < LENGTH; i += 1) {
    code += ALPHABET.charAt(Number(rest % BigInt(ALPHABET.length)));
    rest /= BigInt(ALPHABET.length);
  }
  return code;
}

const WEB = /^https?:\/\//i;
/** An address in the text of a post ends where a reader would end it. */
const IN_TEXT = /https?:\/\/[^\s<>"'`{}\\]*[^\s<>"'`{}\\.,;:!?)\]]/gi;

interface Text {
  readonly content: Readonly<Record<string, LanguageContent>>;
  readonly variants: Readonly<Record<string, Readonly<Record<string, { readonly email: EmailVariant }>>>>;
}

/**
 * The addresses of buttons, and those written out in posts. Help lines (signposts) are never counted: their address is read, and
 * who looks for help is nobody's number.
 */
export function countedLinks(
  { content, variants }: Text,
  channels: readonly { readonly key: string; readonly form: Form }[],
  code: (channelKey: string, url: string) => string,
): CountedLink[] {
  const varied = Object.values(variants).flatMap((languages) =>
    Object.values(languages).map(({ email }) => email),
  );
  return channels.flatMap(({ key, form }) => {
    const texts = Object.values(content).map((one) => one[form]);
    const urls =
      form === "post"
        ? Object.values(content).flatMap(({ post }) => post?.text.match(IN_TEXT) ?? [])
        : [...texts, ...(form === "email" ? varied : [])].flatMap((part) => buttonsOf(part));
    return [...new Set(urls)].map((url) => ({ channelKey: key, code: code(key, url), url }));
  });
}

const buttonsOf = (part: object | undefined): string[] => {
  const { opening = [], blocks = [] } = (part ?? {}) as {
    opening?: readonly Block[];
    blocks?: readonly Block[];
  };
  return [...opening, ...blocks].flatMap((block) =>
    "button" in block && WEB.test(block.button.url) ? [block.button.url] : [],
  );
};

/** The content with the addresses of one channel replaced; what is not in `links` stays as it is written. */
export function withShortLinks(
  content: LanguageContent,
  links: readonly CountedLink[],
  shortened: (code: string) => string,
): LanguageContent {
  if (links.length === 0) return content;
  const to = new Map(links.map(({ url, code }) => [url, shortened(code)]));
  const blocks = (all: readonly Block[]): Block[] =>
    all.map((block) =>
      "button" in block
        ? { button: { ...block.button, url: to.get(block.button.url) ?? block.button.url } }
        : block,
    );
  const { email, post, article } = content;
  return {
    ...(email ? { email: { ...email, opening: blocks(email.opening), blocks: blocks(email.blocks) } } : {}),
    ...(post ? { post: { ...post, text: post.text.replace(IN_TEXT, (url) => to.get(url) ?? url) } } : {}),
    ...(article ? { article: { ...article, blocks: blocks(article.blocks) } } : {}),
  };
}
