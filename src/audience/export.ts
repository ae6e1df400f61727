// Takes a list out: everybody on it who may be written to. A sensitive one takes two people's word, each time (LAW6, SEC11).
import { DomainError } from "../domain/errors.ts";
import type { LogLine } from "../domain/log-entry.ts";
import { shownCounts } from "../domain/small-count.ts";
import type { ExportRequestRow, ExportRow } from "../store/exports.ts";
import type { Store } from "../store/store.ts";
import { csvHead, csvLines } from "./csv.ts";
import { listOf } from "./import/rules.ts";
import { openInterests } from "./sealed-topic.ts";

export interface ExportDeps {
  readonly store: Pick<Store, "exports" | "partnership">;
  readonly secret: string;
}
type SetUp = Awaited<ReturnType<Store["partnership"]["read"]>>;

/** The names under which an import knows them again. */
const COLUMNS = ["email", "first_name", "language", "area", "groups", "interests", "age_band"] as const;
const EVIDENCE = ["basis", "wording", "source", "given_at"] as const;

/**
 * Writes the list as CSV, piece by piece; how many people. Throws "no-such-list", "not-yours" where it belongs to another agency,
 * "two-people" where a sensitive list has no agreed request.
 */
export async function exportList(
  { store, secret }: ExportDeps,
  { listKey, by, requestId = null }: { listKey: string; by: string; requestId?: string | null },
  write: (text: string) => Promise<void>,
): Promise<number> {
  const setUp = await store.partnership.read();
  const list = listOf(setUp, listKey);
  mustBeTheirs(setUp, list, by);
  if (list.sensitive && requestId === null) throw twoPeople(listKey);
  const sensitive = new Set(setUp.interests.filter((one) => one.sensitive).map(({ key }) => key));
  const line = (people: number): LogLine => ({
    ...{ kind: "list.exported", actor: by, agency: list.agencyKey },
    facts: {
      list: listKey,
      ...shownCounts({ people }, list.sensitive),
      ...(requestId === null ? {} : { request: requestId }),
    },
  });
  let begun = false;
  const people = await store.exports.export(
    listKey,
    { requestId: list.sensitive ? mustBeId(requestId) : null, line },
    async (rows) => {
      if (!begun) await write(csvHead([...COLUMNS, ...EVIDENCE]));
      begun = true;
      await write(
        csvLines(rows.map((row) => cellsOf(row, (keys) => openInterests(secret, keys, sensitive)))),
      );
    },
  );
  if (people === "not-agreed") throw twoPeople(listKey);
  if (!begun) await write(csvHead([...COLUMNS, ...EVIDENCE]));
  return people;
}

const cellsOf = (row: ExportRow, open: (keys: readonly string[]) => string[]): string[] => [
  ...[row.email, row.firstName ?? "", row.language, row.areaCode ?? ""],
  ...[row.groups.join("|"), open(row.interests).join("|"), row.ageBand],
  ...[row.basis, row.wording, row.source, row.givenAt.toISOString()],
];

/** Asks for a sensitive list; the request's id. Throws "no-such-list", "not-yours", "no-reason". */
export async function requestExport(
  { store }: ExportDeps,
  { listKey, by, why }: { listKey: string; by: string; why: string },
): Promise<string> {
  const setUp = await store.partnership.read();
  const list = listOf(setUp, listKey);
  mustBeTheirs(setUp, list, by);
  if (why.trim() === "")
    throw new DomainError(
      "no-reason",
      "Say what the list is needed for: a second person decides by that, and it stays on record.",
    );
  const facts = { list: listKey };
  return store.exports.ask(listKey, why.trim().slice(0, 500), by, {
    ...{ kind: "export.requested", actor: by, agency: list.agencyKey, why: why.trim().slice(0, 500), facts },
  });
}

/** A second person's word. Throws "no-such-request", "second-person". */
export async function agreeExport(
  { store }: ExportDeps,
  { id, by }: { id: string; by: string },
): Promise<ExportRequestRow> {
  const request = await store.exports.request(mustBeId(id));
  if (!request || request.usedAt !== null || request.agreedAt !== null)
    throw new DomainError(
      "no-such-request",
      'No request of this id waits for a second person. "bellman subscribers export-agree" lists those that do.',
    );
  const { people } = await store.partnership.read();
  const person = people.find(({ email }) => email.toLowerCase() === by.toLowerCase());
  const same = request.askedBy.toLowerCase() === by.toLowerCase();
  if (same || !person?.roles.includes("approver"))
    throw new DomainError(
      "second-person",
      "A second person has to agree: an approver of the partnership, and not who asked.",
    );
  const agreed = await store.exports.agree(id, person.email, {
    ...{
      kind: "export.agreed",
      actor: person.email,
      agency: person.agencyKey,
      facts: { list: request.listKey, request: id },
    },
  });
  if (!agreed) throw new DomainError("somebody-was-first", "Somebody else agreed in the same moment.");
  return request;
}

/** Another agency's people are written to, never read (LAW13). */
function mustBeTheirs(setUp: SetUp, list: { key: string; agencyKey: string }, by: string): void {
  const person = setUp.people.find(({ email }) => email.toLowerCase() === by.toLowerCase());
  if (person?.agencyKey === list.agencyKey) return;
  throw new DomainError(
    "not-yours",
    `Only people of the agency that owns list "${list.key}" take it out. Others send to it on its behalf and see counts.`,
  );
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
function mustBeId(id: string | null): string {
  if (id !== null && UUID.test(id)) return id;
  throw new DomainError(
    "no-such-request",
    'There is no request of this id. "bellman subscribers export-agree" lists those that wait.',
  );
}

const twoPeople = (listKey: string): DomainError =>
  new DomainError(
    "two-people",
    `Being on list "${listKey}" says something about a person, so it is taken out only when two people say so, once, within 7 days. Ask with "bellman subscribers export-request", let an approver agree with "export-agree", then give --request.`,
  );
