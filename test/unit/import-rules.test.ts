// The rules of an import, row by row and column by column, without a file and without a database (H4, H5, H7, H9-H11, H15-H28).
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { IMPORT_LIMITS, IMPORT_TEXT } from "../../config/audience-limits.ts";
import { mapColumns, offeredField, type ImportField } from "../../src/domain/import-columns.ts";
import { openRowReader } from "../../src/domain/import-row.ts";
import type { ImportRules } from "../../src/domain/import-rules.ts";
import { readDay } from "../../src/domain/import-evidence.ts";

const keys = (...all: string[]) => new Map(all.map((one) => [one, one]));
const BASE: Omit<ImportRules, "places"> = {
  ...{ kind: "residents", sensitive: false, agencyKind: "council", now: "2026-11-22T10:00:00.000Z" },
  fallback: {},
  areas: new Map([
    ["alw-01", "ALW-01"],
    ["harbour", "ALW-10"],
    ["castle", null],
  ]),
  groups: new Map([
    ["businesses", "businesses"],
    ["people who visit, study or work here", "visitors"],
  ]),
  interests: keys("scams", "family"),
  ...{
    mailFrom: "bellman@safer.example.org",
    takeFlagged: false,
    unicodeLocal: false,
    most: IMPORT_TEXT,
    cell: IMPORT_LIMITS.cell,
  },
};
const GIVEN = { basis: "consent", wording: "2026-1", source: "form", given_at: "2026-03-31" };
type Said = Partial<Record<ImportField, string>>;

/** Reads one row that says this. */
function read(said: Said, rules: Partial<ImportRules> = {}) {
  const whole: Said = { email: "ann@example.org", ...GIVEN, ...said };
  const places = new Map((Object.keys(whole) as ImportField[]).map((field, place) => [field, place]));
  return openRowReader({ ...BASE, places, ...rules })(Object.values(whole));
}
const told = (said: Said, rules: Partial<ImportRules> = {}) =>
  read(said, rules)
    .notes.map(({ field, why, became }) => `${became} ${field}: ${why}`)
    .join("; ");

test("a whole row is a person with a consent that can be shown", () => {
  expect(
    read({
      email: " Ann.Lee@Example.ORG\u00a0",
      first_name: " Siân ",
      language: "Polish",
      area: "Harbour",
      groups: "Businesses|People who visit, study or work here",
      interests: "scams; family",
    }).person,
  ).toEqual({
    ...{
      email: "Ann.Lee@example.org",
      key: "ann.lee@example.org",
      firstName: "Siân",
      language: "pl",
      areaCode: "ALW-10",
      postcode: null,
    },
    ...{ groups: ["businesses", "visitors"], interests: ["family", "scams"], ageBand: "adult" },
    evidence: { basis: "consent", wording: "2026-1", source: "form", givenAt: "2026-03-31T00:00:00.000Z" },
  });
});

