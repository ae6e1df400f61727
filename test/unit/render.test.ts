// Rendering: the same bytes every time, and both parts of an email say the same.
import { describe, expect, test } from "@jest/globals";
import { type Block } from "../../src/domain/content.ts";
import { mergeVariant } from "../../src/domain/content-variant.ts";
import { escapeHtml, prepare } from "../../src/domain/slots.ts";
import { EXIT_URL } from "../../src/render/email.ts";
import { loadLabels } from "../../src/render/labels.ts";
import { wrap } from "../../src/render/plain-text.ts";
import { render } from "../../src/render/render.ts";
import { email, emailOf, every, frame, input, labelsFor } from "../support/render-sample.ts";

describe("an email", () => {
  test("comes out the same, byte for byte, each time", async () => {
    const [one, two] = await Promise.all([email(emailOf(every("Words"))), email(emailOf(every("Words")))]);
    expect(one).toEqual(two);
  });

  test("has language, direction, a document role, a title and one first heading, and stays small", async () => {
    const { html } = await email(emailOf(every("Words")));
    expect(html).toMatch(/<html lang="en" dir="ltr"/);
    expect(html).toContain('role="article"');
    expect(html).toContain("<title>A subject</title>");
    expect(html.match(/<h1/g)).toHaveLength(1);
    expect(html).toContain('<meta name="color-scheme" content="light dark">');
    expect(html).toMatch(/<img\s+alt="A lit window" src="https:\/\/safer\.example\/i\/window\.png"/);
    expect(Buffer.byteLength(html)).toBeLessThan(60_000);
  });

  test("asks nothing of third parties: no scripts, forms, fonts or images but its own", async () => {
    const { html } = await email(emailOf(every("Words")));
    expect(html).not.toMatch(/<script|<form|<iframe|<link|@import|@font-face|fonts\.g/i);
    expect(html.match(/<img/g)).toHaveLength(1);
  });

  test("says who issues it, with whom, why the reader has it, and how to check or leave", async () => {
    const { html, text } = await email(emailOf(every("Words")));
    for (const part of [html, text])
      for (const words of [
        "Issued by Alderwick Council",
        "In partnership with Alderwick Police and Alderwick Fire",
        "Part of our plan.",
        "You get this because you asked for it.",
        "BM-7F3K2",
        "Check this message is really from us",
        "Choose what you get",
        "{{preferences_url}}",
        "Unsubscribe",
        "{{unsubscribe_url}}",
      ])
        expect(part.replaceAll("\n", " ")).toContain(words);
  });

  test("has no credit line where the lead agency is alone", async () => {
    const alone = { ...frame, contributing: [frame.leadAgency] };
    const { text } = await email(emailOf([]), { frame: alone });
    expect(text).not.toContain("In partnership");
  });

  test("writes the same words and every link in its text part, in lines of 76", async () => {
    const { html, text } = await email(
      emailOf(every("Lock the door, even at home, and keep the keys safe.")),
    );
    const links = [...html.matchAll(/href="([^"]+)"/g)].map((found) =>
      (found[1] ?? "").replaceAll("&amp;", "&"),
    );
    expect(links.length).toBeGreaterThan(3);
    for (const link of links) expect(text).toContain(link);
    expect(text).toContain("A lit window");
    expect(text.split("keep the keys safe.")).toHaveLength(12);
    for (const row of text.split("\n")) expect(row.length).toBeLessThanOrEqual(76);
  });

  test("keeps slots for later, in the context they stand in", async () => {
    const blocks: Block[] = [{ paragraph: "Dear {{first_name|friend & neighbour}} of {{ward|here}}" }];
    const made = await email(emailOf(blocks, "For {{first_name|you}}"));
    expect(made.subject).toBe("For {{first_name|you}}");
    expect(made.html).toContain("{{first_name|friend &amp; neighbour}}");
    expect(made.text).toContain("{{first_name|friend & neighbour}}");
    expect(made.slots).toEqual(["first_name", "ward", "preferences_url", "unsubscribe_url"]);
    const url = "https://safer.example/u?t=1&s=2";
    const done = prepare(made.html).fill(
      { first_name: "<b>O'Hara</b>", unsubscribe_url: url, preferences_url: url },
      escapeHtml,
    );
    expect(done.ok && done.text).toContain("Dear &lt;b&gt;O&#39;Hara&lt;/b&gt; of here");
    expect(done.ok && done.text).toContain('href="https://safer.example/u?t=1&amp;s=2"');
  });

  test("in Polish says so, uses Polish labels and the Polish words of a signpost", async () => {
    const { html, text } = await email(emailOf(every("Słowa")), {
      language: "pl",
      frame: { ...frame, labels: labelsFor("pl") },
    });
    expect(html).toMatch(/<html lang="pl" dir="ltr"/);
    for (const words of ["Zadzwoń pod 101", "Zrezygnuj z subskrypcji"]) expect(html + text).toContain(words);
  });

  test("in Urdu runs from right to left", async () => {
    const { html } = await email(emailOf(every("الفاظ")), { language: "ur" });
    expect(html).toMatch(/<html lang="ur" dir="rtl"/);
    expect(html).toContain("padding-right:24px");
  });
});

