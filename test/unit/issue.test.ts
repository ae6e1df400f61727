// Which renditions a communication wants, and which images and signposts its words point at.
import { describe, expect, test } from "@jest/globals";
import type { Form, LanguageContent } from "../../src/domain/content.ts";
import { pointedAt, wantedRenditions } from "../../src/domain/issue.ts";

const email: NonNullable<LanguageContent["email"]> = {
  subject: "S",
  preheader: "P",
  opening: [{ heading: "H" }],
  blocks: [],
};
const post = { text: "T" };
const article = { title: "T", summary: "S", blocks: [{ heading: "H" }] };
const full: LanguageContent = { email, post, article };
const channel = (key: string, form: Form, reaches: "people" | "once") => ({ key, form, reaches });
const mail = channel("mail", "email", "people");
const feed = channel("feed", "post", "once");
const page = channel("page", "article", "once");
const segments = [{ key: "families" }, { key: "everyone" }];
const said = (...args: Parameters<typeof wantedRenditions>) =>
  wantedRenditions(...args).map((w) => `${w.channelKey}/${w.segmentKey}/${w.language}`);

describe("the renditions a communication wants", () => {
  test("are one for each segment and language where a channel reaches people", () => {
    expect(said({ en: full, pl: full }, [mail], segments)).toEqual([
      "mail/families/en",
      "mail/families/pl",
      "mail/everyone/en",
      "mail/everyone/pl",
    ]);
  });

  test("are one for each language, whatever the segments, where a channel speaks once", () => {
    expect(said({ en: full, pl: full }, [feed, page], segments)).toEqual([
      "feed//en",
      "feed//pl",
      "page//en",
      "page//pl",
    ]);
  });

  test("leave out a language that has no words for the channel's form", () => {
    expect(said({ en: full, pl: { email } }, [mail, feed], [{ key: "everyone" }])).toEqual([
      "mail/everyone/en",
      "mail/everyone/pl",
      "feed//en",
    ]);
  });

  test.each([
    ["no channel", [], segments, 0],
    ["no segment to reach people in", [mail], [], 0],
    ["no segment, but a channel that speaks once", [feed], [], 1],
  ])("with %s number as they should", (_, channels, places, count) => {
    expect(wantedRenditions({ en: full }, channels, places)).toHaveLength(count);
  });
});

describe("what a text points at", () => {
  const one = (block: object) => [block] as (typeof email)["blocks"];

  test.each([
    ["an email's opening", { en: { email: { ...email, opening: one({ image: "a" }) } } }, {}],
    ["an email's blocks", { en: { email: { ...email, blocks: one({ image: "a" }) } } }, {}],
    ["an article", { en: { article: { ...article, blocks: one({ image: "a" }) } } }, {}],
    ["a post", { en: { post: { text: "T", image: "a" } } }, {}],
    ["another language", { en: {}, pl: { post: { text: "T", image: "a" } } }, {}],
    ["a variant's opening", { en: full }, { families: { en: { email: { opening: one({ image: "a" }) } } } }],
    ["a variant's blocks", { en: full }, { families: { pl: { email: { blocks: one({ image: "a" }) } } } }],
  ])("is found in %s", (_, content, variants) => {
    expect(pointedAt(content as Parameters<typeof pointedAt>[0], variants).images).toEqual(["a"]);
  });

  test("names each image and signpost once, however often it is used", () => {
    const blocks = [{ signposts: ["x", "y"] }, { signposts: ["y", "z"] }, { image: "a" }, { image: "a" }];
    const content = { en: { email: { ...email, blocks }, post: { text: "T", image: "a" } } };
    const variants = { families: { en: { email: { blocks: one({ signposts: ["z", "w"] }) } } } };
    expect(pointedAt(content, variants)).toEqual({ images: ["a"], signposts: ["x", "y", "z", "w"] });
  });

  test("is nothing where there are only words", () => {
    expect(pointedAt({ en: full }, {})).toEqual({ images: [], signposts: [] });
  });
});