test.each([
  // H5, H17-H28: what is no address of one person
  [{ email: "b@x.example\u202e" }, "email: holds a character that cannot be seen"],
  [{ email: "b\u0000@x.example" }, "email: holds a character that cannot be seen"],
  [{ email: "b@x.example\r\nBcc: evil@x.example" }, "email: holds a character that cannot be seen"],
  [{ email: "b@x.example, evil@x.example" }, "email: must be one address, not several"],
  [{ email: "Team:b@x.example,evil@x.example;" }, "email: must be one address, not several"],
  [{ email: '"evil@x.example" <b@x.example>' }, "email: must be a plain address"],
  [{ email: '"b@evil.example"@x.example' }, "email: must be a plain address"],
  [{ email: "用户@例え.jp" }, 'letters before the "@" that our mail relay cannot send to'],
  [{ email: `${"a".repeat(65)}@x.example` }, "more than 64 characters"],
  [{ email: "a..b@x.example" }, "not allowed there"],
  [{ email: "a@localhost" }, "needs a domain"],
  [{ email: "a@127.0.0.1" }, "needs a domain"],
  [{ email: "a@mail.internal" }, "leads to nobody outside"],
  [{ email: "postmaster@safer.example.org" }, "an address of our own mail system"],
  [{ email: "bellman+x@safer.example.org" }, "our own messages come from"],
  [{ email: "" }, "email: is empty"],
  [{ email: "null" }, "email: is empty"],
  // H6, H9, H10
  [{ first_name: "x".repeat(81) }, "first_name: is longer than 80 characters"],
  [{ first_name: "x".repeat(20_001) }, "has a cell of more than 20,000 characters"],
  [{ given_at: "31.02.2026" }, "given_at: is no date"],
  [{ given_at: "2027-01-01" }, "given_at: lies in the future"],
  [{ basis: "they said so" }, "basis: must be one of"],
  [{ basis: "charity soft opt-in" }, "basis: is for charities only"],
  [{ age: "12" }, "age_band: says under 13"],
  [{ date_of_birth: "23/11/2013" }, "age_band: says under 13"],
  [{ date_of_birth: "31/02/2010" }, "date_of_birth: is no date"],
  [{ area: "Castle" }, "more than one place"],
  [{ area: "Gotham" }, "no ward or neighbourhood of ours"],
  [{ postcode: "not one" }, "postcode: is no postcode"],
  [{ groups: "wizards" }, "groups: names a group that the partnership does not have"],
  [{ language: "Klingon!" }, "language: must be a language"],
])("%j is refused, the column and the reason are told, and nothing of the cell", (said, why) => {
  const row = read(said);
  expect(row.person).toBeNull();
  expect(told(said)).toContain(why);
  const [cell = ""] = Object.values(said);
  if (cell.length > 12) expect(told(said)).not.toContain(cell.trim());
});

test.each([
  [{ basis: "" }, "basis: is missing"],
  [{ wording: "n/a" }, "wording: is missing"],
  [{ source: "" }, "source: is missing"],
  [{ given_at: "" }, "given_at: is missing"],
  [{ email: "info@x.example" }, "email: is read by several people"],
  [{ email: "police@x.example" }, "email: is read by several people"],
  [{ email: "ann@pоlice.example" }, "email: mixes letters of two scripts"],
  [{ email: "ann@mailinator.com" }, "email: is at a domain of throw-away addresses"],
])("%j is kept, and nobody writes to them before a person has looked", (said, why) => {
  expect(read(said).person).toMatchObject({ evidence: null });
  expect(told(said)).toContain(`parked ${why}`);
});

test("who was looked at by a person is taken as the others; a relay that can is believed", () => {
  expect(read({ email: "info@x.example" }, { takeFlagged: true })).toMatchObject({
    notes: [],
    person: { evidence: GIVEN.basis ? {} : null },
  });
  expect(read({ email: "jürgen@x.example" }, { unicodeLocal: true }).person?.key).toBe("jürgen@x.example");
});

test.each([
  [{ age_band: "13-17" }, null],
  [{ age_band: "under 13", source: "form signed by a parent" }, null],
  [{ age_band: "under-13" }, "parked source: does not say that a parent"],
  [{}, "refused age_band: is needed"],
  [{ age: "44" }, "refused age_band: says adult"],
  [{ age_band: "13-17", basis: "public-task" }, "refused basis: must be consent"],
])("on a youth list %j", (said, why) => {
  const row = told(said, { kind: "youth" });
  if (why === null) expect(row).toBe("");
  else expect(row).toContain(why);
});

test("on a sensitive list only consent will do", () => {
  expect(told({ basis: "public-task" }, { sensitive: true })).toContain(
    "must be consent: this is a sensitive list",
  );
});

describe("a name", () => {
  test.each([
    ['=HYPERLINK("x")', '=HYPERLINK("x")', ""],
    ["'=1+1", "=1+1", ""],
    ["Jean\u00a0 Luc", "Jean Luc", ""],
    ["S\u0069\u0302an", "Sîan", ""],
    ["An\u202en", "Ann", "changed first_name: held characters that cannot be seen"],
    ["SiÃ¢n", null, "changed first_name: had been garbled"],
    ["Si\ufffdn", null, "changed first_name: had been garbled"],
    ["null", null, ""],
  ])("%j is kept as %j", (typed, kept, note) => {
    expect(read({ first_name: typed }).person?.firstName).toBe(kept);
    expect(told({ first_name: typed })).toContain(note);
  });
});

