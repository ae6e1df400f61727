// The window of a communication on the terminal: instants for machines, words for people.
import { sayWallTime } from "../domain/wall-time.ts";
import { table } from "./print.ts";

interface Row {
  readonly zone: string;
  readonly dueAt: Date;
  readonly dueNote: string | null;
  readonly earliestAt: Date | null;
  readonly latestUsefulAt: Date;
  readonly expiresAt: Date | null;
  readonly quietOverrideWhy: string | null;
}

export function windowOf(row: Row) {
  const { zone, dueNote, quietOverrideWhy } = row;
  const words = (at: Date | null): string | null => at && sayWallTime(at.toISOString(), zone);
  const iso = (at: Date | null): string | null => at && at.toISOString();
  return {
    dueInWords: sayWallTime(row.dueAt.toISOString(), zone),
    dueNote,
    earliest: iso(row.earliestAt),
    latestUseful: row.latestUsefulAt.toISOString(),
    expires: iso(row.expiresAt),
    earliestInWords: words(row.earliestAt),
    latestUsefulInWords: words(row.latestUsefulAt),
    expiresInWords: words(row.expiresAt),
    quietHoursOverride: quietOverrideWhy,
  };
}

/** Beside the table of states, as four times in words do not fit into it; below it what the clocks made of a due time. */
export const windowTable = (
  rows: readonly (ReturnType<typeof windowOf> & { readonly reference: string })[],
): string =>
  [
    table(
      ["reference", "not before", "useful until", "expires"],
      rows.map((row) => [
        row.reference,
        row.earliestInWords ?? "-",
        row.latestUsefulInWords ?? "-",
        row.expiresInWords ?? "-",
      ]),
    ),
    ...rows.flatMap(({ reference, dueNote }) => (dueNote === null ? [] : [`${reference}: ${dueNote}`])),
  ].join("\n");
