// What may not stand on the outside of a sensitive message, in each language of the word list, at each place where somebody may see it.
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { PROJECT } from "../../config/env.ts";
import type { WrittenCampaign } from "../../src/domain/campaign-file.ts";
import { type Discretion, discreetFaults } from "../../src/domain/discreet.ts";
import { tellingIn } from "../../src/domain/discreet-words.ts";
import { seenFaults } from "../../src/domain/seen.ts";
import { openLibrary } from "../../src/library/library.ts";

const words = openLibrary(join(PROJECT, "templates")).discreetWords();
const list = (key: string, kind = "residents", sensitive = false) => ({ key, kind, sensitive });
const known: Discretion = {
  words,
  names: ["Help after abuse at home", "Kestrel circle"],
  channels: [
    { key: "email", fromName: "Safer Alderwick Partnership", list: list("news") },
    { key: "circle", fromName: "Safer Alderwick Partnership", list: list("circle-7", "residents", true) },
    { key: "young", fromName: "Young Alderwick", list: list("young-alderwick", "youth") },
    { key: "loud", fromName: "Alderwick Domestic Abuse Service", list: list("news") },
    { key: "website", fromName: null, list: null },
  ],
  tellingSegments: ["helped"],
  mailFrom: "news@alderwick.example.org",
};
const NOTE = { callout: { title: "Before you read on", text: "This update covers a personal subject." } };
const email = {
  subject: "Your community update",
  preheader: "News for you",
  opening: [{ heading: "Your update" }, NOTE],
  blocks: [{ paragraph: "Domestic abuse is never your fault." }],
};
const faults = (
  change: Partial<typeof email>,
  { language = "en", ...campaign }: Record<string, unknown> = {},
) => faultsOf({ content: { [String(language)]: { email: { ...email, ...change } } } }, campaign);
function faultsOf(communication: object, campaign: object = {}, discretion = known): string[] {
  const whole = { channels: ["email"], audience: ["all"], sensitivity: "sensitive", ...campaign };
  const written = { ...whole, communications: [{ key: "a", variants: {}, ...communication }] };
  return discreetFaults(written as unknown as WrittenCampaign, discretion).map(
    ({ path, message }) => `${path.join(".")}: ${message}`,
  );
}

/** What gives it away, in the ways people write it. */
const TELLING: Readonly<Record<string, readonly string[]>> = {
  en: [
    ...[
      "Domestic abuse: where to turn",
      "End VIOLENCE now",
      "16 Days start today",
      "Hate-crime week",
      "County lines",
    ],
    ...[
      "Stop vio\u200blence",
      "Ａｂｕｓｅ",
      "Drugs and you",
      "Your mental health",
      "Self-harm",
      "For survivors",
      "ábuse",
    ],
  ],
  pl: [
    ...[
      "Przemoc domowa",
      "PRZEMOCĄ",
      "Gdy ktoś cię nęka: nękanie",
      "Uzależnienie od alkoholu",
      "Telefon zaufania",
    ],
    ...["Niebieska Linia", "Zdrowie psychiczne", "Mowa nienawiści", "domestic violence"],
  ],
  cy: [
    "Cam-drin yn y cartref",
    "Trais yn erbyn menywod",
    "Troseddau casineb",
    "Cyffuriau",
    "Iechyd meddwl",
    "abuse",
  ],
};
const NEUTRAL: Readonly<Record<string, readonly string[]>> = {
  en: [
    "Your community update",
    "News from your area",
    "The drum festival",
    "Grapes and rapeseed",
    "A note for you",
  ],
  pl: ["Wiadomości z okolicy", "Twoja dzielnica w tym tygodniu", "Lekcja o rowerach"],
  cy: ["Eich diweddariad cymunedol", "Newyddion lleol"],
};
const all = (table: typeof TELLING) =>
  Object.entries(table).flatMap(([language, texts]) => texts.map((text) => [language, text] as const));

test("every language there are words for is in these tables", () => {
  expect(Object.keys(TELLING).sort()).toEqual(Object.keys(words).sort());
});

describe.each(all(TELLING))("in %s, “%s”", (language, text) => {
  test.each([
    ["subject", { subject: text }, "email.subject"],
    ["preheader", { preheader: text }, "email.preheader"],
    ["first heading", { opening: [{ heading: text }, NOTE] }, "email.opening.0"],
    [
      "safety note",
      { opening: [{ heading: "H" }, { callout: { title: "Before", text } }] },
      "email.opening.1",
    ],
  ])("may not stand in the %s", (_place, change, path) => {
    const found = faults(change, { language });
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`communications.0.content.${language}.${path}: says "`);
  });

  test("may not stand in a variant's subject either, and may stand inside", () => {
    const content = { [language]: { email } };
    const variants = { young: { [language]: { email: { subject: text } } } };
    expect(faultsOf({ content, variants })[0]).toContain(`variants.young.${language}.email.subject: says`);
    expect(faults({ blocks: [{ paragraph: text }] }, { language })).toEqual([]);
  });

  test.each([
    ["title", { html: `<title>${text}</title>` }],
    ["first 100 characters of the text", { text: `Safer Alderwick\n${text}\n` }],
    [
      "name of a picture",
      { html: `<img alt="" src="https://a.example.org/${text.replaceAll(" ", "-")}.png">` },
    ],
  ])("is found in the %s of what was made", (_place, parts) => {
    expect(seenFaults({ form: "email", ...parts }, language, words)).toHaveLength(1);
    expect(seenFaults({ form: "post", ...parts }, language, words)).toEqual([]);
  });
});

