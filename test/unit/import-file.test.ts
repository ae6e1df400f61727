// A file before anything is made of it: how large, in which encoding, divided by what, and which rows a person is shown (H1-H3, H14).
import { truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { IMPORT_LIMITS, IMPORT_PREVIEW_ROWS, IMPORT_TEXT } from "../../config/audience-limits.ts";
import { type Encoding, openDecoder, openMixture } from "../../src/audience/import/encoding.ts";
import { lookAt } from "../../src/audience/import/look.ts";
import { readFile } from "../../src/audience/import/read.ts";
import { mustFit } from "../../src/audience/import/survey.ts";
import { DomainError } from "../../src/domain/errors.ts";
import type { ImportRules } from "../../src/domain/import-rules.ts";
import { folders } from "../support/folder.ts";

const newFolder = folders();
let folder = "";
beforeAll(() => {
  folder = newFolder();
});
const file = (content: string | Buffer): string => {
  const path = join(folder, "list.csv");
  writeFileSync(path, content);
  return path;
};
/** Which rule was broken; anything that is no rule of ours is thrown on. */
const codeOf = (work: () => unknown): Promise<string> =>
  Promise.resolve()
    .then(work)
    .then(
      () => "none",
      (error: unknown) => {
        if (error instanceof DomainError) return error.code;
        throw error;
      },
    );

test.each([
  [0, "file-is-empty"],
  [1, "none"],
  [IMPORT_LIMITS.bytes, "none"],
  [IMPORT_LIMITS.bytes + 1, "file-too-large"],
])("H1: a file of %d bytes: %s", async (bytes, code) => {
  expect(await codeOf(() => mustFit(bytes))).toBe(code);
});

test("H1: any size is taken up to the limit, and none above it", async () => {
  const size = fc.integer({ min: 1, max: IMPORT_LIMITS.bytes * 3 });
  await fc.assert(
    fc.asyncProperty(size, async (bytes) => {
      const wanted = bytes > IMPORT_LIMITS.bytes ? "file-too-large" : "none";
      expect(await codeOf(() => mustFit(bytes))).toBe(wanted);
    }),
  );
});

test("H1: a file that is too large is refused by its size, before it is read through", async () => {
  const path = file("email\n");
  truncateSync(path, IMPORT_LIMITS.bytes + 1);
  const began = performance.now();
  expect(await codeOf(() => lookAt(path))).toBe("file-too-large");
  expect(performance.now() - began).toBeLessThan(1_000);
});

const RULES: ImportRules = {
  ...{ kind: "residents", sensitive: false, agencyKind: "council", now: "2026-11-22T10:00:00.000Z" },
  ...{ areas: new Map(), groups: new Map(), interests: new Map() },
  ...{ places: new Map([["email", 0]]), fallback: {}, mailFrom: "bellman@safer.example.org" },
  ...{ takeFlagged: false, unicodeLocal: false, most: IMPORT_TEXT, cell: IMPORT_LIMITS.cell },
};
test("H1: one row too many is found where quotation marks hide how many lines are rows", async () => {
  const path = file(`email\n${'"a@b.example"\n'.repeat(IMPORT_LIMITS.rows + 1)}`);
  const look = await lookAt(path);
  const reading = { path, look, rules: RULES, line: () => "", take: () => Promise.resolve() };
  expect(await codeOf(() => readFile(reading))).toBe("too-many-rows");
}, 120_000);

test("H1: letters that hold the byte of a line end are no lines: a long list in Punjabi is not too long", async () => {
  const text = `\ufeffemail,first_name\n${`a@b.example,${"\u0a0a".repeat(20)}\n`.repeat(30_000)}`;
  const look = await lookAt(file(Buffer.from(text, "utf16le")));
  expect(look).toMatchObject({ encoding: "utf-16le", sure: true, headings: ["email", "first_name"] });
});

const WRITTEN: Readonly<Record<Encoding, (text: string) => Buffer>> = {
  "utf-8": (text) => Buffer.from(text, "utf8"),
  "utf-16le": (text) => Buffer.from(text, "utf16le"),
  "utf-16be": (text) => Buffer.from(text, "utf16le").swap16(),
  "windows-1252": (text) => Buffer.from(text, "latin1"),
};
test("H2: any text in any encoding reads as it was written, in pieces of any size", () => {
  const encoding = fc.constantFrom(...(Object.keys(WRITTEN) as Encoding[]));
  const typed = fc.string({ unit: "grapheme", maxLength: 40 });
  fc.assert(
    fc.property(encoding, typed, fc.integer({ min: 1, max: 9 }), (name, some, size) => {
      // Windows-1252 has few letters; the first one keeps a mark of byte order from being at the beginning.
      const text = `x${name === "windows-1252" ? some.replace(/[^\u0020-\u007e\u00a0-\u00ff]/gu, "é") : some}`;
      const bytes = WRITTEN[name](text);
      const decoder = openDecoder(name);
      let back = "";
      for (let at = 0; at < bytes.length; at += size) back += decoder.write(bytes.subarray(at, at + size));
      expect(back + decoder.end()).toBe(text);
    }),
    { numRuns: 500 },
  );
});

const LINES = {
  plain: Buffer.from("ann,Ann\n"),
  utf8: Buffer.from("zoe,Zoë\n"),
  other: Buffer.from("sian,Siân\n", "latin1"),
} as const;
test("H2: lines of two encodings in one file are always found, wherever they are and the pieces end", async () => {
  const kinds = fc.array(fc.constantFrom("plain" as const, "utf8" as const, "other" as const), {
    maxLength: 20,
  });
  await fc.assert(
    fc.asyncProperty(kinds, fc.integer({ min: 1, max: 30 }), async (lines, size) => {
      const bytes = Buffer.concat(lines.map((kind) => LINES[kind]));
      const mixture = openMixture();
      for (let at = 0; at < bytes.length; at += size) mixture.write(bytes.subarray(at, at + size));
      if (lines.includes("utf8") && lines.includes("other"))
        return expect(await codeOf(() => mixture.end())).toBe("mixed-encodings");
      const encoding = lines.includes("other") ? "windows-1252" : "utf-8";
      expect(mixture.end()).toEqual({ encoding, sure: encoding === "utf-8" });
    }),
  );
});

test("H2: the first ten rows are what a person is shown, with their numbers", async () => {
  const people = Array.from({ length: 25 }, (_, i) => `p${i + 1}@example.org,P`);
  const { rows } = await lookAt(file(`email,first_name\n${people.join("\n")}\n`));
  expect(IMPORT_PREVIEW_ROWS).toBe(10);
  expect(rows.map(({ no }) => no)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
});

test.each([
  [";", "email;first_name\nann@example.org;Ann\n", 1],
  ["\t", "email\tfirst_name\nann@example.org\tAnn\n", 1],
  [",", "email,first_name\n", 1],
  [";", "\ufeffemail;first_name\n", 1],
  [";", "sep=;\nemail;first_name\n", 2],
  [",", "sep=,\r\nemail,first_name\r\n", 2],
  ["\t", "sep=\t\nemail\tfirst_name\n", 2],
] as const)("H3: cells are divided by %j in %j", async (delimiter, text, headingRow) => {
  expect(await lookAt(file(text))).toMatchObject({
    ...{ delimiter, headingRow, headings: ["email", "first_name"] },
  });
});

test("H3: what stands inside quotation marks divides nothing", async () => {
  const look = await lookAt(file('email,"likes; a; b; c"\n'));
  expect(look).toMatchObject({ delimiter: ",", headings: ["email", "likes; a; b; c"] });
});

test("H3: whatever divides the cells of a table is found", async () => {
  const names = fc.array(fc.stringMatching(/^[a-z]{1,8}$/), { minLength: 2, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(names, fc.constantFrom(",", ";", "\t"), async (headings, delimiter) => {
      expect(await lookAt(file(`${headings.join(delimiter)}\n`))).toMatchObject({ delimiter, headings });
    }),
    { numRuns: 60 },
  );
});

test("H14: whatever bytes a file is made of, it is a table or refused by a rule of ours", async () => {
  const magic = fc.constantFrom(
    "",
    "PK\u0003\u0004",
    "%PDF-1.7",
    "<html>",
    "\u00ff\u00fe",
    "\u00fe\u00ff",
    "{\\rtf",
  );
  const bytes = fc.uint8Array({ maxLength: 200 });
  const text = fc.string({ unit: "binary-ascii", maxLength: 200 }).map((some) => Buffer.from(some));
  await fc.assert(
    fc.asyncProperty(magic, fc.oneof(bytes, text), async (head, rest) => {
      const path = file(Buffer.concat([Buffer.from(head, "latin1"), rest]));
      const known = [
        "none",
        "not-a-table",
        "file-is-empty",
        "mixed-encodings",
        "wrong-encoding",
        "no-columns",
      ];
      expect(known).toContain(await codeOf(() => lookAt(path)));
    }),
    { numRuns: 300 },
  );
});
