// The cells of a row that a person says of themselves: cleaned, and held against what the partnership knows (H5, H11). Pure.
import { typedCell } from "./csv-cell.ts";
import type { ImportField } from "./import-columns.ts";
import type { ImportRules, RowNote } from "./import-rules.ts";
import { postcodeKey } from "./postcode.ts";
import { remembering } from "./remembering.ts";

/** Tabs and line ends are space; what else cannot be seen goes (H5). */
const SPACE = /[\s\u00a0]+/gu;
const UNSEEN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/gu;
/** UTF-8 that was once read as Windows-1252 ("SiÃ¢n"), or lost for good. */
const GARBLED = /\ufffd|[ÂÃ][\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|â€[™œ“”˜¦]/u;
const NOTHING = new Set(["", "null", "undefined", "n/a", "none", "-"]);

/** Nearly every cell: nothing in it needs cleaning. An apostrophe may be our own export's. */
const PLAIN = /^[!-&(-~](?:[ -~]*[!-~])?$/;

export type Cell = (field: ImportField, plain?: boolean) => string;
/**
 * Cells of the row that `use` was given last, by their field: without space around it; with `plain`, also without what cannot be seen and
 * our own export's apostrophe. One function for all rows, as a file has a million of them.
 */
export function openCells({ places, fallback }: ImportRules): {
  readonly use: (cells: readonly string[]) => void;
  readonly cell: Cell;
} {
  let row: readonly string[] = [];
  const placeOf = Object.fromEntries(places) as Partial<Record<ImportField, number>>;
  const cell: Cell = (field, plain = true) => {
    const place = placeOf[field];
    const text = place === undefined ? "" : (row[place] ?? "");
    if (!plain) return typedCell(text);
    const said = text === "" || PLAIN.test(text) ? text : cleaned(text);
    return said.length < 10 && NOTHING.has(said.toLowerCase()) ? (fallback[field] ?? "") : said;
  };
  return { use: (cells) => void (row = cells), cell };
}

const cleaned = (text: string): string => typedCell(text).replace(SPACE, " ").replace(UNSEEN, "").trim();

const LANGUAGE = /^[a-z]{2,3}(-[A-Z]{2})?$/;
const languageOf = remembering(
  200,
  (said) =>
    LANGUAGE_NAMES.get(said.toLowerCase()) ??
    said.replace("_", "-").replace(/^[A-Za-z]+/, (code) => code.toLowerCase()),
);
const LANGUAGE_NAMES: ReadonlyMap<string, string> = (() => {
  const named = new Intl.DisplayNames("en-GB", { type: "language" });
  const codes =
    "en pl cy ro pa ur bn gu ar pt es it fr de lt lv uk ru tr so fa ku ps zh hi ta te ne bg hu cs sk sq el yo ig sw am ti vi".split(
      " ",
    );
  return new Map(codes.map((code) => [(named.of(code) ?? code).toLowerCase(), code]));
})();

export function nameAndLanguage(cell: Cell, { most }: ImportRules, notes: RowNote[]) {
  const name = cell("first_name").normalize("NFC");
  const said = cell("language");
  const language = languageOf(said);
  let firstName: string | null = name === "" ? null : name;
  if (name.length > most.name)
    notes.push({ field: "first_name", why: `is longer than ${most.name} characters`, became: "refused" });
  else if (GARBLED.test(name)) {
    firstName = null;
    notes.push({
      field: "first_name",
      why: "had been garbled before it came here, so the name is left out",
      became: "changed",
    });
  } else if (cell("first_name", false).replace(SPACE, " ").search(UNSEEN) >= 0)
    notes.push({
      field: "first_name",
      why: "held characters that cannot be seen, which are left out",
      became: "changed",
    });
  if (language !== "" && !LANGUAGE.test(language))
    notes.push({ field: "language", why: "must be a language such as en, pl or Polish", became: "refused" });
  return { firstName, language: language === "" ? "en" : language };
}

export function placeOf(cell: Cell, { areas }: ImportRules, notes: RowNote[]) {
  const [area, code] = [cell("area"), cell("postcode")];
  const found = area === "" ? null : areas.get(area.toLowerCase());
  if (area !== "" && typeof found !== "string")
    notes.push({
      field: "area",
      why:
        found === null
          ? "is the name of more than one place; use its code"
          : "is no ward or neighbourhood of ours",
      became: "refused",
    });
  const postcode = code === "" ? null : postcodeKey(code);
  if (code !== "" && postcode === null)
    notes.push({ field: "postcode", why: "is no postcode", became: "refused" });
  return { areaCode: found ?? null, postcode: found ? null : postcode };
}

export type KeysOf = (text: string) => readonly string[] | null;
/** Several in one cell: with "|" or ";" between them, or commas. Keys or names, whatever the capitals. Null: one is not known. */
export const openKeys = (known: ReadonlyMap<string, string>): KeysOf =>
  remembering(1_000, (text) => {
    const said = text.split(/[|;]/).flatMap((part) => (known.has(tidy(part)) ? [part] : part.split(",")));
    const keys = said.flatMap((part) => (tidy(part) === "" ? [] : [known.get(tidy(part))]));
    return keys.every((key) => key !== undefined) ? [...new Set(keys)].sort() : null;
  });
const tidy = (text: string): string => text.trim().toLowerCase();

export function keysIn(
  text: string,
  keysOf: KeysOf,
  field: "groups" | "interests",
  notes: RowNote[],
): readonly string[] {
  const keys = text === "" ? [] : keysOf(text);
  if (keys !== null) return keys;
  const word = field === "groups" ? "a group" : "an interest";
  notes.push({ field, why: `names ${word} that the partnership does not have`, became: "refused" });
  return [];
}
