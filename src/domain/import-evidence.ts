// What a row of a file says about a person's consent, and how old they are: enough to write to them, too little, or wrong (H9, H10, LAW2, LAW8). Pure.
import { BASES, type Basis, type ListKind } from "./basis.ts";

export interface Evidence {
  readonly basis: Basis;
  readonly wording: string;
  readonly source: string;
  /** ISO 8601, in UTC. */
  readonly givenAt: string;
}
export const EVIDENCE_FIELDS = ["basis", "wording", "source", "given_at"] as const;
export type EvidenceField = (typeof EVIDENCE_FIELDS)[number];

export interface EvidenceRules {
  readonly kind: ListKind;
  readonly sensitive: boolean;
  /** Of the list's agency. */
  readonly agencyKind: string;
  /** "2026-11-22T10:00:00Z" */
  readonly now: string;
}
export type EvidenceRead =
  | { readonly kind: "given"; readonly evidence: Evidence }
  /** The end of a sentence that begins "This person". */
  | { readonly kind: "missing"; readonly field: EvidenceField; readonly why: string }
  | { readonly kind: "wrong"; readonly field: EvidenceField; readonly why: string };

const SAID: Readonly<Record<EvidenceField, string>> = {
  basis: "basis",
  wording: "wording",
  source: "source",
  given_at: "date",
};
const PUBLIC = new Set(["council", "police", "fire", "nhs", "probation"]);

/** All four have to be there: a consent that cannot be shown is none (UK GDPR Art 7(1)). */
export function readEvidence(
  said: Readonly<Record<EvidenceField, string>>,
  rules: EvidenceRules,
): EvidenceRead {
  const missing = EVIDENCE_FIELDS.find((field) => said[field] === "");
  if (missing !== undefined)
    return { kind: "missing", field: missing, why: `has no ${SAID[missing]} of their consent` };
  const basis = said.basis.toLowerCase().replace(/[\s_]+/g, "-") as Basis;
  const wrong = basisFault(basis, rules);
  if (wrong !== null) return { kind: "wrong", field: "basis", why: wrong };
  const at = readDay(said.given_at);
  if (at === null)
    return { kind: "wrong", field: "given_at", why: "is no date such as 2026-03-31 or 31/03/2026" };
  if (at > rules.now) return { kind: "wrong", field: "given_at", why: "lies in the future" };
  if (at < "1990")
    return { kind: "wrong", field: "given_at", why: "lies before there was anything to agree to" };
  return { kind: "given", evidence: { basis, wording: said.wording, source: said.source, givenAt: at } };
}

function basisFault(basis: string, { kind, sensitive, agencyKind }: EvidenceRules): string | null {
  if (!(BASES as readonly string[]).includes(basis)) return `must be one of ${BASES.join(", ")}`;
  if (basis === "charity-soft-opt-in" && agencyKind !== "voluntary")
    return "is for charities only (PECR reg 22)";
  if (basis === "public-task" && !PUBLIC.has(agencyKind)) return "is for public bodies only";
  if (basis !== "consent" && (sensitive || kind === "youth"))
    return `must be consent: this is a ${sensitive ? "sensitive list" : "list for children and young people"}`;
  return null;
}

const ISO = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)(Z|[+-]\d{2}:?\d{2})?)?$/;
/** As people here write it; a spreadsheet adds a time. Month first is never guessed. */
const BRITISH = /^(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?: (\d{1,2}:\d{2}(?::\d{2})?))?$/;

/** "31/03/2026", "2026-03-31", "2026-03-31T10:00:00Z" → the instant; a time without a zone is taken as UTC. Null: no such day. */
export function readDay(text: string): string | null {
  const iso = ISO.exec(text);
  const british = BRITISH.exec(text);
  if (iso)
    return instant(
      iso[1] ?? "",
      iso[2] ?? "",
      iso[3] ?? "",
      iso[4],
      (iso[5] ?? "Z").replace(/(\d{2})(\d{2})$/, "$1:$2"),
    );
  if (british) return instant(british[3] ?? "", british[2] ?? "", british[1] ?? "", british[4], "Z");
  return null;
}

function instant(year: string, month: string, day: string, time = "00:00", zone: string): string | null {
  const date = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  // 31 February becomes 3 March in a Date: told by the day that comes back.
  const midnight = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return null;
  const at = new Date(`${date}T${time.padStart(5, "0")}${zone}`);
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
}

export const AGE_BANDS = ["adult", "13-17", "under-13"] as const;
export type AgeBand = (typeof AGE_BANDS)[number];

const bandOf = (years: number): AgeBand => (years < 13 ? "under-13" : years < 18 ? "13-17" : "adult");

export type AgeRead =
  | { readonly ok: true; readonly band: AgeBand | null }
  | { readonly ok: false; readonly field: "age_band" | "date_of_birth" | "age"; readonly why: string };

/** The youngest that any of the three says; only the band is ever kept. Null: nothing is said. */
export function readAge(
  { band, born, age }: { band: string; born: string; age: string },
  today: string,
): AgeRead {
  const read = [saidBand(band), saidAge(age), saidBirth(born, today)];
  const fault = read.find((one) => !one.ok);
  if (fault) return fault;
  const bands = read.map((one) => (one.ok ? one.band : null));
  return { ok: true, band: [...AGE_BANDS].reverse().find((one) => bands.includes(one)) ?? null };
}

const NOTHING_SAID: AgeRead = { ok: true, band: null };

function saidBand(text: string): AgeRead {
  if (text === "") return NOTHING_SAID;
  const said = text.toLowerCase().replace(/\s+/g, "").replace("–", "-");
  if (said === "18+") return { ok: true, band: "adult" };
  const band = AGE_BANDS.find((one) => one === said || one.replace("-", "") === said);
  return band
    ? { ok: true, band }
    : { ok: false, field: "age_band", why: `must be one of ${AGE_BANDS.join(", ")}` };
}

function saidAge(text: string): AgeRead {
  if (text === "") return NOTHING_SAID;
  if (!/^\d{1,3}$/.test(text) || Number(text) > 120)
    return { ok: false, field: "age", why: "must be a number of years" };
  return { ok: true, band: bandOf(Number(text)) };
}

function saidBirth(text: string, today: string): AgeRead {
  if (text === "") return NOTHING_SAID;
  const day = readDay(text)?.slice(0, 10);
  if (!day || day > today || day < "1900")
    return { ok: false, field: "date_of_birth", why: "is no date such as 2009-03-31 or 31/03/2009" };
  const years = Number(today.slice(0, 4)) - Number(day.slice(0, 4));
  return { ok: true, band: bandOf(today.slice(5) >= day.slice(5) ? years : years - 1) };
}

/** Why nobody of this age belongs on a list of this kind, as the end of a sentence; null where they do (H10). */
export function ageFault(band: AgeBand | null, kind: ListKind): string | null {
  if (kind === "youth") {
    if (band === null) return "is needed on a list for children and young people: 13-17 or under-13";
    return band === "adult" ? "says adult, and this list is for children and young people" : null;
  }
  return band === "under-13"
    ? "says under 13: children are on lists for children and young people only"
    : null;
}

/** Whose word stands for a child under 13 (UK GDPR Art 8; LAW8); read in what the file says of the consent's source. */
export const byGuardian = (source: string): boolean =>
  /\b(parent|parents|guardian|carer|mother|father|school)\b/i.test(source);
