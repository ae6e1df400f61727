// A composed message read back by a mail program: exactly the words that were meant, in ASCII lines, and nothing else.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import PostalMime, { type Email } from "postal-mime";
import type { EmailRendition } from "../../src/channels/channel.ts";
import { composer } from "../../src/channels/email/mime.ts";
import { pack } from "../../src/channels/email/pack.ts";
import { cleanValue, escapeHtml, prepare, type SlotValues } from "../../src/domain/slots.ts";

const issue = { reference: "BM-7F3K-2QRT", language: "cy", sensitive: false };
const from = { name: "Safer Alderwick", address: "bellman@alderwick.example.org" };
const STOP = "https://alderwick.example.org/stop/0f.ab";
const messageId = "<0123@alderwick.example.org>";
const to = "ann@people.example.org";

const wire = (rendition: EmailRendition, values: SlotValues, name = from.name): string => {
  const composed = composer(rendition, issue, { ...from, name })({ to, messageId, values });
  if (!composed.ok) throw new Error(composed.code);
  return pack({}, composed.message).toString("utf8") + composed.message.tail;
};
const read = (raw: string): Promise<Email> =>
  PostalMime.parse(Buffer.from(raw.slice(0, -".\r\n".length), "latin1"));

/** Anything a person or an author might write; a literal holds no braces, which would be a slot of their own. */
const wild = fc.oneof(
  fc.string({ unit: "binary", maxLength: 300 }),
  fc.string({ unit: "grapheme", maxLength: 300 }),
  fc.constantFrom(
    "",
    " ",
    "=",
    "=2E",
    "=\r\n",
    ".",
    "..",
    "\r\n.\r\n",
    "a\r\nBcc: eve@evil.test",
    "\u2028",
    "🎃".repeat(80),
  ),
  fc.constantFrom(
    "=?utf-8?Q?x?=",
    "see =?utf-8?Q?a b?= here",
    "a".repeat(2_000),
    "a  b",
    " a ",
    "é".repeat(400),
    "--=_bellman--",
  ),
  fc
    .array(fc.constantFrom(".", "=", " ", "\t", "\n", "\r\n", "ż", "🎃", "word", "a".repeat(75)), {
      maxLength: 60,
    })
    .map((all) => all.join("")),
);
/** Half a pair of code units is no character; as UTF-8 it is the sign for one that is not known. */
const wellFormed = (text: string): string => Buffer.from(text, "utf8").toString("utf8");
const literal = wild.map((text) => wellFormed(text.replace(/[{}]/g, "")));
const value = wild.map(wellFormed);
const template = fc
  .array(fc.oneof(literal, fc.constantFrom("{{first_name|neighbour}}", "{{ward|}}", "{{unsubscribe_url}}")), {
    maxLength: 8,
  })
  .map((parts) => parts.join(""));

/** As the wire has lines, and without the one line break that a mail program may add or take at the end. */
const asRead = (text: string | undefined) => (text ?? "").replace(/\r\n?/g, "\n").replace(/\n+$/, "");
const filled = (text: string, values: SlotValues, escape?: typeof escapeHtml): string => {
  const made = prepare(text).fill(values, escape);
  return made.ok ? made.text : "";
};

describe("a composed message", () => {
  test("reads as what the slots give, whatever stands in template and values", async () => {
    await fc.assert(
      fc.asyncProperty(
        template,
        template,
        template,
        value,
        value,
        async (subject, html, text, first_name, ward) => {
          const values = { first_name, ward, unsubscribe_url: STOP };
          const mail = await read(wire({ form: "email", subject, preheader: "", html, text }, values));
          expect(asRead(mail.html)).toBe(asRead(filled(html, values, escapeHtml)));
          expect(asRead(mail.text)).toBe(asRead(filled(text, values)));
          expect((mail.subject ?? "").trim()).toBe(cleanValue(filled(subject, values)).trim());
        },
      ),
      { numRuns: 500 },
    );
  });

  test("is ASCII in lines that need no stuffing, with the headers of every message and no other", () => {
    fc.assert(
      fc.property(template, template, value, value, (subject, body, first_name, name) => {
        const values = { first_name, unsubscribe_url: STOP };
        const raw = wire({ form: "email", subject, preheader: "", html: body, text: body }, values, name);
        expect(raw).toMatch(/^(?:[\t -~]*\r\n)*$/);
        const lines = raw.split("\r\n");
        expect(lines.slice(0, -2).filter((line) => line.startsWith("."))).toEqual([]);
        expect(lines.slice(-2)).toEqual([".", ""]);
        const blank = lines.indexOf("");
        expect(lines.slice(0, blank).filter((line) => line.length > 998)).toEqual([]);
        expect(lines.slice(blank).filter((line) => line.length > 76)).toEqual([]);
        const names = lines
          .slice(0, blank)
          .filter((line) => !line.startsWith(" "))
          .map((line) => line.split(":")[0]);
        expect(names).toEqual(HEADERS);
      }),
      { numRuns: 500 },
    );
  });

  const HEADERS = [
    "From",
    "To",
    "Subject",
    "Message-ID",
    "Date",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "Content-Language",
    "X-Bellman-Reference",
    "Auto-Submitted",
    "MIME-Version",
    "Content-Type",
  ];
  const plain: EmailRendition = {
    form: "email",
    subject: "Hello",
    preheader: "",
    html: "<p>Hello</p>",
    text: "Hello",
  };

  test("has one sender and one recipient, by name and date", async () => {
    const mail = await read(wire(plain, {}, 'Żółw "of" Alderwick <x@evil.test>'));
    expect(mail.from).toEqual({ name: 'Żółw "of" Alderwick <x@evil.test>', address: from.address });
    expect(mail.to).toEqual([{ name: "", address: to }]);
    expect(mail.messageId).toBe(messageId);
    expect(Math.abs(Date.now() - Date.parse(mail.date ?? ""))).toBeLessThan(5_000);
  });

  test.each([
    "https://alderwick.example.org/stop/a>b",
    "https://alderwick.example.org/stop\r\nBcc: eve@evil.test",
    "javascript:alert(1)",
    `https://alderwick.example.org/${"a".repeat(2_000)}`,
  ])("is not made with a way out that is no address of ours: %j", (unsubscribe_url) => {
    const made = composer(plain, issue, from)({ to, messageId, values: { unsubscribe_url } });
    expect(made).toEqual({ ok: false, code: "bad-way-out" });
  });

  test("has no way out but one plain address, whatever is given for one", () => {
    const given = fc.oneof(
      wild,
      fc.webUrl(),
      wild.map((text) => `https://alderwick.example.org/stop/${text}`),
    );
    fc.assert(
      fc.property(given, (unsubscribe_url) => {
        const made = composer(plain, issue, from)({ to, messageId, values: { unsubscribe_url } });
        if (!made.ok) return expect(made.code).toBe("bad-way-out");
        const raw = pack({}, made.message).toString("latin1");
        const said = /^List-Unsubscribe: (.*)$/m.exec(raw)?.[1];
        expect(said).toBe(unsubscribe_url === "" ? undefined : `<${unsubscribe_url}>`);
      }),
      { numRuns: 500 },
    );
  });

  test("is our own fault where a header of ours is no plain line", () => {
    expect(() => composer(plain, { ...issue, reference: "BM\r\nBcc: eve@evil.test" }, from)).toThrow(
      /plain ASCII/,
    );
  });
});
