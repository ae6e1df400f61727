// What the rules of an import know: the list, the partnership's places, groups and interests, and what the order says for columns that are missing.
import { IMPORT_LIMITS, IMPORT_TEXT } from "../../../config/audience-limits.ts";
import { BASES } from "../../domain/basis.ts";
import { DomainError } from "../../domain/errors.ts";
import { type ImportField, type Mapping, mapColumns } from "../../domain/import-columns.ts";
import type { ImportRules } from "../../domain/import-rules.ts";
import { readDay } from "../../domain/import-evidence.ts";
import type { Store } from "../../store/store.ts";

type SetUp = Awaited<ReturnType<Store["partnership"]["read"]>>;
type ListOf = SetUp["lists"][number];

/** What a person says about a consent where the file has no column of it. */
export interface SaidConsent {
  readonly basis?: string | undefined;
  readonly wording?: string | undefined;
  readonly source?: string | undefined;
  readonly givenAt?: string | undefined;
}
export interface ImportChoices {
  readonly consent?: SaidConsent;
  /** Take role and look-alike addresses as the others: a person has looked at them. */
  readonly takeFlagged?: boolean;
  /** The relay takes addresses with other letters before the "@". */
  readonly unicodeLocal?: boolean;
}

/** Throws "no-such-list". */
export function listOf(setUp: SetUp, key: string): ListOf {
  const list = setUp.lists.find((one) => one.key === key);
  if (list) return list;
  const known = setUp.lists.map((one) => one.key).join(", ");
  throw new DomainError("no-such-list", `There is no list "${key}". There are: ${known || "none yet"}.`);
}

/** Throws "bad-columns" with every fault. `given` as mapColumns() has it. */
export function mappingFor(
  headings: readonly string[],
  given: ReadonlyMap<string, string>,
  list: Pick<ListOf, "kind">,
): Mapping {
  const mapped = mapColumns(headings, given, { youth: list.kind === "youth" });
  if (mapped.ok) return mapped.mapping;
  throw new DomainError("bad-columns", "The columns of this file cannot be used as they are:", mapped.faults);
}

/** What the rules need of this house and this moment. */
interface Here {
  readonly now: string;
  readonly mailFrom: string;
  readonly bounceAddress: string | undefined;
}

/** Throws "bad-consent" where what the order says of all rows cannot be. */
export function rulesFor(
  setUp: SetUp,
  list: ListOf,
  places: ReadonlyMap<ImportField, number>,
  { now, mailFrom, bounceAddress, ...choices }: ImportChoices & Here,
): ImportRules {
  const active = (rows: readonly { key: string; name: string }[]) =>
    new Map(
      rows.flatMap(
        ({ key, name }) =>
          [
            [key, key],
            [name.toLowerCase(), key],
          ] as const,
      ),
    );
  return {
    ...{ places, mailFrom, bounceAddress, now, kind: list.kind, sensitive: list.sensitive },
    agencyKind: setUp.agencies.find((agency) => agency.key === list.agencyKey)?.kind ?? "",
    fallback: fallbackOf(choices.consent ?? {}, now),
    areas: areasByName(setUp.areas),
    groups: active(setUp.groups),
    interests: active(setUp.interests),
    takeFlagged: choices.takeFlagged === true,
    unicodeLocal: choices.unicodeLocal === true,
    most: IMPORT_TEXT,
    cell: IMPORT_LIMITS.cell,
  };
}

function fallbackOf({ basis, wording, source, givenAt }: SaidConsent, now: string) {
  const said = { basis, wording, source, given_at: givenAt };
  const plain = Object.entries(said).flatMap(([field, text = ""]) => {
    const shown = text.replace(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
    return shown === "" ? [] : [[field, shown] as const];
  });
  const fallback: Partial<Record<ImportField, string>> = Object.fromEntries(plain);
  const faults = [
    ...(fallback.basis && !(BASES as readonly string[]).includes(fallback.basis)
      ? [`The basis must be one of ${BASES.join(", ")}.`]
      : []),
    ...(["wording", "source"] as const).flatMap((field) =>
      (fallback[field] ?? "").length > IMPORT_TEXT[field]
        ? [`The ${field} must have at most ${IMPORT_TEXT[field]} characters.`]
        : [],
    ),
    ...(fallback.given_at && !isPast(fallback.given_at, now)
      ? ["The day on which they agreed must be a date that has been, such as 2026-03-31."]
      : []),
  ];
  if (faults.length > 0)
    throw new DomainError("bad-consent", "What is said about the consent of these people cannot be:", faults);
  return fallback;
}

const isPast = (text: string, now: string): boolean => (readDay(text) ?? "9999") <= now;

/** A neighbourhood may have the name of a ward: then only its code says which. */
function areasByName(areas: SetUp["areas"]): Map<string, string | null> {
  const known = new Map<string, string | null>(areas.map(({ code }) => [code.toLowerCase(), code]));
  for (const { code, name } of areas)
    known.set(name.toLowerCase(), known.has(name.toLowerCase()) ? null : code);
  return known;
}
