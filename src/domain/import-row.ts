// One row of somebody's list, judged by rules alone: a person with or without a consent we can show, or refused with the column and why. Pure.
import { type Flag, readAddress } from "./address.ts";
import {
  type AgeBand,
  ageFault,
  byGuardian,
  type Evidence,
  readAge,
  readEvidence,
} from "./import-evidence.ts";
import type { ImportRules, RowNote, RowRead } from "./import-rules.ts";
import { ownAddressFault } from "./own-address.ts";
import { remembering } from "./remembering.ts";
import { type Cell, cellsOf, keysIn, nameAndLanguage, openKeys, placeOf } from "./import-cell.ts";

/** Used once and thrown away, or set out to catch who writes without being asked (H16). */
const DISPOSABLE =
  /@(?:mailinator|guerrillamail|10minutemail|yopmail|trashmail|sharklasers|temp-?mail|throwawaymail|maildrop|dispostable|spamtrap)\.[a-z.]+$/;
const PARKED: Readonly<Record<Exclude<Flag, "unicode-local">, string>> = {
  role: "is read by several people or by nobody in particular, so nobody of them can have agreed; a person has to look at it",
  "mixed-script": "mixes letters of two scripts, as look-alikes do; a person has to look at it",
};

export type RowReader = (cells: readonly string[]) => RowRead;

/** Judges rows one by one. Every fault of a row is told at once. */
export function openRowReader(rules: ImportRules): RowReader {
  const [groupsOf, interestsOf] = [openKeys(rules.groups), openKeys(rules.interests)];
  const evidenceOf = openEvidence(rules);
  return (cells) => {
    if (cells.some((cell) => cell.length > rules.cell))
      return refusedRow(`has a cell of more than ${rules.cell.toLocaleString("en-GB")} characters`);
    const notes: RowNote[] = [];
    const cell = cellsOf(cells, rules);
    const email = emailOf(cell("email", false), rules, notes);
    const about = { ...nameAndLanguage(cell, rules, notes), ...placeOf(cell, rules, notes) };
    const ageBand = ageOf(cell, rules, notes);
    const groups = keysIn(cell("groups"), groupsOf, "groups", notes);
    const interests = keysIn(cell("interests"), interestsOf, "interests", notes);
    const evidence = evidenceOf(cell, ageBand, notes);
    const refused = notes.filter(({ became }) => became === "refused");
    if (email === null || refused.length > 0) return { person: null, notes: refused };
    const parked = notes.some(({ became }) => became === "parked");
    const said = { groups, interests, ageBand, evidence: parked ? null : evidence };
    return { person: { ...email, ...about, ...said }, notes };
  };
}

export const refusedRow = (why: string): RowRead => ({
  person: null,
  notes: [{ field: "row", why, became: "refused" }],
});

function emailOf(text: string, rules: ImportRules, notes: RowNote[]): { email: string; key: string } | null {
  const refuse = (why: string): null => {
    notes.push({ field: "email", why, became: "refused" });
    return null;
  };
  const read = readAddress(text);
  if (!read.ok) return refuse(read.why);
  const own = ownAddressFault(read.address, rules.mailFrom);
  if (own !== null) return refuse(own);
  if (read.flags.includes("unicode-local") && !rules.unicodeLocal)
    return refuse('has letters before the "@" that our mail relay cannot send to');
  if (rules.takeFlagged) return { email: read.address, key: read.key };
  for (const flag of read.flags)
    if (flag !== "unicode-local") notes.push({ field: "email", why: PARKED[flag], became: "parked" });
  if (DISPOSABLE.test(read.key))
    notes.push({
      field: "email",
      why: "is at a domain of throw-away addresses; a person has to look at it",
      became: "parked",
    });
  return { email: read.address, key: read.key };
}

function ageOf(cell: Cell, { kind, now }: ImportRules, notes: RowNote[]): AgeBand {
  const read = readAge(
    { band: cell("age_band"), born: cell("date_of_birth"), age: cell("age") },
    now.slice(0, 10),
  );
  if (!read.ok) {
    notes.push({ field: read.field, why: read.why, became: "refused" });
    return "adult";
  }
  const why = ageFault(read.band, kind);
  if (why !== null) notes.push({ field: "age_band", why, became: "refused" });
  return read.band ?? "adult";
}

function openEvidence(rules: ImportRules) {
  // Four texts as one: rows of one sign-up form differ by their day only.
  const read = remembering(5_000, (four) => {
    const [basis = "", wording = "", source = "", given_at = ""] = four.split("\n");
    return readEvidence({ basis, wording, source, given_at }, rules);
  });
  return (cell: Cell, band: AgeBand, notes: RowNote[]): Evidence | null => {
    const [wording, source] = [cell("wording"), cell("source")];
    for (const [field, text] of [
      ["wording", wording],
      ["source", source],
    ] as const)
      if (text.length > rules.most[field])
        notes.push({ field, why: `is longer than ${rules.most[field]} characters`, became: "refused" });
    const found = read(`${cell("basis")}\n${wording}\n${source}\n${cell("given_at")}`);
    if (found.kind !== "given") {
      const missing = found.kind === "missing";
      const why = missing ? "is missing, so there is no consent that could be shown" : found.why;
      notes.push({ field: found.field, why, became: missing ? "parked" : "refused" });
      return null;
    }
    if (band === "under-13" && !byGuardian(found.evidence.source)) {
      const why = "does not say that a parent, guardian or school agreed, which a child under 13 needs";
      notes.push({ field: "source", why, became: "parked" });
    }
    return found.evidence;
  };
}
