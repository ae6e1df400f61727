// What leaves as CSV is text and nothing else, whatever opens it (H77, H78), and comes back as it was (H11).
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { csvHead, csvLines } from "../../src/audience/csv.ts";
import { safeCell, typedCell } from "../../src/domain/csv-cell.ts";

test.each([
  "=1+1",
  '=HYPERLINK("http://evil.example","x")',
  "=cmd|'/c calc'!A1",
  "@SUM(A1:A9)",
  "+44 20 7946 0000",
  "-1+1",
  "\t=1",
  "\r=1",
  "\n=1",
  "＝1+1",
  "＋1",
  "－1",
  "＠x",
])("%j is written as text, and reads back as it was typed", (text) => {
  expect(safeCell(text)).toBe(`'${text}`);
  expect(typedCell(safeCell(text))).toBe(text);
  expect(csvLines([[text, "x"]])).toMatch(/^"'/);
});

test.each(["Ann", "O'Brien", "'tis", "", " =1", "a=b", "1-2"])("%j is written as it is", (text) => {
  expect(safeCell(text)).toBe(text);
});

test("no cell begins with what a spreadsheet runs, whatever was typed", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      expect(safeCell(text)).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/u);
      expect(typedCell(safeCell(text))).toBe(text);
    }),
    { numRuns: 2_000 },
  );
});

test("separators, quotation marks and line ends stay inside their cell, and the file says that it is UTF-8", () => {
  expect(csvLines([["a,b", 'say "yes"', "x\ny", "x\ry", "Siân"]])).toBe(
    '"a,b","say ""yes""","x\ny","x\ry",Siân\r\n',
  );
  expect(csvHead(["email"])).toBe("\ufeffemail\r\n");
});
