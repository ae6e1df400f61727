// The look-up file of postcodes: every row of it or none, in the words and columns of others' files; the bundled one is in order.
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { PROJECT } from "../../config/env.ts";
import { importPostcodes } from "../../src/audience/import/postcodes.ts";
import { BY, notWell, withImports } from "../support/importing.ts";

const { house, rows, file } = withImports();
const bring = (content: string, replace = false) =>
  importPostcodes(house().deps, { path: file(content), by: BY, replace });
const table = () => rows("SELECT postcode, area_code FROM postcode ORDER BY postcode");

test("postcodes come in however they are written; again changes nothing, and “replace” lets the others go", async () => {
  await rows("DELETE FROM postcode");
  expect(await bring("pcds,wd24cd\naw1 1aa,ALW-01\nAW1-2BB,ALW-05-1\nAW11AA,ALW-01\n")).toBe(2);
  const both = [
    { postcode: "AW11AA", area_code: "ALW-01" },
    { postcode: "AW12BB", area_code: "ALW-05-1" },
  ];
  expect(await table()).toEqual(both);
  await bring("postcode;area_code\nAW1 1AA;ALW-01\n");
  expect(await table()).toEqual(both);
  await bring("postcode,area_code\nAW1 1AA,ALW-05\n", true);
  expect(await table()).toEqual([{ postcode: "AW11AA", area_code: "ALW-05" }]);
  const [entry] = await house().deps.store.log.list({ limit: 1 });
  expect(entry?.body).toContain("postcodes.imported");
});

test.each([
  ["postcode,area_code\nAW1 1AA,ALW-01\nnonsense,ALW-01\n", "Row 3 has no postcode."],
  ["postcode,area_code\nAW1 1AA,GOTHAM\n", "Row 2 names an area that the partnership does not have."],
  ["postcode,area_code\nAW1 1AA,ALW-01\nAW11AA,ALW-05\n", "Row 3 puts its postcode into another area"],
  ['postcode,area_code\nAW1 1AA,"ALW-01\n', "Row 2 has a quotation mark that is never closed."],
])("%j is refused by row and reason, and nothing is stored", async (content, words) => {
  await rows("DELETE FROM postcode");
  const error = await notWell(bring(content));
  expect(error.code).toBe("postcodes");
  expect(error.faults.join(" ")).toContain(words);
  expect(await table()).toEqual([]);
});

test("a file without the two columns is told what it needs", async () => {
  expect((await notWell(bring("email\nann@example.org\n"))).message).toContain("a column postcode");
});

test("the bundled file fits the example partnership", async () => {
  const path = join(PROJECT, "config", "postcodes.example.csv");
  expect(await importPostcodes(house().deps, { path, by: BY, replace: true })).toBeGreaterThan(100);
});
