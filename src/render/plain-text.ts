// The plain-text writer: the same blocks as the html, in lines of at most 76 characters, with every address written out.
import { say, type Labels } from "./labels.ts";
import { type Paragraphs, type ReadyBlock, type ReadySignpost } from "./types.ts";

/** RFC 5322 allows 998 and advises 78; 76 leaves room for a quoting mark. */
const WIDTH = 76;
export const RULE = "-".repeat(WIDTH);

/** A slot is never broken over lines: its spaces are held by a character that no content may contain. */
const HELD = "\u0000";
const SLOT = /\{\{[^{}]*\}\}/g;

export function wrap(text: string, first = "", rest = first): string {
  const words = text.replace(SLOT, (slot) => slot.replaceAll(" ", HELD)).split(/\s+/);
  const lines: string[] = [];
  let now = "";
  for (const word of words) {
    const indent = lines.length === 0 ? first : rest;
    if (now !== "" && indent.length + now.length + 1 + word.length > WIDTH) {
      lines.push(indent + now);
      now = word;
    } else now = now === "" ? word : `${now} ${word}`;
  }
  lines.push((lines.length === 0 ? first : rest) + now);
  return lines.join("\n").replaceAll(HELD, " ");
}

export const plainBlocks = (blocks: readonly ReadyBlock[], labels: Labels): string =>
  blocks.map((block) => plainBlock(block, labels)).join("\n\n");

function plainBlock(block: ReadyBlock, labels: Labels): string {
  switch (block.kind) {
    case "heading":
      return underline(wrap(block.text), UNDERLINES[block.level]);
    case "paragraph":
      return passage(block.paragraphs);
    case "list":
      return block.items.map((item) => wrap(item, "* ", "  ")).join("\n");
    case "steps":
      return block.items.map((item, at) => wrap(item, `${at + 1}. `.padEnd(4), "    ")).join("\n");
    case "callout":
      return `${wrap(block.title, "  ")}\n\n${passage(block.paragraphs, "  ")}`;
    case "image":
      return wrap(say(labels.picture, "alt", block.image.alt), "[", " ") + "]";
    case "button":
      return `${wrap(`${block.label}:`)}\n${block.url}`;
    case "signposts":
      return signposts(block.titled ? [underline(labels.contacts, "-")] : [], block.entries);
  }
}

const UNDERLINES = { 1: "=", 2: "-" } as const;

const underline = (text: string, mark: string): string => {
  const longest = Math.max(...text.split("\n").map((row) => row.length));
  return `${text}\n${mark.repeat(longest)}`;
};

const passage = (paragraphs: Paragraphs, indent = ""): string =>
  paragraphs.map((lines) => lines.map((text) => wrap(text, indent)).join("\n")).join("\n\n");

const signposts = (title: readonly string[], entries: readonly ReadySignpost[]): string =>
  [...title, ...entries.map(signpost)].join("\n\n");

const signpost = ({ name, how, link }: ReadySignpost): string =>
  [wrap(name), wrap(how, "  "), ...(link ? [`  ${link.url}`] : [])].join("\n");
