// An import in the words of the pages: its state, its counts, what became of its rows, and its columns to choose from.
import { type ImportField, IMPORT_FIELDS, offeredField } from "../../domain/import-columns.ts";
import type { Look } from "../../audience/import/look.ts";
import type { ImportNote, ImportRecord } from "../../store/imports.ts";
import type { Names } from "./names.ts";
import { plural, sayCount, saySize, type Tag } from "./words.ts";

const STATES: Readonly<Record<ImportRecord["state"], Tag>> = {
  reading: { text: "Being read", colour: "purple" },
  done: { text: "Done", colour: "green" },
  failed: { text: "Nothing taken", colour: "red" },
};
const number = (value: unknown): number => (typeof value === "number" ? value : 0);

/** `list` is the list's name. */
export function importView(record: ImportRecord, list: string, names: Names) {
  const { counts, state } = record;
  const [bytes, of] = [number(counts.bytes), number(counts.of)];
  const percent = of === 0 ? 0 : Math.min(99, Math.floor((bytes / of) * 100));
  const rows = number(counts.rows);
  return {
    ...{ id: record.id, list, listKey: record.listKey, fileName: record.fileName, tag: STATES[state], state },
    ...{ by: names.personWithAgency(record.madeBy), when: names.when(record.startedAt), percent },
    going: state === "reading",
    sentence: sentenceOf(record, percent),
    why: typeof counts.why === "string" ? sayWhy(counts.why) : null,
    lines: state === "done" ? linesOf(counts) : [],
    ignored: typeof counts.ignored === "string" ? counts.ignored : "",
    missing: typeof counts.missing === "string" ? counts.missing : "",
    brief:
      state === "done"
        ? `${plural(number(counts.joined), "person", "people")} joined · ${plural(rows, "row")}`
        : null,
    noted: ["refused", "withoutConsent", "flagged", "changed", "duplicates", "stopped"].some(
      (key) => number(counts[key]) > 0,
    ),
    flagged: number(counts.flagged) > 0,
  };
}

function sentenceOf({ counts, state }: ImportRecord, percent: number): string {
  if (state === "failed") return "Nothing was taken in.";
  if (state === "done") return `${plural(number(counts.joined), "person", "people")} joined the list.`;
  const rows = sayCount(number(counts.rows));
  return percent >= 99
    ? `All ${rows} rows are read; they are being taken in.`
    : `${percent}% read, ${rows} rows so far.`;
}

const sayWhy = (why: string): string =>
  why === "interrupted"
    ? "Bellman was stopped in the middle. Nothing of the file was taken in; send it again."
    : why === "failed"
      ? "Something went wrong inside Bellman. Nothing of the file was taken in; the running log says more."
      : why;

const LINES: readonly (readonly [string, string, string])[] = [
  ["joined", "Joined the list", "They can be written to now"],
  ["standing", "Were on it already", "Nothing of them changed"],
  [
    "parked",
    "Kept, not written to",
    "No consent that could be shown, or a person has to look at the address",
  ],
  ["stopped", "Asked us to stop", "They stay stopped; only they can change that"],
  ["duplicates", "Rows of somebody twice", "One row of each person counts"],
  ["refused", "Rows refused", "Each is listed below with its reason"],
  ["changed", "Rows with something left out", "The person is taken, a garbled name for instance is not"],
];
const linesOf = (counts: ImportRecord["counts"]) =>
  LINES.flatMap(([key, label, hint], i) =>
    i === 0 || number(counts[key]) > 0 ? [{ label, hint, count: number(counts[key]) }] : [],
  );

const BECAME: Readonly<Record<string, Tag>> = {
  refused: { text: "Refused", colour: "red" },
  parked: { text: "Not written to", colour: "yellow" },
  changed: { text: "Changed", colour: "blue" },
  duplicate: { text: "Twice", colour: "grey" },
  stopped: { text: "Stopped", colour: "purple" },
};
export const noteView = ({ rowNo, field, why, became }: ImportNote) => ({
  rowNo,
  sentence: `${field === "row" ? "The row" : sayField(field as ImportField)} ${why}.`,
  tag: BECAME[became] ?? { text: became, colour: "grey" },
});

const FIELDS: Readonly<Record<ImportField, string>> = {
  ...{
    email: "Email address",
    first_name: "First name",
    language: "Language",
    postcode: "Postcode",
    area: "Ward or neighbourhood",
  },
  ...{
    groups: "Groups",
    interests: "Interests",
    age_band: "Age band",
    date_of_birth: "Date of birth",
    age: "Age",
  },
  ...{
    basis: "Basis of consent",
    wording: "Wording they agreed to",
    source: "Where they agreed",
    given_at: "When they agreed",
  },
};
export const sayField = (field: ImportField): string => FIELDS[field] ?? field;

export interface Chosen {
  /** Of each column by its place; "" to leave it aside. */
  readonly columns: readonly string[];
}

/** The columns with what each may be, and the first rows as they read. */
export function lookView(look: Look, typed: Readonly<Record<string, string>>) {
  const { headings, rows, survey, encoding, sure } = look;
  return {
    ...{ encoding, sure, size: saySize(survey.bytes), headings: headings.map(short) },
    columns: headings.map((heading, place) => {
      const value = typed[`column-${place}`] ?? offeredField(heading) ?? "";
      return {
        name: `column-${place}`,
        heading: short(heading) || `Column ${place + 1}`,
        example: short(
          rows
            .map((row) => ("cells" in row ? (row.cells[place] ?? "") : ""))
            .find((cell) => cell.trim() !== "") ?? "",
        ),
        options: [
          { value: "", text: "Leave it aside", selected: value === "" },
          ...IMPORT_FIELDS.map((field) => ({
            value: field,
            text: sayField(field),
            selected: value === field,
          })),
        ],
      };
    }),
    rows: rows.map((row) => ({
      no: row.no,
      cells: "cells" in row ? headings.map((_, i) => short(row.cells[i] ?? "")) : null,
      why: "why" in row ? row.why : null,
    })),
  };
}

const MOST = 60;
const short = (text: string): string => {
  const plain = text.replace(/\p{Cc}/gu, " ").trim();
  return plain.length > MOST ? `${plain.slice(0, MOST - 1)}…` : plain;
};
