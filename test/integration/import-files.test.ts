// What a file is made of: every encoding reads as it was written, and what is no table of text is refused by its content (H2, H4, H14).
import { describe, expect, test } from "@jest/globals";
import { HEAD, notWell, personRow, withImports } from "../support/importing.ts";

const { bring, taken, names, expectNothing } = withImports();

describe("H2: every encoding reads as it was written", () => {
  const text = `${HEAD}\r\n${personRow("s@example.org", "Siân")}\r\n${personRow("z@example.org", "Zoë €")}\r\n`;
  const utf16 = (swap: boolean) => {
    const bytes = Buffer.from(`\ufeff${text}`, "utf16le");
    return swap ? bytes.swap16() : bytes;
  };
  const cp1252 = Buffer.concat(
    [...text].map((char) => Buffer.from(char === "€" ? [0x80] : Buffer.from(char, "latin1"))),
  );
  test.each([
    ["UTF-8", Buffer.from(text), {}],
    ["UTF-8 with its mark", Buffer.from(`\ufeff${text}`), {}],
    ["UTF-16LE", utf16(false), {}],
    ["UTF-16BE", utf16(true), {}],
    [
      "UTF-16 without its mark, which is a guess that was looked at",
      Buffer.from(text, "utf16le"),
      { confirmed: true },
    ],
    ["Windows-1252, named", cp1252, { encoding: "windows-1252", confirmed: true }],
  ] as const)("%s", async (_name, bytes, more) => {
    expect(await taken(Buffer.from(bytes), more)).toMatchObject({ joined: 2, refused: 0 });
    expect(await names()).toEqual(["Siân", "Zoë €"]);
  });

  test.each([
    ["a guess nobody confirmed", cp1252, {}, "unsure-encoding"],
    [
      "two encodings in one file",
      Buffer.concat([
        Buffer.from(`${HEAD}\n${personRow("a@example.org", "Zoë")}\n`),
        Buffer.from(`${personRow("b@example.org", "Siân")}\n`, "latin1"),
      ]),
      {},
      "mixed-encodings",
    ],
    [
      "UTF-8 that somebody calls Windows-1252",
      Buffer.from(text),
      { encoding: "windows-1252" },
      "wrong-encoding",
    ],
    [
      "Windows-1252 that somebody calls UTF-8",
      cp1252,
      { encoding: "utf-8", confirmed: true },
      "wrong-encoding",
    ],
    [
      "bytes that are nothing in Windows-1252",
      Buffer.concat([cp1252, Buffer.from([0x81, 0x0a])]),
      { confirmed: true },
      "wrong-encoding",
    ],
  ] as const)("%s: nothing is taken", async (_name, bytes, more, code) => {
    expect((await notWell(bring(Buffer.from(bytes), more))).code).toBe(code);
    await expectNothing();
  });
});

test.each([
  ["an Excel workbook", Buffer.from("PK\u0003\u0004rest"), "not-a-table"],
  ["an old Excel workbook", Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 1, 2]), "not-a-table"],
  ["a PDF", Buffer.from("%PDF-1.7\n"), "not-a-table"],
  ["a web page with a table", Buffer.from("  <html><table><tr><td>email"), "not-a-table"],
  ["a compressed file", Buffer.from([0x1f, 0x8b, 8, 0]), "not-a-table"],
  ["JSON", Buffer.from('[{"email":"a@example.org"}]'), "not-a-table"],
  ["bytes of no kind", Buffer.from(Array.from({ length: 400 }, (_, i) => 1 + (i % 8))), "not-a-table"],
  ["nothing at all", Buffer.alloc(0), "file-is-empty"],
  ["no line of names", Buffer.from("ann@example.org,Ann\n"), "bad-columns"],
  [
    "a header that reaches into the machinery",
    Buffer.from("email,__proto__\na@example.org,x\n"),
    "bad-columns",
  ],
])("H4, H14: %s is refused by its content, and nothing is stored", async (_name, bytes, code) => {
  expect((await notWell(bring(bytes))).code).toBe(code);
  await expectNothing();
});