describe("a sensitive email", () => {
  const quiet = { ...frame, sensitive: true };

  test("names no topic in its head, fetches nothing, and offers a way out first", async () => {
    const content = emailOf(
      [{ image: "window" }, { paragraph: "Help with domestic abuse" }],
      "About Domestic Abuse",
    );
    const { html, text } = await email(content, { frame: quiet });
    const head = html.slice(0, html.indexOf("<body"));
    expect(head).not.toMatch(/domestic|abuse/i);
    expect(head).toContain("<title>A message from Safer Alderwick</title>");
    expect(html).not.toMatch(/<img|background=|url\(/i);
    expect(html).not.toContain("Safer together");
    expect(html.indexOf(EXIT_URL)).toBeLessThan(html.indexOf("<h1"));
    expect(text.indexOf(EXIT_URL)).toBeLessThan(text.indexOf("First words"));
  });

  test("takes the image off a post and an article too", async () => {
    const content = {
      post: { text: "Words", image: "window" },
      article: { title: "T", summary: "S", blocks: every("Words") },
    };
    expect(await render(input(content, { form: "post", frame: quiet }))).toEqual({
      form: "post",
      language: "en",
      text: "Words",
    });
    expect(JSON.stringify(await render(input(content, { form: "article", frame: quiet })))).not.toContain(
      "<img",
    );
  });
});

describe("posts, articles, variants and labels", () => {
  test("a post is its text and its picture with alternative text", async () => {
    const post = await render(input({ post: { text: "Lock up", image: "window" } }, { form: "post" }));
    expect(post).toEqual({ form: "post", text: "Lock up", language: "en", image: frame.images["window"] });
  });

  test("a variant replaces what it gives and keeps the rest", () => {
    const common = emailOf([{ paragraph: "Common" }], "Common subject");
    const merged = mergeVariant(common, { email: { opening: [{ heading: "For you" }], blocks: [] } });
    expect(merged.email).toEqual({ ...common.email, opening: [{ heading: "For you" }] });
    expect(mergeVariant(common)).toBe(common);
  });

  test("labels fall back to English, and a broken file is refused", () => {
    expect(labelsFor("ro").unsubscribe).toBe("Unsubscribe");
    expect(labelsFor("pl-PL").unsubscribe).toBe("Zrezygnuj z subskrypcji");
    expect(() => loadLabels("en: { leave: x }")).toThrow(expect.objectContaining({ code: "bad-labels" }));
  });

  test("a slot is never broken over two lines", () => {
    const rows = wrap(`${"x".repeat(60)} {{first_name|dear and patient neighbour}} end`).split("\n");
    expect(rows[1]).toBe("{{first_name|dear and patient neighbour}} end");
  });
});
