// Brings a list in from a file: read row by row, and then taken as a whole or not at all (H1-H16). Runs in the process that was asked:
// in stretches of some milliseconds, because a thread would need a second pool of connections, and its death would have to be told apart.
import { basename } from "node:path";
import { DomainError } from "../../domain/errors.ts";
import { EVIDENCE_FIELDS } from "../../domain/import-evidence.ts";
import type { LogLine } from "../../domain/log-entry.ts";
import { shownCounts } from "../../domain/small-count.ts";
import type { ImportNote, ImportSession } from "../../store/imports.ts";
import type { Taken } from "../../store/import-taking.ts";
import { openCopyLines } from "./copy-line.ts";
import { lookAt, type Look } from "./look.ts";
import { readFile, type ReadCounts } from "./read.ts";
import type { ImportDeps, ImportRequest, ImportResult } from "./request.ts";
import { openSender } from "./sender.ts";
import { listOf, mappingFor, rulesFor } from "./rules.ts";

/**
 * Throws DomainError with nothing taken: what lookAt(), mappingFor(), rulesFor() and readFile() throw, "unsure-encoding",
 * "rows-refused" with `strict`.
 */
export async function importList(deps: ImportDeps, request: ImportRequest): Promise<ImportResult> {
  const prepared = await prepare(deps, request);
  const { look, list, rules, told } = prepared;
  const known = await deps.store.imports.of(list.key, look.survey.hash);
  if (known) return { kind: "same", importId: known.id, at: known.finishedAt };
  await deps.store.imports.clear();
  const session = await deps.store.imports.begin({
    ...{ listKey: list.key, fileName: basename(request.fileName).slice(0, 200), madeBy: request.by },
    settings: settingsOf(look, request, [...rules.places.keys()]),
  });
  const line = openCopyLines({ importId: session.id, secret: deps.secret, sensitive: prepared.sensitive });
  return withSession(session, request, async () => {
    request.onBegin?.(session.id);
    const { take, flush, shown: notes } = openSender(session, request, look);
    const read = await readFile({ path: request.path, look, rules, line, take });
    await flush();
    if (request.strict && read.refused > 0) throw rowsRefused(read.refused, notes);
    const taken = await session.take({
      ...{ listKey: list.key, fileHash: look.survey.hash, dryRun: request.dryRun === true },
      counts: { ...read, ignored: told.ignored.join(", ").slice(0, 500), missing: told.missing.join(", ") },
      line: (counts) => logLine(request, list, read, counts),
    });
    if (taken === "same") return sameNow(deps, list.key, look.survey.hash);
    return {
      ...read,
      ...taken,
      ...told,
      importId: session.id,
      kind: request.dryRun ? "would" : "taken",
      notes,
    };
  });
}

/** Everything that can be said before the first row is read. */
async function prepare({ store, settings }: ImportDeps, request: ImportRequest) {
  const look = await lookAt(request.path, request.encoding);
  mustBeSure(look, request);
  const setUp = await store.partnership.read();
  const list = listOf(setUp, request.listKey);
  const { places, ignored } = mappingFor(look.headings, request.columns ?? new Map(), list);
  const { mailFrom, bounceAddress } = settings;
  const choices = { ...request, now: await store.plan.now(), mailFrom, bounceAddress };
  const rules = rulesFor(setUp, list, places, choices);
  const told = {
    missing: EVIDENCE_FIELDS.filter((field) => !places.has(field) && rules.fallback[field] === undefined),
    ignored: ignored.map(({ heading }) => heading),
    ignoredWhy: ignored.flatMap(({ heading, why }) =>
      why === null ? [] : [`“${heading}” is left aside: ${why}.`],
    ),
  };
  const sensitive = new Set(setUp.interests.filter((one) => one.sensitive).map(({ key }) => key));
  return { look, list, rules, told, sensitive };
}

/** Somebody imported the same file in the same moment and was first. */
async function sameNow({ store }: ImportDeps, listKey: string, hash: string): Promise<ImportResult> {
  const known = await store.imports.of(listKey, hash);
  return { kind: "same", importId: known?.id ?? "", at: known?.finishedAt ?? null };
}

async function withSession(
  session: ImportSession,
  { dryRun }: ImportRequest,
  work: () => Promise<ImportResult>,
): Promise<ImportResult> {
  try {
    const result = await work();
    await session.end({ gone: dryRun === true || result.kind === "same" });
    return result;
  } catch (error) {
    const why =
      error instanceof DomainError ? [error.message, ...error.faults.slice(0, 20)].join(" ") : "failed";
    await session.end({ gone: dryRun === true, why }).catch(() => undefined);
    throw error;
  }
}

function mustBeSure({ sure, encoding }: Look, { confirmed, dryRun }: ImportRequest): void {
  if (sure || confirmed || dryRun) return;
  throw new DomainError(
    "unsure-encoding",
    `This file is not in UTF-8; it reads as ${encoding}, but nothing in it proves that. Look at its rows first (--dry-run shows them); if the names are right, say so with --encoding ${encoding}.`,
  );
}

const rowsRefused = (count: number, notes: readonly ImportNote[]): DomainError =>
  new DomainError(
    "rows-refused",
    `${count.toLocaleString("en-GB")} row${count === 1 ? " is" : "s are"} refused, and you asked for all rows or none. Nothing was taken in.`,
    notes
      .filter(({ became }) => became === "refused")
      .slice(0, 20)
      .map(sayNote),
  );

/** "Row 17, email: has no "@"." Names nobody. */
export const sayNote = ({ rowNo, field, why }: ImportNote): string =>
  `Row ${rowNo}${field === "row" ? "" : `, ${field}`}: ${why}.`;

/** How the file was read, so that an import can be understood later. No cell of it. */
const settingsOf = (look: Look, request: ImportRequest, fields: readonly string[]) => ({
  ...{ encoding: look.encoding, delimiter: look.delimiter, columns: fields },
  ...{ strict: request.strict === true, takeFlagged: request.takeFlagged === true },
});

const logLine = (
  { by }: ImportRequest,
  list: { key: string; agencyKey: string; sensitive: boolean },
  { rows, refused }: ReadCounts,
  { joined, standing, parked, stopped, duplicates }: Taken,
): LogLine => ({
  ...{ kind: "list.imported", actor: by, agency: list.agencyKey },
  facts: {
    list: list.key,
    ...shownCounts({ rows, joined, standing, parked, stopped, duplicates, refused }, list.sensitive),
  },
});
