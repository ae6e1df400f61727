// Brings the table of postcodes up to date from a file of two columns: all its rows, or, where one is at fault, none.
import { createReadStream } from "node:fs";
import { IMPORT_LIMITS } from "../../../config/audience-limits.ts";
import { DomainError } from "../../domain/errors.ts";
import { columnName } from "../../domain/import-columns.ts";
import { postcodeKey } from "../../domain/postcode.ts";
import type { PostcodeRow } from "../../store/postcodes.ts";
import type { Store } from "../../store/store.ts";
import { openDecoder } from "./encoding.ts";
import { type Look, lookAt } from "./look.ts";
import { openRows, type RawRow } from "./rows.ts";

const POSTCODE = new Set(["postcode", "post_code", "pcd", "pcds", "pcd7", "pcd8"]);
const AREA = new Set(["area", "area_code", "ward", "ward_code", "wd", "osward", "wd24cd", "wd25cd"]);
const FAULTS_SHOWN = 20;

/** How many postcodes. Throws "postcodes" with every fault (the first 20), and what lookAt() throws. */
export async function importPostcodes(
  { store }: { readonly store: Pick<Store, "partnership" | "postcodes"> },
  { path, by, replace }: { path: string; by: string; replace: boolean },
): Promise<number> {
  const look = await lookAt(path);
  const place = (names: ReadonlySet<string>) =>
    look.headings.findIndex((heading) => names.has(columnName(heading)));
  const [postcodeAt, areaAt] = [place(POSTCODE), place(AREA)];
  if (postcodeAt < 0 || areaAt < 0)
    throw new DomainError(
      "postcodes",
      "The file needs a column postcode and a column area_code with the code of a ward or neighbourhood.",
    );
  const { areas } = await store.partnership.read();
  const codes = new Set(areas.map(({ code }) => code));
  const found = new Map<string, string>();
  const faults: string[] = [];
  for await (const row of rowsOf(path, look)) {
    const read = readPair(row, postcodeAt, areaAt, codes);
    if (typeof read === "string") faults.push(`Row ${row.no} ${read}.`);
    else if ((found.get(read.postcode) ?? read.areaCode) !== read.areaCode)
      faults.push(`Row ${row.no} puts its postcode into another area than an earlier row.`);
    else found.set(read.postcode, read.areaCode);
  }
  if (faults.length > 0)
    throw new DomainError(
      "postcodes",
      `${faults.length} row(s) of the postcodes cannot be used. Nothing was stored.`,
      faults.slice(0, FAULTS_SHOWN),
    );
  const rows = [...found].map(([postcode, areaCode]) => ({ postcode, areaCode }));
  await store.postcodes.write(rows, {
    replace,
    line: { kind: "postcodes.imported", actor: by, facts: { postcodes: rows.length, replaced: replace } },
  });
  return rows.length;
}

function readPair(
  row: RawRow,
  postcodeAt: number,
  areaAt: number,
  codes: ReadonlySet<string>,
): PostcodeRow | string {
  if (!("cells" in row)) return row.why;
  const postcode = postcodeKey(row.cells[postcodeAt] ?? "");
  const areaCode = (row.cells[areaAt] ?? "").trim();
  if (postcode === null) return "has no postcode";
  return codes.has(areaCode) ? { postcode, areaCode } : "names an area that the partnership does not have";
}

async function* rowsOf(path: string, look: Look): AsyncGenerator<RawRow> {
  const decoder = openDecoder(look.encoding);
  const reader = openRows(look.delimiter, IMPORT_LIMITS);
  const told = (rows: readonly RawRow[]) => rows.filter(({ no }) => no > look.headingRow);
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>)
    yield* told(reader.push(decoder.write(chunk)));
  yield* told([...reader.push(decoder.end()), ...reader.end()]);
}
