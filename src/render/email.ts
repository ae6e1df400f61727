// The email writer: our Nunjucks templates make MJML, MJML makes html; a plain-text part says the same. Authors' text is only ever data here.
import { fileURLToPath } from "node:url";
import nunjucks from "nunjucks";
import { creditLines } from "./credit.ts";
import { say } from "./labels.ts";
import { plainBlocks, RULE, wrap } from "./plain-text.ts";
import { type Frame, type ReadyBlock } from "./types.ts";

/** Ordinary, busy and uninteresting in a browser's history. */
export const EXIT_URL = "https://www.bbc.co.uk/weather";
const RIGHT_TO_LEFT = new Set(["ar", "ckb", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"]);

export interface EmailParts {
  readonly language: string;
  readonly subject: string;
  readonly preheader: string;
  readonly blocks: readonly ReadyBlock[];
  readonly frame: Frame;
}

const folder = fileURLToPath(new URL("../../templates/email/", import.meta.url));
/** Autoescape is what keeps authors' text out of the markup; Nunjucks never compiles anything but files of this folder. */
const templates = new nunjucks.Environment(
  new nunjucks.FileSystemLoader(folder, { watch: false, noCache: false }),
  {
    autoescape: true,
    throwOnUndefined: true,
    trimBlocks: true,
    lstripBlocks: true,
  },
);

export async function emailHtml({
  language,
  subject,
  preheader,
  blocks,
  frame,
}: EmailParts): Promise<string> {
  const dir = RIGHT_TO_LEFT.has(language.split("-")[0] ?? "") ? "rtl" : "ltr";
  const source = templates.render("frame.mjml.njk", {
    language,
    dir,
    start: dir === "rtl" ? "right" : "left",
    end: dir === "rtl" ? "left" : "right",
    title: frame.sensitive ? say(frame.labels.neutral_title, "name", frame.partnership.name) : subject,
    preheader,
    blocks,
    frame,
    labels: frame.labels,
    reference: say(frame.labels.reference, "reference", frame.reference),
    credit: creditLines(frame),
    exitUrl: EXIT_URL,
  });
  return toHtml(source);
}

/** Strict: a fault in our templates throws. Includes are ignored and no web font is ever asked for. */
export async function toHtml(source: string): Promise<string> {
  // Read only where a message is made: it is a third of a start's time and forty megabytes, and most processes never need it.
  const { default: mjml } = await import("mjml");
  const { html } = await mjml(source, {
    validationLevel: "strict",
    ignoreIncludes: true,
    keepComments: false,
    fonts: {},
  });
  return smaller(html);
}

/** Indentation is a third of MJML's output; whitespace between lines means nothing outside `pre`, which we never write. */
const smaller = (html: string): string => html.replace(/\n\s+/g, "\n").trim() + "\n";

export function emailText({ blocks, frame }: EmailParts): string {
  const { labels, partnership } = frame;
  const head = frame.sensitive
    ? [wrap(partnership.name), `${labels.leave}: ${EXIT_URL}`]
    : [wrap(partnership.name), wrap(partnership.strapline)];
  const foot = [
    ...creditLines(frame).map((text) => wrap(text)),
    wrap(partnership.strategyLine),
    "",
    wrap(frame.reason),
    "",
    wrap(say(labels.reference, "reference", frame.reference)),
    `${wrap(`${labels.check}:`)}\n${frame.referenceUrl}`,
    "",
    `${labels.preferences}:\n{{preferences_url}}`,
    "",
    `${labels.unsubscribe}:\n{{unsubscribe_url}}`,
  ];
  return [head.join("\n"), RULE, plainBlocks(blocks, labels), RULE, foot.join("\n")].join("\n\n") + "\n";
}
