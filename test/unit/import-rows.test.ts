// Cutting a file into rows: what RFC 4180 says, and what becomes of a row that breaks it (H3, H6).
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { csvLines } from "../../src/audience/csv.ts";
import type { Delimiter, RowLimits } from "../../src/audience/import/row-end.ts";
import { openRows, type RawRow } from "../../src/audience/import/rows.ts";
import { typedCell } from "../../src/domain/csv-cell.ts";

const LIMITS = { columns: 100, characters: 60_000, lines: 50 };
/** In pieces of `size`, as a stream would bring them. */
function read(
  text: string,
  {
    size = 7,
    delimiter = ",",
    limits = LIMITS,
  }: { size?: number; delimiter?: Delimiter; limits?: RowLimits } = {},
): RawRow[] {
  const reader = openRows(delimiter, limits);
  const rows: RawRow[] = [];
  for (let at = 0; at < text.length; at += size) rows.push(...reader.push(text.slice(at, at + size)));
  return [...rows, ...reader.end()];
}
const said = (rows: readonly RawRow[]) =>
  rows.map((row) => ("cells" in row ? row.cells : `${row.no}: ${row.why}`));

describe.each([1, 3, 100_000])("in pieces of %d", (size) => {
  test.each([
    [
      "plain rows",
      "a,b\n1,2\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "Windows' line ends",
      "a,b\r\n1,2\r\n",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "old Macs' line ends",
      "a,b\r1,2\r",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "no line end at the end",
      "a,b\n1,2",
      [
        ["a", "b"],
        ["1", "2"],
      ],
    ],
    [
      "quoted line ends, delimiters and quotation marks",
      'a,b\n"x\ny, ""z""",2\n',
      [
        ["a", "b"],
        ['x\ny, "z"', "2"],
      ],
    ],
    ["empty quoted cells", '"",""\n', [["", ""]]],
    ["blank lines, which count as rows of a spreadsheet", "a\n\n \nb\n", [["a"], ["b"]]],
    [
      "a lone quotation mark in a cell",
      'a,b\nx"y,2\n3,4\n',
      [["a", "b"], "2: has a quotation mark in the middle", ["3", "4"]],
    ],
    [
      "text after a closing one",
      'a,b\n"x"y,2\n3,4\n',
      [["a", "b"], "2: has text after the closing", ["3", "4"]],
    ],
    [
      "one that is never closed",
      'a,b\n"x,2\n3,4\n',
      [["a", "b"], "2: has a quotation mark that is never closed", ["3", "4"]],
    ],
  ])("%s", (_what, text, wanted) => {
    const rows = said(read(text, { size }));
    expect(rows).toHaveLength(wanted.length);
    wanted.forEach((one, i) =>
      typeof one === "string" ? expect(rows[i]).toContain(one) : expect(rows[i]).toEqual(one),
    );
  });
});

test.each([
  [
    ";",
    "a;b\n1;2,3\n",
    [
      ["a", "b"],
      ["1", "2,3"],
    ],
  ],
  [
    "\t",
    'a\tb\n"1"\t2\n',
    [
      ["a", "b"],
      ["1", "2"],
    ],
  ],
] as const)("cells are divided by %j where the file divides them so", (delimiter, text, wanted) => {
  expect(said(read(text, { delimiter }))).toEqual(wanted);
});

test("a lone quotation mark on row 9,000 costs that row and no other", () => {
  const lines = Array.from({ length: 12_000 }, (_, i) =>
    i + 1 === 9_000 ? `p${i + 1}@x.example,"Ann` : `p${i + 1}@x.example,Ann`,
  );
  const rows = read(`${lines.join("\n")}\n`, { size: 32_768 });
  expect(rows).toHaveLength(12_000);
  expect(rows.filter((row) => "why" in row)).toEqual([
    { no: 9_000, why: expect.stringContaining("never closed") as unknown as string },
  ]);
});

test("numbers are those a spreadsheet shows", () => {
  const rows = read('a\n"two\nlines"\n\nlast\n');
  expect(rows.map(({ no }) => no)).toEqual([1, 2, 4]);
});

test.each([
  ["a row of 10,000 columns", `${"x,".repeat(9_999)}x`, "more than 100 columns"],
  ["a row of 10,000 quoted columns", `${'"x",'.repeat(9_999)}"x"`, "more than 100 columns"],
  ["a cell of 5 MB", "y".repeat(5_000_000), "longer than 60,000 characters"],
  ["a quoted cell of 5 MB", `"${"y".repeat(5_000_000)}"`, "quotation mark that is never closed"],
])("%s is refused, with the limit named, and the rows around it are whole", (_what, row, why) => {
  const rows = read(`a,b\n${row}\n1,2\n`, { size: 32_768 });
  expect(said(rows)).toEqual([["a", "b"], expect.stringContaining(why), ["1", "2"]]);
});

test("a million rows with a lone quotation mark each do not make it walk to the end for each of them", () => {
  const text = 'x,"y\n'.repeat(50_000);
  const began = performance.now();
  const rows = read(text, { size: 32_768 });
  expect(rows.every((row) => "why" in row)).toBe(true);
  expect(performance.now() - began).toBeLessThan(20_000);
});

const cell = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 20 }),
  fc.constantFrom(
    "=1+1",
    "@SUM(A1)",
    "+44 20 7946 0000",
    "-1",
    "'",
    "'=x",
    '"',
    '""',
    "a\nb",
    "＝1",
    "Siân",
    ";",
    "\t",
    "'''+x",
    " ",
  ),
);
test("whatever is in cells: what our export writes reads back as it was, in pieces of any size", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(cell, { minLength: 2, maxLength: 5 }), { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 50 }),
      (table, size) => {
        const rows = table.filter((row) => row.some((one) => one.trim() !== ""));
        const back = read(csvLines(rows), { size }).map((row) =>
          "cells" in row ? row.cells.map(typedCell) : row.why,
        );
        const oneLineEnd = (text: string) => text.replace(/\r\n?/g, "\n");
        expect(back).toEqual(rows.map((row) => row.map(oneLineEnd)));
      },
    ),
    { numRuns: 500 },
  );
});

test("any text at all is cut without an exception, and the cutting does not depend on where the pieces end", () => {
  const wild = fc.array(fc.constantFrom('"', ",", "\n", "\r", "a", "b,", '""', "\r\n", " ", "é"), {
    maxLength: 60,
  });
  fc.assert(
    fc.property(wild, fc.integer({ min: 1, max: 10 }), (pieces, size) => {
      const text = pieces.join("");
      expect(read(text, { size })).toEqual(read(text, { size: 1_000 }));
    }),
    { numRuns: 1_000 },
  );
});
