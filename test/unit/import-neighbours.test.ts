// Neighbours of the rows in import-rules.test.ts: what holds of any heading, consent, birthday, name and mailbox (H4, H6, H9-H11, H15, H16).
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { IMPORT_LIMITS, IMPORT_TEXT } from "../../config/audience-limits.ts";
import { openRows, type RawRow } from "../../src/audience/import/rows.ts";
import { safeCell } from "../../src/domain/csv-cell.ts";
import { columnName, type ImportField, mapColumns, offeredField } from "../../src/domain/import-columns.ts";
import { openRowReader } from "../../src/domain/import-row.ts";
import type { ImportRules } from "../../src/domain/import-rules.ts";

const TODAY = "2026-11-22";
const BASE: Omit<ImportRules, "places"> = {
  ...{ kind: "residents", sensitive: false, agencyKind: "council", now: `${TODAY}T10:00:00.000Z` },
  ...{ fallback: {}, areas: new Map(), groups: new Map(), interests: new Map() },
  ...{ mailFrom: "bellman@safer.example.org", takeFlagged: false, unicodeLocal: false },
  ...{ most: IMPORT_TEXT, cell: IMPORT_LIMITS.cell },
};
const GIVEN = { basis: "consent", wording: "2026-1", source: "form", given_at: "2026-03-31" };
type Said = Partial<Record<ImportField, string>>;
function read(said: Said, rules: Partial<ImportRules> = {}) {
  const whole: Said = { email: "ann@example.org", ...GIVEN, ...said };
  const places = new Map((Object.keys(whole) as ImportField[]).map((field, place) => [field, place]));
  return openRowReader({ ...BASE, places, ...rules })(Object.values(whole));
}

const DANGEROUS = ["__proto__", "constructor", "prototype"];
test("H4: any line of names is mapped or refused in words, and reaches into nothing", () => {
  const heading = fc.oneof(
    fc.string({ unit: "grapheme", maxLength: 20 }),
    fc.constantFrom(
      "email",
      "E-Mail",
      "first name",
      "list_id",
      "victim",
      "toString",
      "valueOf",
      ...DANGEROUS,
    ),
  );
  fc.assert(
    fc.property(fc.array(heading, { maxLength: 8 }), (headings) => {
      const mapped = mapColumns(headings);
      if (!mapped.ok) return expect(mapped.faults.length).toBeGreaterThan(0);
      const { places, ignored } = mapped.mapping;
      expect(places.has("email")).toBe(true);
      expect(headings.map(columnName).filter((name) => DANGEROUS.includes(name))).toEqual([]);
      for (const [field, place] of places) expect(offeredField(headings[place] ?? "")).toBe(field);
      expect(places.size + ignored.length).toBe(headings.length);
    }),
    { numRuns: 1_000 },
  );
});

test("H6: no row that is taken has more columns or characters than may be, whatever it is made of", () => {
  const limits = { columns: 3, characters: 20, lines: 2 };
  const piece = fc.constantFrom('"', ",", "\n", "a", "bb,", '""', ",,,,", "long ".repeat(5), '"x"');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), (pieces, size) => {
      const text = pieces.join("");
      const rows = openRows(",", limits);
      const found: RawRow[] = [];
      for (let at = 0; at < text.length; at += size) found.push(...rows.push(text.slice(at, at + size)));
      for (const row of [...found, ...rows.end()]) {
        if (!("cells" in row)) continue;
        expect(row.cells.length).toBeLessThanOrEqual(limits.columns);
        expect(row.cells.join("").length).toBeLessThanOrEqual(limits.characters);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("H9: whichever parts of a consent are missing, however that is written, nobody is written to", () => {
  const parts = fc.subarray(Object.keys(GIVEN) as (keyof typeof GIVEN)[]);
  fc.assert(
    fc.property(
      parts,
      fc.constantFrom("", " ", "\u00a0", "null", "undefined", "N/A", "-"),
      (missing, blank) => {
        const { person, notes } = read(Object.fromEntries(missing.map((field) => [field, blank])));
        expect(person?.evidence === null).toBe(missing.length > 0);
        expect(notes.every(({ became }) => became === "parked")).toBe(true);
      },
    ),
  );
});

test("H10: whatever day somebody was born on, under 13 they are on children's lists only, from 18 on no such list", () => {
  const born = fc
    .date({ min: new Date("1930-01-01"), max: new Date(TODAY), noInvalidDate: true })
    .map((day) => day.toISOString().slice(0, 10));
  const turned = (day: string, years: number) => `${Number(day.slice(0, 4)) + years}${day.slice(4)}` <= TODAY;
  fc.assert(
    fc.property(born, (day) => {
      expect(read({ date_of_birth: day }).person !== null).toBe(turned(day, 13));
      const young = read({ date_of_birth: day, source: "form signed by a parent" }, { kind: "youth" });
      expect(young.person !== null).toBe(!turned(day, 18));
      if (young.person) expect(young.person.ageBand).toBe(turned(day, 13) ? "13-17" : "under-13");
    }),
    { numRuns: 500 },
  );
});

test("H11: a name that a spreadsheet would run is kept as it was typed, also after an export of ours", () => {
  const formula = fc
    .tuple(fc.constantFrom("=", "+", "-", "@"), fc.stringMatching(/^[A-Za-z0-9(),.!+]{1,20}$/))
    .map((both) => both.join(""));
  fc.assert(
    fc.property(formula, (text) => {
      expect(read({ first_name: text }).person?.firstName).toBe(text);
      expect(read({ first_name: safeCell(text) }).person?.firstName).toBe(text);
    }),
  );
});

test("H15: nothing a file says in a column of lists changes what becomes of a row", () => {
  const mapped = mapColumns(["email", "list_id"]);
  const places = mapped.ok ? mapped.mapping.places : new Map<ImportField, number>();
  const reader = openRowReader({ ...BASE, places, fallback: GIVEN });
  const wanted = reader(["ann@example.org", ""]);
  expect(wanted.person).not.toBeNull();
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (list) => {
      expect(reader(["ann@example.org", list])).toEqual(wanted);
    }),
  );
});

const SEVERAL = [
  "info",
  "admin",
  "office",
  "enquiries",
  "sales",
  "support",
  "police",
  "team",
  "webmaster",
] as const;
test("H16: a mailbox of several people is kept back at any domain, until a person has looked at it", () => {
  const domain = fc.stringMatching(/^[a-z]{1,8}\.example$/);
  fc.assert(
    fc.property(fc.constantFrom(...SEVERAL), domain, fc.boolean(), (name, at, loud) => {
      const email = `${loud ? name.toUpperCase() : name}@${at}`;
      expect(read({ email }).person).toMatchObject({ evidence: null });
      expect(read({ email }, { takeFlagged: true }).person?.evidence).not.toBeNull();
    }),
  );
});
test.each(["mailinator.com", "yopmail.com", "guerrillamail.info", "sharklasers.com", "spamtrap.example"])(
  "H16: an address at %s is kept back until a person has looked at it",
  (domain) => {
    expect(read({ email: `ann@${domain}` }).person).toMatchObject({ evidence: null });
  },
);

test.each(["returns@mail.example.org", "Returns+x@mail.example.org", "postmaster@mail.example.org"])(
  "H27: %s, where reports come back to, is nobody's",
  (email) => {
    const row = read({ email }, { bounceAddress: "returns@mail.example.org" });
    expect(row.person).toBeNull();
    expect(row.notes[0]?.why).toMatch(/our own/);
  },
);
