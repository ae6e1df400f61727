// Short links: which addresses are replaced, where, and that codes are ours alone.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { linkCodeOf } from "../../src/audience/link-code.ts";
import { codeFrom, countedLinks, LINK_CODE, withShortLinks } from "../../src/domain/counted-links.ts";

const button = (url: string) => ({ button: { label: "Go", url } });
const email = { subject: "S", preheader: "P", opening: [button("https://a.example.org/one")], blocks: [] };
const content = {
  en: {
    email: {
      ...email,
      blocks: [button("mailto:a@example.org"), button("tel:101"), { signposts: ["police-101"] }],
    },
    post: { text: "Read https://b.example.org/x?y=1. Or call 101 (https://b.example.org/z)!" },
    article: {
      title: "T",
      summary: "S",
      blocks: [button("http://c.example.org/"), { paragraph: "https://d.example.org/" }],
    },
  },
};
const variants = { young: { en: { email: { opening: [button("https://a.example.org/young")] } } } };
const channels = [
  { key: "mail", form: "email" },
  { key: "feed", form: "post" },
  { key: "page", form: "article" },
] as const;
const links = countedLinks({ content, variants }, channels, (channel, url) => `${channel}:${url}`);

describe("counted are", () => {
  test("buttons that lead to the web, of variants too, and addresses written in posts; never mail, telephone or help lines", () => {
    expect(links.map(({ channelKey, url }) => [channelKey, url])).toEqual([
      ["mail", "https://a.example.org/one"],
      ["mail", "https://a.example.org/young"],
      ["feed", "https://b.example.org/x?y=1"],
      ["feed", "https://b.example.org/z"],
      ["page", "http://c.example.org/"],
    ]);
  });

  test("replaced at their own places and nowhere else", () => {
    const short = (code: string) => `S/${code.length}`;
    const made = withShortLinks(content.en, links, short);
    expect(made.email?.opening).toEqual([button(`S/${"mail:https://a.example.org/one".length}`)]);
    expect(made.email?.blocks).toEqual(content.en.email.blocks);
    expect(made.post?.text).toMatch(/^Read S\/\d+\. Or call 101 \(S\/\d+\)!$/);
    expect(made.article?.blocks[1]).toEqual({ paragraph: "https://d.example.org/" });
    expect(withShortLinks(content.en, [], short)).toBe(content.en);
  });
});

describe("a code", () => {
  const code = linkCodeOf("a secret");
  test("is the same each time, and another for another communication, channel, address or secret", () => {
    const [reference, channel, url] = ["BM-7F3K-2QRT", "email", "https://a.example.org/"] as const;
    expect(code(reference, channel, url)).toBe(code(reference, channel, url));
    const codes = [
      code(reference, channel, url),
      code("BM-7F3K-2QRV", channel, url),
      code(reference, "website", url),
      code(reference, channel, `${url}x`),
      linkCodeOf("another")(reference, channel, url),
    ];
    expect(new Set(codes).size).toBe(codes.length);
  });

  test("has ten characters that nobody takes for another, whatever the hash", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[0-9a-f]{64}$/), (hex) => {
        expect(codeFrom(hex)).toMatch(LINK_CODE);
        expect(codeFrom(hex)).toMatch(/^[^aeiou0125lsz]{10}$/);
      }),
    );
  });
});
