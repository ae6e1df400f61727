// bellman subscribers import | imports: a file into a list, with progress, and what became of its rows.
import { basename } from "node:path";
import type { Encoding } from "../audience/import/encoding.ts";
import { importList, sayNote } from "../audience/import/import.ts";
import { type Look, lookAt } from "../audience/import/look.ts";
import type { ImportResult } from "../audience/import/request.ts";
import type { OpenHouse } from "../house.ts";
import { note, progress, say, sayJson, table } from "./print.ts";

export interface ImportOptions {
  readonly list: string;
  readonly by: string;
  readonly map: ReadonlyMap<string, string>;
  readonly encoding?: Encoding;
  readonly basis?: string;
  readonly source?: string;
  readonly wording?: string;
  readonly givenAt?: string;
  readonly strict?: true;
  readonly takeFlagged?: true;
  readonly relayTakesUnicode?: true;
  readonly dryRun?: true;
  readonly json?: true;
}
type Done = Exclude<ImportResult, { kind: "same" }>;

/** Notes a terminal shows; every one is kept with the import (table import_refusal). */
const SHOWN = 20;

export async function importFile({ deps }: OpenHouse, file: string, options: ImportOptions): Promise<void> {
  const { list, by, map, encoding, basis, source, wording, givenAt, json } = options;
  if (options.dryRun && !json) showLook(await lookAt(file, encoding));
  const bar = progress("kB read");
  const result = await importList(deps, {
    ...{ path: file, fileName: basename(file), listKey: list, by, columns: map },
    ...(encoding ? { encoding, confirmed: true } : {}),
    consent: { basis, source, wording, givenAt },
    ...{ strict: options.strict === true, takeFlagged: options.takeFlagged === true },
    ...{ unicodeLocal: options.relayTakesUnicode === true, dryRun: options.dryRun === true },
    onProgress: (bytes, of) => bar.update(Math.round(bytes / 1_000), Math.round(of / 1_000)),
  }).finally(() => bar.stop());
  if (json) return sayJson(result);
  if (result.kind === "same")
    return say(
      `This very file was brought into "${list}" before${result.at ? ` (${result.at.toISOString().slice(0, 16)} UTC)` : ""}. Nothing was changed.`,
    );
  print(result, list, `${deps.settings.publicUrl}/imports/${result.importId}`);
}

/** The first rows as they read: whether the letters are right only a person can see. */
function showLook({ encoding, sure, headings, rows }: Look): void {
  note(`Read as ${encoding}${sure ? "" : ", which is a guess: check the letters below"}. The first rows:\n`);
  const most = 24;
  const short = (cell: string) =>
    (cell.length > most ? `${cell.slice(0, most - 1)}…` : cell).replace(/[\p{Cc}\p{Cf}]/gu, "·");
  const shown = rows.map((row) => [
    String(row.no),
    ...("cells" in row ? headings.map((_, i) => short(row.cells[i] ?? "")) : [row.why]),
  ]);
  note(`${table(["row", ...headings.map(short)], shown)}\n`);
}

function print(result: Done, list: string, page: string): void {
  const { rows, joined, standing, parked, stopped, duplicates, refused, changed, flagged } = result;
  const would = result.kind === "would";
  const lines: readonly (readonly [string, number])[] = [
    ["rows of people", rows],
    [`${would ? "would join" : "joined"} "${list}"`, joined],
    ["were on it already", standing],
    ["kept, but not written to", parked],
    ["asked us to stop", stopped],
    ["rows of somebody twice", duplicates],
    ["rows refused", refused],
    ["rows with something left out", changed],
  ];
  say();
  say(
    table(
      ["what", "how many"],
      lines.filter(([, count], i) => i < 2 || count > 0),
    ),
  );
  say();
  for (const line of explained(result)) say(line);
  for (const one of result.notes.slice(0, SHOWN)) say(`  ${sayNote(one)}`);
  if (result.notes.length > SHOWN) say("  … and more.");
  if (flagged > 0)
    say("Looked at those addresses? Put them into a file of their own and import it with --take-flagged.");
  say(would ? "Nothing was stored (dry run)." : `The whole report: ${page}`);
}

function* explained({ missing, ignored, ignoredWhy }: Done): Generator<string> {
  if (missing.length > 0)
    yield `The file has no ${missing.join(", ")} of anybody's consent, so nobody of it is written to. Give --basis, --source, --wording and --given-at where you can show it.`;
  const others = ignored.length - ignoredWhy.length;
  yield* ignoredWhy;
  if (others > 0) yield `${others} other column(s) were left aside: ${ignored.join(", ")}.`;
}

export async function pastImports({ deps }: OpenHouse, { json }: { json?: true }): Promise<void> {
  const imports = await deps.store.imports.list(100);
  if (json) return sayJson({ imports });
  if (imports.length === 0)
    return say("Nothing was imported yet. Import with: bellman subscribers import FILE --list KEY");
  const count = (value: unknown) => (typeof value === "number" ? value : 0);
  const rows = imports.map(({ startedAt, listKey, fileName, state, madeBy, counts }) => [
    ...[startedAt.toISOString().slice(0, 16), listKey, fileName, state, madeBy],
    ...[count(counts.rows), count(counts.joined), count(counts.refused)],
  ]);
  say(table(["when (UTC)", "list", "file", "state", "by", "rows", "joined", "refused"], rows));
}
