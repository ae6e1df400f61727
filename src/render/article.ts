// The article writer: a fragment of plain semantic html for a public news page or feed. Every word is escaped here.
import { escapeHtml as e } from "../domain/slots.ts";
import { creditLines } from "./credit.ts";
import { plainBlocks, wrap } from "./plain-text.ts";
import { type Frame, type Paragraphs, type ReadyBlock, type ReadySignpost } from "./types.ts";

export function articleHtml(blocks: readonly ReadyBlock[], frame: Frame): string {
  const credit = creditLines(frame).map(e).join("<br>\n");
  const body = blocks.map((block) => htmlBlock(block, frame));
  return [...body, `<p class="issued-by"><small>${credit}</small></p>`].join("\n");
}

export function articleText(blocks: readonly ReadyBlock[], frame: Frame): string {
  const credit = creditLines(frame).map((text) => wrap(text));
  return `${plainBlocks(blocks, frame.labels)}\n\n${credit.join("\n")}\n`;
}

function htmlBlock(block: ReadyBlock, { labels }: Frame): string {
  switch (block.kind) {
    case "heading":
      return `<h2>${e(block.text)}</h2>`;
    case "paragraph":
      return passage(block.paragraphs);
    case "list":
      return `<ul>\n${items(block.items)}\n</ul>`;
    case "steps":
      return `<ol>\n${items(block.items)}\n</ol>`;
    case "callout":
      return `<aside class="callout">\n<h3>${e(block.title)}</h3>\n${passage(block.paragraphs)}\n</aside>`;
    case "image": {
      const { url, alt, width, height } = block.image;
      return `<figure><img src="${e(url)}" alt="${e(alt)}" width="${width}" height="${height}"></figure>`;
    }
    case "button":
      return `<p><a class="button" href="${e(block.url)}">${e(block.label)}</a></p>`;
    case "signposts":
      return [
        '<aside class="signposts">',
        ...(block.titled ? [`<h2>${e(labels.contacts)}</h2>`] : []),
        `<ul>\n${block.entries.map(signpost).join("\n")}\n</ul>\n</aside>`,
      ].join("\n");
  }
}

const items = (texts: readonly string[]): string => texts.map((text) => `<li>${e(text)}</li>`).join("\n");

const passage = (paragraphs: Paragraphs): string =>
  paragraphs.map((lines) => `<p>${lines.map(e).join("<br>\n")}</p>`).join("\n");

const signpost = ({ name, how, link }: ReadySignpost): string => {
  const address = link ? ` <a href="${e(link.url)}">${e(link.shown)}</a>` : "";
  return `<li><strong>${e(name)}</strong>: ${e(how)}${address}</li>`;
};
