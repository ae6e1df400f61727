// One row of somebody's list, judged by rules alone: a person with or without a consent we can show, or refused with the column and why. Pure.
import { type Address, type Flag, readAddress } from "./address.ts";
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
import { type Cell, keysIn, nameAndLanguage, openCells, openKeys, placeOf } from "./import-cell.ts";

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
  const emailOf = openEmail(rules);
  const { use, cell } = openCells(rules);
  return (cells) => {
    if (cells.some((cell) => cell.length > rules.cell))
      return refusedRow(`has a cell of more than ${rules.cell.toLocaleString("en-GB")} characters`);
    const notes: RowNote[] = [];
    use(cells);
    const email = emailOf(cell("email", false), notes);
    const { firstName, language } = nameAndLanguage(cell, rules, notes);
    const { areaCode, postcode } = placeOf(cell, rules, notes);
    const ageBand = ageOf(cell, rules, notes);
    const groups = keysIn(cell("groups"), groupsOf, "groups", notes);
    const interests = keysIn(cell("interests"), interestsOf, "interests", notes);
    const evidence = evidenceOf(cell, ageBand, notes);
    if (email === null || notes.some(isRefusal)) return { person: null, notes: notes.filter(isRefusal) };
    const { address, key } = email;
    const parked = notes.some(({ became }) => became === "parked");
    const about = {
      email: address,
      key,
      firstName,
      language,
      areaCode,
      postcode,
      groups,
      interests,
      ageBand,
    };
    return { person: { ...about, evidence: parked ? null : evidence }, notes };
  };
}
const isRefusal = ({ became }: RowNote): boolean => became === "refused";

export const refusedRow = (why: string): RowRead => ({
  person: null,
  notes: [{ field: "row", why, became: "refused" }],
});

type Read = Extract<Address, { ok: true }>;

function openEmail(rules: ImportRules): (text: string, notes: RowNote[]) => Read | null {
  const own = [rules.mailFrom, ...(rules.bounceAddress ? [rules.bounceAddress] : [])].map((address) =>
    address.slice(address.lastIndexOf("@")).toLowerCase(),
  );
  const refusal = (read: Address): string | null => {
    if (!read.ok) return read.why;
    if (read.flags.includes("unicode-local") && !rules.unicodeLocal)
      return 'has letters before the "@" that our mail relay cannot send to';
    return own.some((domain) => read.key.endsWith(domain))
      ? ownAddressFault(read.address, rules.mailFrom, rules.bounceAddress)
      : null;
  };
  return (text, notes) => {
    const read = readAddress(text);
    const why = refusal(read);
    if (why !== null || !read.ok) {
      notes.push({ field: "email", why: why ?? "", became: "refused" });
      return null;
    }
    if (!rules.takeFlagged)
      for (const flagged of whyFlagged(read)) notes.push({ field: "email", why: flagged, became: "parked" });
    return read;
  };
}

function whyFlagged({ flags, key }: Read): readonly string[] {
  const disposable = DISPOSABLE.test(key);
  if (flags.length === 0 && !disposable) return NONE;
  const said = flags.flatMap((flag) => (flag === "unicode-local" ? [] : [PARKED[flag]]));
  return disposable ? [...said, "is at a domain of throw-away addresses; a person has to look at it"] : said;
}
const NONE: readonly string[] = [];

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