test("H7: capitals make no other person; dots and tags do", () => {
  const key = (email: string) => read({ email }).person?.key;
  expect(key("ANN@EXAMPLE.ORG")).toBe(key("ann@example.org"));
  expect(new Set(["ann@x.example", "a.nn@x.example", "ann+news@x.example"].map(key)).size).toBe(3);
  expect(read({ email: "user@bücher.example" }).person).toMatchObject({
    email: "user@bücher.example",
    key: "user@xn--bcher-kva.example",
  });
});

describe("columns", () => {
  test.each([
    ["Email Address", "email"],
    ["E-Mail", "email"],
    ["\ufeffemail", "email"],
    ["FORENAME", "first_name"],
    ["Post Code", "postcode"],
    ["Ward name", "area"],
    ["DOB", "date_of_birth"],
    ["Date of consent", "given_at"],
    ["Notes", null],
  ])("%j is offered as %j", (heading, field) => expect(offeredField(heading)).toBe(field));

  const faults = (headings: string[], given: [string, string][] = [], youth = false) => {
    const mapped = mapColumns(headings, new Map(given), { youth });
    return mapped.ok ? "" : mapped.faults.join(" ");
  };
  test.each([
    [["name", "notes"], "No column is the email address"],
    [["email", "e-mail"], 'would both be "email"'],
    [["email", "email"], 'would both be "email"'],
    [["email", "__proto__"], "no list of people has"],
    [["email", "Constructor"], "no list of people has"],
    [["email", "victim"], "keeps no victims, offenders or cases"],
    [["email", "UPN"], "register of pupils"],
    [["ann@example.org", "Ann"], "the first line must name the columns"],
  ])("H4: %j is refused whole", (headings, why) => expect(faults(headings)).toContain(why));

  test("what a person says of a column wins, by its name or its place; a second one of a name has to be named by its place", () => {
    expect(faults(["email", "email"], [["#2", ""]])).toBe("");
    expect(faults(["email", "email"], [["email", ""]])).toContain("Name it by its place");
    expect(faults(["x", "y"], [["x", "email"]])).toBe("");
    expect(faults(["email"], [["nothing", "area"]])).toContain('no column "nothing"');
    expect(faults(["email", "x"], [["x", "shoe_size"]])).toContain("no field of ours");
    expect(faults(["email", "Pupil"], [], true)).toBe("");
  });

  test("H15: a column that names a list is left aside, and told so", () => {
    const mapped = mapColumns(["email", "list_id", "Shoe size"]);
    expect(mapped.ok && mapped.mapping.ignored).toEqual([
      { heading: "list_id", why: expect.stringContaining("the one you chose") as unknown as string },
      { heading: "Shoe size", why: null },
    ]);
  });
});

test.each([
  ["2026-03-31", "2026-03-31T00:00:00.000Z"],
  ["31/03/2026", "2026-03-31T00:00:00.000Z"],
  ["1.4.2026", "2026-04-01T00:00:00.000Z"],
  ["31/03/2026 9:15", "2026-03-31T09:15:00.000Z"],
  ["2026-03-31T10:00:00+01:00", "2026-03-31T09:00:00.000Z"],
  ["03/31/2026", null],
  ["yesterday", null],
  ["2026-13-01", null],
])("the day %j is %j", (text, at) => expect(readDay(text)).toBe(at));

test("any cells at all are judged without an exception, and a refusal never repeats an address", () => {
  const wild = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.constantFrom("a@b.example", "=1", "\u0000", "'"),
    fc.emailAddress(),
  );
  fc.assert(
    fc.property(
      fc.record({
        email: wild,
        first_name: wild,
        language: wild,
        area: wild,
        groups: wild,
        given_at: wild,
        age: wild,
      }),
      (said) => {
        const { person, notes } = read(said);
        expect(person === null).toBe(notes.some(({ became }) => became === "refused"));
        for (const { why } of notes) if (said.email.length > 12) expect(why).not.toContain(said.email);
        if (person)
          for (const text of [person.email, person.firstName ?? "", person.language])
            expect(text).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/u);
      },
    ),
    { numRuns: 1_000 },
  );
});
