// Which column of somebody's table is which of our fields: offered by its name, said by a person where the name is not enough (H4, H15). Pure.

export const IMPORT_FIELDS = [
  ...["email", "first_name", "language", "postcode", "area", "groups", "interests", "age_band"],
  ...["date_of_birth", "age", "basis", "wording", "source", "given_at"],
] as const;
export type ImportField =
  | ("email" | "first_name" | "language" | "postcode" | "area" | "groups" | "interests" | "age_band")
  | ("date_of_birth" | "age" | "basis" | "wording" | "source" | "given_at");

/** What other people's systems call it; "Email Address" is read as "email_address". Our own export uses the field's own name. */
const SYNONYMS: Readonly<Record<ImportField, readonly string[]>> = {
  email: ["e_mail", "email_address", "e_mail_address", "emailaddress", "mail", "email_1", "subscriber_email"],
  first_name: ["firstname", "forename", "given_name", "first", "fname", "christian_name"],
  language: ["lang", "preferred_language", "language_code", "locale"],
  postcode: ["post_code", "postal_code", "postalcode", "zip", "zip_code"],
  area: ["ward", "area_code", "ward_code", "ward_name", "neighbourhood", "area_name"],
  groups: ["group", "audience", "community"],
  interests: ["interest", "topics", "topic", "interested_in"],
  age_band: ["age_group", "ageband", "age_range"],
  date_of_birth: ["dob", "birth_date", "birthdate", "birthday"],
  age: ["age_in_years"],
  basis: ["consent_basis", "lawful_basis", "legal_basis"],
  wording: ["consent_wording", "wording_version", "consent_text", "consent_statement"],
  source: ["consent_source", "signup_source", "sign_up_source", "opt_in_source", "consent_from"],
  given_at: [
    ...["consent_date", "consent_given_at", "consent_given", "date_of_consent", "opt_in_date", "opt_in_time"],
    ...["optin_time", "confirm_time", "signup_date", "sign_up_date", "subscribed_at", "date_subscribed"],
  ],
};
const BY_NAME = new Map(
  IMPORT_FIELDS.flatMap((field) => [field, ...SYNONYMS[field]].map((name) => [name, field] as const)),
);
/** Would reach into the machinery of a program that builds objects from headers (ASVS 15.3.6). Ours does not; a file with them is no list. */
const DANGEROUS = new Set(["__proto__", "constructor", "prototype"]);
/** To which list somebody goes is said by the person who imports, never by the file (H15). */
const OTHER_LISTS = new Set(["list", "list_id", "list_key", "lists", "mailing_list", "list_name", "segment"]);
/** Bellman writes to people who asked for it; it keeps no cases (LAW7, LAW24). */
const CASES = new Set([
  ...[
    "victim",
    "offender",
    "suspect",
    "witness",
    "case",
    "case_id",
    "case_number",
    "crime_reference",
    "crime_ref",
  ],
  ...[
    "crime_number",
    "incident_number",
    "offence",
    "conviction",
    "nhs_number",
    "supervision",
    "risk_level",
    "pnc_id",
  ],
]);
/** The registers of schools (H10). */
const PUPILS = new Set(["pupil", "pupil_id", "pupil_name", "upn", "year_group", "school_year"]);

/** "Email Address " → "email_address". */
export const columnName = (heading: string): string =>
  heading
    .replace(/^\ufeff/u, "")
    .trim()
    .toLowerCase()
    .replace(/[\s.:/\u00a0-]+/gu, "_")
    .replace(/^_(?!_)|(?<!_)_$/gu, "");

export interface Mapping {
  /** The place of each field's column, from 0; a field that is not there has none. */
  readonly places: ReadonlyMap<ImportField, number>;
  /** Headings of columns that are left aside, and a sentence for those that are left aside for a reason. */
  readonly ignored: readonly { readonly heading: string; readonly why: string | null }[];
}
export type Mapped =
  | { readonly ok: true; readonly mapping: Mapping }
  | { readonly ok: false; readonly faults: readonly string[] };

