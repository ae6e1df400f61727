// The register of complaints as a table for the regulator: what was complained of, when, and what became of it; no address.
import type { ComplaintRow } from "../store/complaints.ts";
import { csvHead, csvLines } from "./csv.ts";

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
  return csvHead(head) + csvLines(lines);
}