test.each(all(NEUTRAL))("in %s, “%s” may stand anywhere", (language, text) => {
  expect(
    faults({ subject: text, preheader: text, opening: [{ heading: text }, NOTE] }, { language }),
  ).toEqual([]);
});

describe("a sensitive campaign", () => {
  test("says nothing of the names of sensitive lists, and any plain word of them is free", () => {
    expect(faults({ subject: "From the Kestrel circle" })[0]).toContain('says "kestrel"');
    expect(faults({ subject: "Kestrels in spring" })[0]).toContain('says "kestrels"');
    expect(faults({ subject: "Help at home" })).toEqual([]);
  });

  test.each([
    ["no opening callout", [{ heading: "H" }, { paragraph: "P" }]],
    ["a paragraph before it", [{ paragraph: "P" }, NOTE]],
    ["it comes third", [{ heading: "H" }, { paragraph: "P" }, NOTE]],
  ])("begins with its safety note: %s", (_why, opening) => {
    expect(faults({ opening } as unknown as typeof email)[0]).toContain("begins with a safety note");
  });

  test("has the same safety note in every variant that has words of its own", () => {
    const content = { en: { email } };
    const variant = (opening: unknown) =>
      faultsOf({ content, variants: { young: { en: { email: { opening } } } } });
    expect(variant([{ heading: "For you" }, NOTE, { paragraph: "P" }])).toEqual([]);
    expect(variant([{ paragraph: "Hello" }])[0]).toContain("begins with a safety note");
    expect(variant([{ callout: { title: "Before", text: "Other words" } }])[0]).toContain("word for word");
  });

  test("cannot be in a language nobody has written the words down for", () => {
    expect(faults({}, { language: "ur" })[0]).toContain('which words of "ur" give a subject away');
  });

  test("goes out under a neutral name and from a neutral address", () => {
    expect(faults({}, { channels: ["loud"] })).toEqual([
      expect.stringMatching(/^channels: the sender of "loud" says "domestic".*discreet_from_name/),
    ]);
    const from = { ...known, mailFrom: "abuse-team@alderwick.example.org" };
    expect(faultsOf({ content: { en: { email } } }, {}, from)[0]).toContain("set MAIL_FROM");
  });
});

describe("a campaign to", () => {
  const normal = { sensitivity: "normal" };
  test.each([
    ["a sensitive list", { channels: ["circle"] }, 'sensitivity: must be "sensitive": the list "circle-7"'],
    [
      "a sensitive segment",
      { audience: ["helped"] },
      'sensitivity: must be "sensitive": the segment "helped"',
    ],
    [
      "children and others at once",
      { channels: ["young", "email"] },
      'channels: the list "young-alderwick" is for children',
    ],
  ])("%s is refused", (_what, change, said) => {
    expect(faultsOf({ content: {} }, { ...normal, ...change })).toEqual([expect.stringContaining(said)]);
  });

  test.each([
    ["children alone", { channels: ["young", "website"] }],
    ["an ordinary list", { channels: ["email", "website"] }],
  ])("%s is not", (_what, change) => {
    expect(faultsOf({ content: {} }, { ...normal, ...change })).toEqual([]);
  });

  test("children counts no links, said for the campaign or for one communication", () => {
    expect(faultsOf({ content: {} }, { ...normal, channels: ["young"], count_links: true })).toEqual([
      expect.stringMatching(/^count_links: .*children/),
    ]);
    expect(faultsOf({ content: {}, channels: ["young"], count_links: true }, normal)).toEqual([
      expect.stringMatching(/^communications\.0\.count_links: .*children/),
    ]);
    const apart = { content: {}, channels: ["young"], count_links: false };
    expect(faultsOf(apart, { ...normal, count_links: true })).toEqual([]);
  });

  test("children and others is refused where the communication itself says so, at its own place", () => {
    const [found] = faultsOf({ content: {}, channels: ["email", "young"] }, normal);
    expect(found).toContain("communications.0.channels: ");
  });
});

test("a telling word is found wherever it stands and however it is written", () => {
  const tell = tellingIn(words, "en");
  const around = fc.stringMatching(/^[ .,!0-9]{0,12}$/);
  const bent = fc.constantFrom("abuse", "Abuse", "ABUSE", "a\u0301buse", "abu\u00adse", "ａｂｕｓｅ");
  fc.assert(
    fc.property(around, bent, around, (before, word, after) => {
      fc.pre(!/\d$/.test(before) && !/^\d/.test(after));
      expect(tell?.(`${before}${word}${after}`)).toBe("abuse");
    }),
  );
});
