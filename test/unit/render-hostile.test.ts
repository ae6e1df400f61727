// Rendering: nothing an author or a frame holds becomes markup, and what cannot be rendered is refused in plain sentences.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Block, type LanguageContent } from "../../src/domain/content.ts";
import { escapeHtml } from "../../src/domain/slots.ts";
import { toHtml } from "../../src/render/email.ts";
import { render, type Frame, type RenderInput } from "../../src/render/render.ts";
import { email, emailOf, every, frame, input, police } from "../support/render-sample.ts";

const faultsOf = async (wanted: RenderInput): Promise<string> => {
  const thrown: unknown = await render(wanted).catch((fault: unknown) => fault);
  expect(thrown).toMatchObject({ code: "cannot-render" });
  return (thrown as Error).message;
};
/** The names of all tags, in order: what a reader's program would take as structure. */
const tags = (html: string): string => (html.match(/<\/?[a-z][a-z0-9]*/gi) ?? []).join("");

const HOSTILE = [
  "<script>alert(1)</script>",
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  "</mj-text><mj-raw><b>raw</b></mj-raw>",
  '<mj-include path="/etc/passwd" />',
  "</td></tr></table><form action=https://evil.example>",
  "--><!--[if mso]><b>x</b><![endif]-->",
  "<![CDATA[ <b>x</b> ]]>",
  "</title></head><body onload=alert(1)>",
  "<iframe src=//evil.example><svg onload=alert(1)>",
  "&lt;b&gt; &#60;b&#62; &amp;",
  "$& $1 $` {x} \\u003cb\\u003e `b`",
];

describe("hostile text", () => {
  test.each(HOSTILE)("%j stays text in every block", async (hostile) => {
    const plain = await email(emailOf(every("Words"), "Words"));
    const { html, subject } = await email(emailOf(every(hostile), hostile));
    expect(tags(html)).toBe(tags(plain.html));
    expect(html.match(/<!--/g)).toHaveLength(plain.html.match(/<!--/g)?.length ?? 0);
    if (/[<>"']/.test(hostile)) expect(html).not.toContain(hostile);
    expect(html).not.toContain("root:");
    expect(subject).toBe(hostile);
  });

  test.each(HOSTILE)("%j stays text in the frame", async (hostile) => {
    const safe = hostile.replace(/\{\{/g, "");
    const framed: Frame = {
      ...frame,
      partnership: { name: safe, strapline: safe, strategyLine: safe },
      leadAgency: { name: safe },
      reason: safe,
      reference: safe,
      images: { window: { url: "https://safer.example/i.png?a=1&b=2", alt: safe, width: 10, height: 10 } },
      signposts: { "police-101": { ...police, name: safe, how: { en: safe } } },
    };
    const plain = await email(emailOf(every("Words")));
    expect(tags((await email(emailOf(every("Words")), { frame: framed })).html)).toBe(tags(plain.html));
  });

  test("no paragraph whatever changes the structure", async () => {
    const nasty = fc.array(
      fc.constantFrom("<", ">", "&", '"', "'", "/", "mj-text", "{", "!--", "[if mso]>", "a", " ", "é"),
      { minLength: 1, maxLength: 30 },
    );
    const plain = await email(emailOf([{ paragraph: "x" }]));
    await fc.assert(
      fc.asyncProperty(
        nasty.map((bits) => `x${bits.join("")}`.replace(/\{+/g, "{")),
        async (paragraph) => {
          const { html } = await email(emailOf([{ paragraph }]));
          expect(tags(html)).toBe(tags(plain.html));
          expect(html).toContain(escapeHtml(paragraph.trim()));
        },
      ),
      { numRuns: 40 },
    );
  });

  test("never reads a file, even where MJML itself says so", async () => {
    const html = await toHtml(
      '<mjml><mj-body><mj-include path="/etc/passwd" type="html" /></mj-body></mjml>',
    ).catch(String);
    expect(html).not.toContain("root:");
  });

  test.each(HOSTILE)("%j stays text in an article", async (hostile) => {
    const of = async (text: string) => {
      const made = await render(
        input({ article: { title: "T", summary: "S", blocks: every(text) } }, { form: "article" }),
      );
      return made.form === "article" ? tags(made.html) : "";
    };
    expect(await of(hostile)).toBe(await of("Words"));
  });
});

describe("what cannot be rendered", () => {
  test.each([
    [
      "an image nobody set up",
      emailOf([{ image: "lost" }]),
      'There is no image called "lost". Known: window.',
    ],
    [
      "a signpost nobody set up",
      emailOf([{ signposts: ["lost"] }]),
      'There is no signpost called "lost". Known: police-101.',
    ],
    ["an unknown slot", emailOf([{ heading: "Dear {{surname}}" }]), 'There is no slot called "surname"'],
    [
      "a slot of the frame",
      emailOf([{ paragraph: "{{unsubscribe_url}}" }]),
      'no slot called "unsubscribe_url"',
    ],
    ["a command", emailOf([], "{% for x in y %}"), "A message cannot hold loops or commands"],
    [
      "a script as an address",
      emailOf([{ button: { label: "Go", url: "javascript:alert(1)" } }]),
      "http, https, mailto or tel",
    ],
    [
      "a slot in an address",
      emailOf([{ button: { label: "Go", url: "https://x.example/{{ward}}" } }]),
      'The address of the button "Go" cannot be used',
    ],
    [
      "a second line in a subject",
      emailOf([], "Hello\r\nBcc: all@x.example"),
      "one line without control characters",
    ],
    ["a missing form", {}, 'There is no email text in "en"'],
  ])("%s is refused with a plain sentence", async (_what, content: LanguageContent, sentence) => {
    expect(await faultsOf(input(content))).toContain(sentence);
  });

  test("all faults are told at once", async () => {
    const told = await faultsOf(input(emailOf([{ image: "lost" }, { signposts: ["gone"] }])));
    expect(told).toMatch(/lost.*gone/);
  });

  test("addresses and words of the frame are checked too", async () => {
    const bad = { ...frame, referenceUrl: "javascript:alert(1)", reason: "Because {{ward}}" };
    const told = await faultsOf(input(emailOf([]), { frame: bad }));
    expect(told).toMatch(/"Because \{\{ward\}\}" cannot hold slots.*address of the reference page/);
    const evil = { ...frame, signposts: { "police-101": { ...police, url: "data:text/html,x" } } };
    expect(await faultsOf(input(emailOf(every("x")), { frame: evil }))).toContain(
      'the signpost "police-101"',
    );
  });

  test("an email that mailboxes would cut off is refused", async () => {
    const long: Block[] = Array.from({ length: 30 }, () => ({
      list: Array.from({ length: 12 }, () => "é".repeat(300)),
    }));
    expect(await faultsOf(input(emailOf(long)))).toContain("mailboxes cut messages off at 100 kB");
  });

  test.each(["post", "article"] as const)("slots in a public %s are refused", async (form) => {
    const text = "Dear {{first_name|neighbour}}";
    const content = { post: { text }, article: { title: "T", summary: "S", blocks: [{ paragraph: text }] } };
    expect(await faultsOf(input(content, { form }))).toContain("everyone reads the same text");
  });
});
