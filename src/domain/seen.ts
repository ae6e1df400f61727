// What can be seen of a finished message by somebody who does not open it, and whether that gives a sensitive subject away (LAW6). Pure.
import { type DiscreetWords, tellingIn } from "./discreet-words.ts";

/** How much of the text a phone's lock screen or a list of mails shows at most. */
const PUSHED = 100;

export interface Seen {
  readonly what: string;
  readonly text: string;
}

/** The parts of an email that stand outside it. Posts and articles are for everybody: nobody in particular is seen with them. */
export function seenOf(rendered: {
  readonly form: string;
  readonly subject?: string;
  readonly preheader?: string;
  readonly html?: string;
  readonly text?: string;
}): readonly Seen[] {
  if (rendered.form !== "email") return [];
  const { subject = "", preheader = "", html = "", text = "" } = rendered;
  return [
    { what: "subject", text: subject },
    { what: "preheader", text: preheader },
    { what: "title of the document", text: /<title>([^<]*)/i.exec(html)?.[1] ?? "" },
    { what: "first words of the text", text: text.slice(0, PUSHED) },
    ...[...html.matchAll(/<img[^>]* src="([^"]*)"/gi)].map(([, src = ""]) => ({
      what: "picture",
      text: src,
    })),
  ];
}

/** A sentence for each part that says too much; asked again of what is put before the approvers, whatever made it. */
export function seenFaults(
  rendered: Parameters<typeof seenOf>[0],
  language: string,
  words: DiscreetWords,
): readonly string[] {
  const tell = tellingIn(words, language) ?? tellingIn(words, "en");
  return seenOf(rendered).flatMap(({ what, text }) => {
    const word = tell?.(text) ?? null;
    return word === null
      ? []
      : [`the ${what} says "${word}", which gives the subject away to whoever sees it.`];
  });
}
