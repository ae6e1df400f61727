// Letters: short plain messages about what one person asked for. Words from templates/email/letters.yaml, text and a little html.
import { fileURLToPath } from "node:url";
import nunjucks from "nunjucks";
import { parse } from "yaml";
import { z } from "zod";
import { language as languageCode, line } from "../domain/content.ts";
import { DomainError } from "../domain/errors.ts";
import { wrap } from "./plain-text.ts";

const one = z.strictObject({
  subject: line(100),
  heading: line(100),
  lines: z.array(line(400)).min(1),
  /** Only where the letter carries a link. */
  button: line(60).optional(),
});
const words = z.strictObject({
  foot: line(300),
  link: line(200),
  confirm: one,
  still: one,
  everything: one,
  "complaint-received": one,
  "complaint-answered": one,
});
export type LetterWords = z.infer<typeof words>;
export type LetterKind = Exclude<keyof LetterWords, "foot" | "link">;
/** What the places of the words are filled with. A line with an empty one is left out. */
export type LetterValues = Readonly<
  Record<"name" | "lists" | "reference" | "outcome" | "made" | "day" | "days" | "minutes", string>
>;

const wordsFile = z
  .record(languageCode, words)
  .refine((all) => "en" in all, "must have the English letters (en)");

/** The text of letters.yaml → the words of a language, English where there are none. Throws DomainError("bad-labels"). */
export function loadLetterWords(yamlText: string): (language: string) => LetterWords {
  const read = wordsFile.safeParse(parse(yamlText));
  if (!read.success) {
    const faults = read.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
    throw new DomainError("bad-labels", `The letters cannot be used: ${faults.join("; ")}.`, faults);
  }
  const all = new Map(Object.entries(read.data));
  return (wanted) => (all.get(wanted) ?? all.get(wanted.slice(0, 2)) ?? all.get("en")) as LetterWords;
}

const templates = new nunjucks.Environment(
  new nunjucks.FileSystemLoader(fileURLToPath(new URL("../../templates/email/", import.meta.url)), {
    watch: false,
    noCache: false,
  }),
  { autoescape: true, throwOnUndefined: true, trimBlocks: true, lstripBlocks: true },
);

/** A rendition as an email channel takes it, without slots. `url` is where its button leads. */
export function letterEmail({
  kind,
  language,
  words: all,
  values,
  url,
}: {
  kind: LetterKind;
  language: string;
  words: LetterWords;
  values: LetterValues;
  url: string | null;
}) {
  const { subject, heading, lines, button } = all[kind];
  const said = {
    language,
    name: unslotted(values.name),
    subject: fill(subject, values),
    heading: fill(heading, values),
    lines: lines
      .filter((text) => !isEmpty(text, values))
      .flatMap((text) => fill(text, values).split(/\s*\n\s*/)),
    button: button ?? "",
    link: all.link,
    foot: fill(all.foot, values),
    url: url ?? "",
  };
  return {
    form: "email" as const,
    ...{ subject: said.subject, preheader: said.heading },
    html: templates.render("letter.html.njk", said),
    text: textOf(said),
  };
}

interface Said {
  readonly name: string;
  readonly heading: string;
  readonly lines: readonly string[];
  readonly button: string;
  readonly foot: string;
  readonly url: string;
}
const textOf = ({ name, heading, lines, button, foot, url }: Said): string =>
  [
    wrap(name),
    wrap(heading),
    ...lines.map((text) => wrap(text)),
    ...(url === "" ? [] : [`${wrap(`${button}:`)}\n${url}`]),
    `-- \n${wrap(foot)}`,
  ].join("\n\n") + "\n";

const PLACE = /\{(\w+)\}/g;
const valueOf = (values: LetterValues, place: string): string =>
  Object.hasOwn(values, place) ? values[place as keyof LetterValues] : "";
const isEmpty = (text: string, values: LetterValues): boolean =>
  [...text.matchAll(PLACE)].some(([, place = ""]) => valueOf(values, place).trim() === "");
const fill = (text: string, values: LetterValues): string =>
  unslotted(text.replace(PLACE, (_whole, place: string) => valueOf(values, place)));

/** The channel reads its text for slots; what people wrote must not look like one. */
const unslotted = (text: string): string => text.replace(/([{}])(?=[{}%#])/g, "$1 ");
