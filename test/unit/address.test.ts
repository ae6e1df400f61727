// Which typed texts are the address of one person, whoever typed them: a form, a file, a command (H5, H7, H17-H28).
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Address, addressKey, readAddress } from "../../src/domain/address.ts";

const why = (read: Address): string => (read.ok ? "nothing is wrong" : read.why);

test.each([
  // H5
  ["ann\u200d@x.example", "cannot be seen"],
  ["a\u0000nn@x.example", "cannot be seen"],
  ["ann@x.example\u202e", "cannot be seen"],
  ["ann@x\u00adexample.org", "cannot be seen"],
  // H17-H20
  ["bob@x.example\r\nBcc: evil@x.example", "cannot be seen"],
  ["b@x.example, evil@x.example", "one address, not several"],
  ["b@x.example;evil@x.example", "one address, not several"],
  ["b@x.example evil@x.example", 'before the "@" that is not allowed'],
  ["Team:b@x.example,evil@x.example;", "one address, not several"],
  ["Team: b@x.example", 'before the "@" that is not allowed'],
  ['"evil@x.example" <b@x.example>', "must be a plain address"],
  ["Ann <ann@x.example>", "must be a plain address"],
  // H21: quoted parts, comments, source routes, encoded words
  ['"b@evil.example"@x.example', "must be a plain address"],
  ['"a b"@x.example', "must be a plain address"],
  ["ann(comment)@x.example", 'before the "@" that is not allowed'],
  ["ann@x.example(comment)", 'after the "@" that is not allowed'],
  ["@y.example:ann@x.example", 'before the "@" that is not allowed'],
  ["ann@evil@x.example", 'before the "@" that is not allowed'],
  ["a\\b@x.example", 'before the "@" that is not allowed'],
  ["=?utf-8?Q?ann?=@x.example", 'before the "@" that is not allowed'],
  // H25
  [`${"a".repeat(65)}@x.example`, 'more than 64 characters before the "@"'],
  [`${"a".repeat(60)}@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.example.org`, "longer than 254"],
  [`ann@${"a".repeat(64)}.example`, "no proper domain"],
  ["ann@x.example.", "no proper domain"],
  ["ann@x..example", "no proper domain"],
  ["ann@.x.example", "no proper domain"],
  ["ann@-x.example", "no proper domain"],
  ["ann@x_y.example", "no proper domain"],
  ["a..b@x.example", "full stop"],
  [".ann@x.example", "full stop"],
  ["ann.@x.example", "full stop"],
  // H26
  ["a@localhost", "needs a domain"],
  ["a@intranet", "needs a domain"],
  ["a@127.0.0.1", "needs a domain"],
  ["a@2130706433", "needs a domain"],
  ["a@0x7f.1", "needs a domain"],
  ["a@[127.0.0.1]", 'after the "@" that is not allowed'],
  ["a@[IPv6:::1]", 'after the "@" that is not allowed'],
  ["a@mail.internal", "leads to nobody outside"],
  ["a@x.test", "leads to nobody outside"],
  ["a@printer.local", "leads to nobody outside"],
  ["a@service.onion", "leads to nobody outside"],
  // H28
  ["", "is empty"],
  ["   ", "is empty"],
  ["\u00a0", "is empty"],
  ["null", "is empty"],
  ["NULL", "is empty"],
  ["undefined", "is empty"],
  ["ann", 'has no "@"'],
  ["ann@", "no proper domain"],
  ["@x.example", 'nothing before the "@"'],
])("%j is no address of one person", (text, words) => {
  expect(why(readAddress(text))).toContain(words);
});

// The WHATWG host parser stops at "/", "?" and "#" and decodes "%2E": what stands after it would be lost, and two addresses were one person.
test.each([
  "ann@x.example/evil",
  "ann@x.example?to=evil@y.example",
  "ann@x.example#evil",
  "ann@x%2Eexample",
  "ann@bücher.example/evil",
])("%j is no domain, though a browser would make one of it (H21)", (text) => {
  expect(readAddress(text).ok).toBe(false);
});

test.each([
  [" Ann.Lee@Example.ORG\u00a0", "Ann.Lee@example.org", "ann.lee@example.org", []],
  ["o'neill+news@x.example", "o'neill+news@x.example", "o'neill+news@x.example", []],
  ["user@bücher.example", "user@bücher.example", "user@xn--bcher-kva.example", []],
  ["用户@例え.jp", "用户@例え.jp", "用户@xn--r8jz45g.jp", ["unicode-local"]],
  ["Info@x.example", "Info@x.example", "info@x.example", ["role"]],
] as const)("%j is %j, and by its key %j", (text, address, key, flags) => {
  expect(readAddress(text)).toEqual({ ok: true, address, key, flags });
});

test.each(["ann@pоlice.example", "аnn@x.example", "ann@pοlice.example"])(
  "H24: %j mixes letters of two scripts and is told so",
  (text) => {
    const read = readAddress(text);
    expect(read.ok && read.flags).toContain("mixed-script");
  },
);

describe("whatever is typed", () => {
  const local = fc.stringMatching(/^[a-z]{2,12}$/);
  const domain = fc.constantFrom("x.example", "example.org", "bücher.example");

  test("H7: capitals make no other person; a dot and a tag do", () => {
    fc.assert(
      fc.property(local, domain, (name, at) => {
        const key = addressKey(`${name}@${at}`);
        expect(addressKey(`${name.toUpperCase()}@${at.toUpperCase()}`)).toBe(key);
        expect(addressKey(`${name}+news@${at}`)).not.toBe(key);
        expect(addressKey(`${name.slice(0, 1)}.${name.slice(1)}@${at}`)).not.toBe(key);
      }),
    );
  });

  test("H17-H21: what is taken is one address and nothing else, and is read as the same person again", () => {
    const piece = fc.constantFrom(
      ...[...'ab@.,;:<>()[]"\\ \r\n\t%!/?#='],
      ...["a@x.example", "b@y.example", "x.example", "Team: ", "żółw", "\u0000", "\u202e", "\u200b"],
    );
    const typed = fc.array(piece, { maxLength: 8 }).map((all) => all.join(""));
    fc.assert(
      fc.property(fc.oneof(typed, fc.emailAddress()), (text) => {
        const read = readAddress(text);
        if (!read.ok) return;
        expect(read.address).toMatch(/^[^\s"(),:;<>@[\]\\\p{Cc}\p{Cf}]+@[\p{L}\p{M}\p{N}.-]+$/u);
        expect(read.key).toBe(read.key.toLowerCase());
        expect(addressKey(read.address)).toBe(read.key);
      }),
      { numRuns: 2_000 },
    );
  });

  test("H25: up to 64 characters before the “@”, and not one more", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 120 }), (count) => {
        expect(readAddress(`${"a".repeat(count)}@x.example`).ok).toBe(count <= 64);
      }),
    );
  });

  test("H26: no number of a machine is a domain, however it is written", () => {
    const machine = fc.oneof(
      fc.ipV4(),
      fc.ipV4Extended(),
      fc.ipV6().map((ip) => `[${ip}]`),
      fc.ipV6().map((ip) => `[IPv6:${ip}]`),
      fc.nat().map(String),
    );
    fc.assert(
      fc.property(machine, (at) => {
        expect(readAddress(`ann@${at}`).ok).toBe(false);
      }),
    );
  });
});
