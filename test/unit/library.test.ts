// The message library as it is shipped: every message can be sent to the example partnership as it stands, and the sensitive one is discreet.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "@jest/globals";
import twitterText from "twitter-text";
import { POST_LIMIT } from "../../config/limits.ts";
import { campaignFaults, type Known } from "../../src/domain/campaign-check.ts";
import { type LibraryMessage, takeFrom } from "../../src/domain/campaign-file.ts";
import { mergeVariant } from "../../src/domain/content-variant.ts";
import { type Block, type EmailVariant, FORMS, type LanguageContent } from "../../src/domain/content.ts";
import { pointedAt } from "../../src/domain/issue.ts";
import { partnershipFile } from "../../src/domain/partnership-file.ts";
import { seasonFaults, seasonsFile } from "../../src/domain/season.ts";
import { AUTHOR_SLOTS, parseSlots } from "../../src/domain/slots.ts";
import { readYaml } from "../../src/lib/yaml-file.ts";
import { openLibrary } from "../../src/library/library.ts";
import { textsOf } from "../../src/render/limits.ts";
import { render } from "../../src/render/render.ts";
import type { Frame } from "../../src/render/types.ts";
import { frame } from "../support/render-sample.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const library = openLibrary(join(root, "templates"));
const messages = library.messages().map((message) => [message.key, message] as const);
const partnership = partnershipFile.parse(read("config/partnership.example.yaml", partnershipFile));
const seasons = read("config/seasons.yaml", seasonsFile);

function read<T>(path: string, schema: Parameters<typeof readYaml<T>>[1]): T {
  const found = readYaml(readFileSync(join(root, path), "utf8"), schema);
  if (!found.ok) throw new Error(found.faults.join("\n"));
  return found.value;
}
const keys = (rows: readonly { key: string }[]) => rows.map((row) => row.key);
const known: Known = {
  agencies: keys(partnership.agencies),
  people: partnership.people.map((person) => ({ ...person, agencyKey: person.agency })),
  priorities: keys(partnership.priorities),
  channels: keys(partnership.channels),
  segments: keys(partnership.segments),
  signposts: Object.keys(library.signposts()),
};

interface Text {
  readonly where: string;
  readonly language: string;
  readonly content: LanguageContent;
  /** What a variant itself says; absent for the common text. */
  readonly variant?: EmailVariant;
}
/** Everything a message says: each communication in each language, the common text and each variant laid over it. */
const textsIn = (message: LibraryMessage): Text[] =>
  message.communications.flatMap((communication) =>
    Object.entries(communication.content).flatMap(([language, content]) => [
      { where: `${communication.key}/${language}`, language, content },
      ...Object.entries(communication.variants).flatMap(([segment, languages]) => {
        const variant = languages[language];
        if (!variant) return [];
        const where = `${communication.key}/${language}/${segment}`;
        return [{ where, language, content: mergeVariant(content, variant), variant: variant.email }];
      }),
    ]),
  );
const emailBlocks = ({ content }: Text): Block[] => [
  ...(content.email?.opening ?? []),
  ...(content.email?.blocks ?? []),
];

test("the library holds the six messages of the year", () => {
  expect(keys(library.messages()).sort()).toEqual([
    "bonfire-night",
    "burglary-dark-nights",
    "doorstep-and-online-fraud",
    "half-term-knife-crime-parents",
    "halloween",
    "sixteen-days-vawg",
  ]);
});

