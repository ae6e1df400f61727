// A small frame and content for the rendering tests, and the two steps they share.
import { readFileSync } from "node:fs";
import { type Block, type LanguageContent, type Signpost } from "../../src/domain/content.ts";
import { loadLabels } from "../../src/render/labels.ts";
import { render, type Frame, type RenderedEmail, type RenderInput } from "../../src/render/render.ts";

const labelsYaml = readFileSync(new URL("../../templates/email/labels.yaml", import.meta.url), "utf8");
export const labelsFor = loadLabels(labelsYaml);

export const police: Signpost = {
  key: "police-101",
  name: "Police, when it can wait",
  how: { en: "Call 101", pl: "Zadzwoń pod 101" },
  url: "https://police.example/contact/",
  source: "https://police.example",
  checked: "2026-11-01",
};
export const frame: Frame = {
  partnership: { name: "Safer Alderwick", strapline: "Safer together", strategyLine: "Part of our plan." },
  leadAgency: { name: "Alderwick Council" },
  contributing: [{ name: "Alderwick Police" }, { name: "Alderwick Fire" }],
  reason: "You get this because you asked for it.",
  reference: "BM-7F3K2",
  referenceUrl: "https://safer.example/m/BM-7F3K2",
  sensitive: false,
  images: {
    window: { url: "https://safer.example/i/window.png", alt: "A lit window", width: 1200, height: 600 },
  },
  signposts: { "police-101": police },
  labels: labelsFor("en"),
};
export const every = (text: string): Block[] => [
  { heading: text },
  { paragraph: `${text}\n${text}\n\n${text}` },
  { list: [text, text] },
  { steps: [text, text] },
  { callout: { title: text, text } },
  { image: "window" },
  { button: { label: text, url: "https://safer.example/book?a=1&b=2" } },
  { signposts: ["police-101"] },
];
export const emailOf = (blocks: Block[], subject = "A subject"): LanguageContent => ({
  email: { subject, preheader: "A preheader", opening: [{ heading: "First words" }], blocks },
});
export const input = (content: LanguageContent, over: Partial<RenderInput> = {}): RenderInput => ({
  form: "email",
  language: "en",
  content,
  frame,
  ...over,
});
export const email = async (
  content: LanguageContent,
  over: Partial<RenderInput> = {},
): Promise<RenderedEmail> => {
  const done = await render(input(content, over));
  if (done.form !== "email") throw new Error(`got a ${done.form}`);
  return done;
};
