// Looks up what blocks refer to and checks every address, so that the writers of html, text and articles need not.
import { type Block, type Signpost } from "../domain/content.ts";
import { cannotRender, linkFault } from "./limits.ts";
import { type Frame, type Paragraphs, type ReadyBlock, type ReadySignpost } from "./types.ts";

interface Reading {
  readonly frame: Frame;
  readonly language: string;
  /** 1 where the first heading is the title of the document. */
  readonly firstLevel: 1 | 2;
}

/** Throws DomainError("cannot-render") with every unknown key and refused address at once. */
export function readyBlocks(blocks: readonly Block[], reading: Reading): readonly ReadyBlock[] {
  const faults: string[] = [];
  const ready: ReadyBlock[] = [];
  let level = reading.firstLevel;
  for (const block of blocks) {
    const underHeading = ready.at(-1)?.kind === "heading";
    const made =
      "heading" in block
        ? heading(block.heading, level)
        : readyBlock(block, { ...reading, underHeading }, faults);
    if ("heading" in block) level = 2;
    if (made) ready.push(made);
  }
  if (faults.length > 0) throw cannotRender(faults);
  return ready;
}

const heading = (text: string, level: 1 | 2): ReadyBlock => ({ kind: "heading", level, text });

interface BlockReading extends Reading {
  readonly underHeading: boolean;
}
type OtherBlock = Exclude<Block, { heading: string }>;

function readyBlock(block: OtherBlock, reading: BlockReading, faults: string[]): ReadyBlock | undefined {
  if ("paragraph" in block) return { kind: "paragraph", paragraphs: paragraphsOf(block.paragraph) };
  if ("list" in block) return { kind: "list", items: block.list };
  if ("steps" in block) return { kind: "steps", items: block.steps };
  if ("callout" in block)
    return { kind: "callout", title: block.callout.title, paragraphs: paragraphsOf(block.callout.text) };
  if ("image" in block) return readyImage(block.image, reading.frame, faults);
  if ("button" in block) {
    faults.push(...linkFault(`the button "${block.button.label}"`, block.button.url));
    return { kind: "button", ...block.button };
  }
  return {
    kind: "signposts",
    titled: !reading.underHeading,
    entries: block.signposts.flatMap((key) => readySignpost(key, reading, faults)),
  };
}

/** A sensitive message fetches nothing: its images are left out (LAW6). */
function readyImage(key: string, frame: Frame, faults: string[]): ReadyBlock | undefined {
  const image = lookUp(frame.images, key, "image", faults);
  return image && !frame.sensitive ? { kind: "image", image } : undefined;
}

export function lookUp<T>(
  all: Readonly<Record<string, T>>,
  key: string,
  what: string,
  faults: string[],
): T | undefined {
  if (Object.hasOwn(all, key)) return all[key];
  const known = Object.keys(all);
  faults.push(
    `There is no ${what} called "${key}". ${known.length > 0 ? `Known: ${known.join(", ")}.` : "None are set up."}`,
  );
  return undefined;
}

function readySignpost(key: string, { frame, language }: Reading, faults: string[]): ReadySignpost[] {
  const signpost = lookUp(frame.signposts, key, "signpost", faults);
  if (!signpost) return [];
  if (signpost.url !== undefined) faults.push(...linkFault(`the signpost "${key}"`, signpost.url));
  const link =
    signpost.url === undefined ? {} : { link: { url: signpost.url, shown: shownLink(signpost.url) } };
  return [{ name: signpost.name, how: howIn(signpost, language), ...link }];
}

const howIn = ({ how }: Signpost, language: string): string =>
  how[language] ?? how[language.slice(0, 2)] ?? how["en"] ?? "";

/** An address as people read it aloud: without https, www and a last slash. */
const shownLink = (url: string): string =>
  url.replace(/^(?:https?:\/\/(?:www\.)?|mailto:|tel:)/i, "").replace(/\/$/, "");

const paragraphsOf = (passage: string): Paragraphs =>
  passage
    .split("\n\n")
    .map((paragraph) =>
      paragraph
        .split("\n")
        .map((text) => text.trim())
        .filter(Boolean),
    )
    .filter((lines) => lines.length > 0);
