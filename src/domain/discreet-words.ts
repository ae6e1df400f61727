// Words that give a sensitive subject away, and finding them in what anybody may see of a message (LAW6). Pure.
import { z } from "zod";
import { language } from "./content.ts";

const words = z.array(z.string().trim().min(2).max(60)).max(500);
/** templates/library/discreet-words.yaml: for each language what is telling, and what any message may say. */
export const discreetWords = z
  .record(language, z.strictObject({ telling: words.min(1), plain: words.default([]) }))
  .refine((all) => "en" in all, "must have the English words (en)");
export type DiscreetWords = z.infer<typeof discreetWords>;

/** As a reader sees it: capitals, accents, wide letters and invisible signs make no other word. */
const folded = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/[\p{M}\p{Cf}]/gu, "")
    .toLowerCase()
    .replaceAll("ł", "l");
const tokensOf = (text: string): string[] => folded(text).match(/[\p{L}\p{N}]+/gu) ?? [];

/** A word that is shorter is hardly ever what a list is about. */
const SHORTEST = 4;

/**
 * What is telling in one language: its own words, the English ones (people everywhere use them), and those of the names of
 * sensitive lists and interests. Null where nobody has written down the words of this language: then nothing can be said.
 */
export function tellingIn(
  all: DiscreetWords,
  written: string,
  names: readonly string[] = [],
): ((text: string) => string | null) | null {
  const own = all[written] ?? all[written.slice(0, 2)];
  if (!own) return null;
  const plain = new Set(Object.values(all).flatMap((one) => one.plain.flatMap(tokensOf)));
  const named = names
    .flatMap(tokensOf)
    .filter((word) => word.length >= SHORTEST && !plain.has(word))
    .map((word) => `${word}*`);
  const entries = [...new Set([...own.telling, ...(all["en"]?.telling ?? []), ...named])].map((entry) =>
    entry.trim().split(/\s+/).map(pieceOf),
  );
  return (text) => firstIn(tokensOf(text), entries);
}

interface Piece {
  readonly word: string;
  readonly open: boolean;
}
const pieceOf = (text: string): Piece => ({
  word: tokensOf(text).join(""),
  open: text.endsWith("*"),
});

/** The words of the text that one of the entries stands for; null where there are none. */
function firstIn(tokens: readonly string[], entries: readonly (readonly Piece[])[]): string | null {
  for (const [at] of tokens.entries())
    for (const entry of entries) {
      const found = entry.every(({ word, open }, i) => {
        const token = tokens[at + i];
        return token !== undefined && (open ? token.startsWith(word) : token === word);
      });
      if (found) return tokens.slice(at, at + entry.length).join(" ");
    }
  return null;
}
