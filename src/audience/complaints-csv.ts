// The register of complaints as a table for the regulator: what was complained of, when, and what became of it; no address.
import { stringify } from "csv-stringify/sync";
import type { ComplaintRow } from "../store/complaints.ts";

/** A spreadsheet runs a cell that begins so as a formula (OWASP, CSV injection). */
const FORMULA = /^[=+\-@\t\r]/;
const safe = (text: string): string => (FORMULA.test(text) ? `'${text}` : text);
const at = (date: Date | null): string => date?.toISOString() ?? "";

export function complaintsCsv(rows: readonly ComplaintRow[]): string {
  const head = [
    "reference",
    "made",
    "about",
    "words",
    "state",
    "acknowledge_by",
    "acknowledged",
    "answered",
    "outcome",
  ];
  const lines = rows.map((row) => [
    ...[row.reference, at(row.madeAt), row.about, row.words, row.state, at(row.acknowledgeBy)],
    ...[at(row.acknowledgedAt), at(row.answeredAt), row.outcome ?? ""],
  ]);
  // With a byte order mark, so that a spreadsheet reads accents as they are.
  return stringify([head, ...lines.map((line) => line.map(safe))], { bom: true, record_delimiter: "\r\n" });
}