describe.each(messages)("the message %s", (key, message) => {
  const texts = textsIn(message);

  test("names a priority, segments, channels, pictures and signposts that the example partnership has", () => {
    const own = { key, library: key, lead_agency: "council", contributing: ["police"] };
    const people = {
      author: "maya.okafor@council.example.org",
      approver: "grace.holloway@police.example.org",
    };
    expect(campaignFaults(takeFrom(message, { ...own, ...people, due: "now" }), known)).toEqual([]);
  });

  test("has every picture it names, small and of a kind mail programs show, and uses each", async () => {
    const used = message.communications.flatMap((one) => pointedAt(one.content, one.variants).images);
    expect([...new Set(used)].sort()).toEqual(keys(message.images).sort());
    for (const { file } of message.images) {
      const picture = await library.picture(key, file);
      expect([picture.width, picture.height]).toEqual([600, 300]);
      expect(picture.bytes.byteLength).toBeLessThan(60_000);
      expect(existsSync(join(root, "templates/library", key, file.replace(/\.\w+$/, ".svg")))).toBe(true);
    }
  });

  test.each(texts.filter((text) => text.content.post && !text.variant))(
    "has a post in $where that fits as X counts",
    ({ content }) => {
      const { weightedLength, valid } = twitterText.parseTweet(content.post?.text ?? "");
      expect(weightedLength).toBeLessThanOrEqual(POST_LIMIT);
      expect(valid).toBe(true);
    },
  );

  test("gives every slot a fallback", () => {
    for (const text of texts)
      for (const words of [text.content.email?.subject ?? "", ...emailBlocks(text).flatMap(textsOf)]) {
        const parsed = parseSlots(words, AUTHOR_SLOTS);
        if ("faults" in parsed) throw new Error(`${text.where}: ${parsed.faults.join(" ")}`);
        const bare = parsed.parts.filter((part) => typeof part !== "string" && !part.fallback);
        expect({ where: text.where, words, bare }).toMatchObject({ bare: [] });
      }
  });

  test("uses no slot where everybody reads the same", () => {
    for (const { content } of texts) {
      const shown = [content.email?.preheader, content.post, content.article];
      expect(JSON.stringify(shown)).not.toContain("{{");
    }
  });

  test("can be rendered in every form, language and variant it has", async () => {
    const image = { url: "https://a.example.org/i.png", alt: "A", width: 600, height: 300 };
    const images = Object.fromEntries(keys(message.images).map((name) => [name, image]));
    const sensitive = message.sensitivity === "sensitive";
    for (const { language, content, where, variant } of texts) {
      const around: Frame = {
        ...frame,
        sensitive,
        images,
        signposts: library.signposts(),
        labels: library.labels(language),
      };
      for (const form of variant ? (["email"] as const) : FORMS.filter((one) => content[one])) {
        const done = await render({ form, language, content, frame: around });
        expect({ where, form: done.form }).toEqual({ where, form });
      }
    }
  });

  test("says in English all that it says in any form", () => {
    for (const { content, key: part } of message.communications)
      for (const form of FORMS)
        expect({ part, form, there: content["en"]?.[form] !== undefined }).toMatchObject({ there: true });
  });
});

test("at least two messages say everything in a second language too", () => {
  const second = library
    .messages()
    .filter(({ communications }) =>
      communications.every(({ content }) =>
        Object.keys(content).some(
          (language) => language !== "en" && FORMS.every((form) => content[language]?.[form]),
        ),
      ),
    );
  expect(second.length).toBeGreaterThanOrEqual(2);
});

describe("a sensitive message", () => {
  const sensitive = messages.filter(([, message]) => message.sensitivity === "sensitive");
  const emails = sensitive.flatMap(([, message]) => textsIn(message));
  /** What somebody looking over a shoulder, or at a list of mails, must not read. */
  const TELLING =
    /abus|violen|victim|surviv|assault|rape|sexual|stalk|harass|coerc|domestic|refuge|helpline|\bwom[ae]n|\bgirls?\b|\bvawg|\b16\b|sixteen|partner\b|husband|crime|police|999|help\b|support\b|safe\b/i;

  test("is there, and is the one about violence", () => {
    expect(sensitive.map(([key]) => key)).toEqual(["sixteen-days-vawg"]);
  });

  test.each(emails)(
    "gives nothing away in its subject, preheader and first heading: $where",
    ({ content }) => {
      const [first] = content.email?.opening ?? [];
      const heading = first && "heading" in first ? first.heading : "";
      expect(heading).not.toBe("");
      for (const words of [content.email?.subject ?? "", content.email?.preheader ?? "", heading])
        expect(words).not.toMatch(TELLING);
    },
  );

  test.each(emails)("has no picture in its email: $where", (text) => {
    expect(emailBlocks(text).filter((block) => "image" in block)).toEqual([]);
  });

  test.each(emails)("puts the safety note right after the first heading: $where", ({ content }) => {
    const second = content.email?.opening[1];
    expect(second).toMatchObject({ callout: { text: expect.stringMatching(/leave this page quickly/) } });
  });

  test.each(emails)("points to help that is free and at once, and to 999: $where", (text) => {
    const named = emailBlocks(text).flatMap((block) => ("signposts" in block ? block.signposts : []));
    expect(named).toEqual(
      expect.arrayContaining(["national-domestic-abuse-helpline", "mens-advice-line", "silent-999"]),
    );
  });
});

describe("config/seasons.yaml", () => {
  test("has no fault", () => {
    expect(seasonFaults(seasons)).toEqual([]);
  });

  test.each(seasons.seasons)("can send $key with the people it names", (season) => {
    const message = library.message(season.message);
    const { carried_by: carriers } = season;
    if (!message || !carriers) throw new Error(`${season.key} has no ${message ? "carriers" : "message"}`);
    const campaign = takeFrom(message, {
      ...carriers,
      key: season.key,
      library: message.key,
      due: "now",
    });
    expect(campaignFaults(campaign, known)).toEqual([]);
  });

  test("sends every message of the library at some time of the year", () => {
    expect([...new Set(seasons.seasons.map((season) => season.message))].sort()).toEqual(
      keys(library.messages()).sort(),
    );
  });
});

test("every signpost has a source on the web, and was checked on a day that has been", () => {
  for (const { key, source, checked } of Object.values(library.signposts()))
    expect({ key, https: source.startsWith("https://"), checked: checked <= "2027-12-31" }).toEqual({
      key,
      https: true,
      checked: true,
    });
});