/** The field a column's name offers; null where it offers none. */
export const offeredField = (heading: string): ImportField | null => BY_NAME.get(columnName(heading)) ?? null;

/**
 * `given`: heading (or "#3" for the third column) → field, or "" to leave a column aside, as a person said; what it does not name is
 * offered by name. `youth`: the list is one for children and young people.
 */
export function mapColumns(
  headings: readonly string[],
  given: ReadonlyMap<string, string> = new Map(),
  { youth = false }: { youth?: boolean } = {},
): Mapped {
  const faults = [...headingFaults(headings, youth), ...givenFaults(headings, given)];
  const fields = headings.map((heading, place) => fieldOf(heading, place, given));
  const places = new Map<ImportField, number>();
  for (const [place, field] of fields.entries()) {
    if (field === null) continue;
    const before = places.get(field);
    if (before === undefined) places.set(field, place);
    else
      faults.push(
        `Columns ${before + 1} and ${place + 1} would both be "${field}". Say which one is, and leave the other aside.`,
      );
  }
  if (!places.has("email") && faults.length === 0)
    faults.push(
      `No column is the email address. Say which one is; the file has: ${headings.map(shown).join(", ")}.`,
    );
  if (faults.length > 0) return { ok: false, faults };
  const ignored = headings.flatMap((heading, place) =>
    fields[place] === null ? [{ heading: shown(heading), why: whyIgnored(heading) }] : [],
  );
  return { ok: true, mapping: { places, ignored } };
}

/** What a person said of a column, else what its name offers; null where it is left aside. */
function fieldOf(heading: string, place: number, given: ReadonlyMap<string, string>): ImportField | null {
  const said = given.get(`#${place + 1}`) ?? given.get(heading.trim());
  if (said === undefined) return offeredField(heading);
  return said === "" ? null : (said as ImportField);
}

function headingFaults(headings: readonly string[], youth: boolean): string[] {
  return headings.flatMap((heading, place) => {
    const name = columnName(heading);
    const where = `Column ${place + 1}`;
    if (DANGEROUS.has(name))
      return [`${where} has a name that no list of people has. Take it out of the file.`];
    if (CASES.has(name))
      return [
        `${where} is about a case ("${shown(heading)}"). Bellman keeps no victims, offenders or cases: take it out.`,
      ];
    if (PUPILS.has(name) && !youth)
      return [
        `${where} is from a register of pupils ("${shown(heading)}"). Children are on youth lists only.`,
      ];
    // A header of addresses is no header: the first person would be lost.
    return heading.includes("@")
      ? [`${where} has an email address where its name should be: the first line must name the columns.`]
      : [];
  });
}

function givenFaults(headings: readonly string[], given: ReadonlyMap<string, string>): string[] {
  const known = new Set(headings.flatMap((heading, place) => [heading.trim(), `#${place + 1}`]));
  return [...given].flatMap(([column, field]) => {
    if (!known.has(column)) return [`There is no column "${shown(column)}" in the file.`];
    if (field !== "" && !(IMPORT_FIELDS as readonly string[]).includes(field))
      return [`"${shown(field)}" is no field of ours. There are: ${IMPORT_FIELDS.join(", ")}.`];
    const twice = headings.filter((heading) => heading.trim() === column).length > 1;
    return twice
      ? [`There is more than one column "${shown(column)}". Name it by its place, such as #3.`]
      : [];
  });
}

const whyIgnored = (heading: string): string | null =>
  OTHER_LISTS.has(columnName(heading)) ? "the list is the one you chose, never one the file names" : null;

/** A heading as it may be shown: short, and nothing that cannot be seen. */
const shown = (heading: string): string =>
  heading
    .replace(/[\p{Cc}\p{Cf}]/gu, "")
    .trim()
    .slice(0, 40) || "(no name)";
