// Letters: in each language every kind can be written, what people typed is data, and no line stands there with nothing in it.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parse } from "yaml";
import { prepare } from "../../src/domain/slots.ts";
import { type LetterKind, letterEmail, loadLetterWords, type LetterValues } from "../../src/render/letter.ts";

const yaml = readFileSync(new URL("../../templates/email/letters.yaml", import.meta.url), "utf8");
const words = loadLetterWords(yaml);
const languages = Object.keys(parse(yaml) as object);
const KINDS: LetterKind[] = ["confirm", "still", "everything", "complaint-received", "complaint-answered"];
const values: LetterValues = {
  ...{ name: "Safer Alderwick", lists: "News", reference: "C-AAAA-2222", outcome: "Done.", made: "1 May" },
  ...{ day: "31 May", days: "7", minutes: "60" },
};
const made = (kind: LetterKind, language = "en", over: Partial<LetterValues> = {}) =>
  letterEmail({
    ...{ kind, language, words: words(language), values: { ...values, ...over } },
    url: kind.startsWith("complaint") ? null : "https://safer.example/confirm/x.y",
  });

describe.each(languages)("in %s", (language) => {
  test.each(KINDS)("%s says all it has to, with its link in both parts and no place left open", (kind) => {
    const { subject, html, text } = made(kind, language);
    expect(`${subject}${html}${text}`).not.toMatch(/\{\w+\}/);
    expect(html).toContain(`<html lang="${language}">`);
    expect(html).not.toMatch(/<img|http:\/\//);
    const linked = !kind.startsWith("complaint");
    expect(text.includes("https://safer.example/confirm/x.y")).toBe(linked);
    expect(html.includes('href="https://safer.example/confirm/x.y"')).toBe(linked);
    if (kind === "complaint-answered") expect(text).toContain("Done.");
  });
});

test("a line with nothing to say is left out: lists that are not named are not announced", () => {
  expect(made("confirm").text).toContain("You asked for: News.");
  expect(made("confirm", "en", { lists: "" }).text).not.toContain("You asked for");
});

test("a language that is not there is written in English", () => {
  expect(made("confirm", "so").subject).toBe("Please confirm that you want our messages");
});

test("whatever an outcome holds, it is no markup, no slot and no command", () => {
  const piece = fc.constantFrom(
    "{{",
    "}}",
    "{%",
    "{#",
    "{{first_name}}",
    "<script>",
    "&",
    '"',
    "{",
    "}",
    "x",
    " ",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const { html, text, subject } = made("complaint-answered", "en", { outcome: `x${pieces.join("")}` });
      expect(html).not.toContain("<script");
      for (const part of [html, text, subject]) expect(prepare(part).slots).toEqual([]);
    }),
  );
});

test("words with a fault are refused with the place of it", () => {
  expect(() => loadLetterWords(yaml.replace("    heading: One more step\n", ""))).toThrow(
    /en\.confirm\.heading/,
  );
});
