// How far a communication has come: counts by channel and segment, a bar, and the sentence that says the same.
import type { DeliveryState } from "../../domain/delivery.ts";
import { FEWEST_SHOWN, sayShown } from "../../domain/small-count.ts";
import type { ProgressRow } from "../../store/pages.ts";
import type { Names } from "./names.ts";
import { plural, sayCount, sayList } from "./words.ts";

/** Columns of the table: each state is counted in exactly one. */
const COLUMNS = [
  "accepted",
  "refused",
  "waiting",
  "inDoubt",
  "suppressed",
  "held",
  "expired",
  "cancelled",
  "dead",
] as const;
export type Column = (typeof COLUMNS)[number];
const COLUMN_OF: Readonly<Record<DeliveryState, Column>> = {
  queued: "waiting",
  intent: "waiting",
  deferred: "waiting",
  accepted: "accepted",
  refused: "refused",
  in_doubt: "inDoubt",
  suppressed: "suppressed",
  held: "held",
  expired: "expired",
  cancelled: "cancelled",
  dead: "dead",
};
export const HEADINGS: Readonly<Record<Column, string>> = {
  accepted: "Accepted",
  refused: "Refused",
  waiting: "Waiting",
  inDoubt: "In doubt",
  suppressed: "Suppressed",
  held: "Held",
  expired: "Too late",
  cancelled: "Cancelled",
  dead: "Given up",
};
/** Always shown, so that a nought can be seen; the others only where there are any. */
const ALWAYS: readonly Column[] = ["accepted", "refused", "waiting", "inDoubt", "suppressed"];

export type Counts = Readonly<Record<Column, number>>;
export interface Line {
  readonly channel: string;
  readonly segment: string;
  readonly recipients: number;
  readonly counts: Counts;
  /** Fewer people than may be shown: nothing of it is (LAW6). */
  readonly hidden?: true;
}
export interface Part {
  readonly column: Column;
  /** Of 100. */
  readonly from: number;
  readonly width: number;
}
export interface Progress {
  readonly lines: readonly Line[];
  readonly columns: readonly { readonly key: Column; readonly heading: string }[];
  readonly total: Line;
  readonly bar: readonly Part[];
  /** "1,940 of 2,000 accepted, 12 refused and 48 waiting". */
  readonly sentence: string;
  readonly percent: number;
  /** True where small groups were put together. */
  readonly merged: boolean;
}

export function progressOf(rows: readonly ProgressRow[], names: Names, sensitive: boolean): Progress {
  const apart = linesOf(rows, names);
  const merged =
    sensitive && apart.some((line) => line.segment !== names.segment("") && line.recipients < FEWEST_SHOWN);
  const lines = discreet(merged ? together(apart) : apart, rows, names, sensitive);
  const shown = lines.filter((line) => !line.hidden);
  const total = sumOf(shown, "All", "");
  const columns = COLUMNS.filter((key) => ALWAYS.includes(key) || total.counts[key] > 0);
  const ended = total.recipients - total.counts.waiting;
  return {
    lines,
    columns: columns.map((key) => ({ key, heading: HEADINGS[key] })),
    total,
    bar: barOf(total),
    sentence: shown.length === lines.length ? sentenceOf(total) : sentenceBeside(total),
    // Never "100%" while somebody still waits.
    percent: total.recipients === 0 ? 0 : Math.floor((ended / total.recipients) * 100),
    merged,
  };
}

function linesOf(rows: readonly ProgressRow[], names: Names): Line[] {
  const groups = new Map<string, ProgressRow[]>();
  for (const row of rows) {
    const place = `${row.channelKey}\n${row.segmentKey}`;
    groups.set(place, [...(groups.get(place) ?? []), row]);
  }
  return [...groups.values()]
    .sort(
      ([a], [b]) =>
        order(a, names) - order(b, names) || (a?.channelKey ?? "").localeCompare(b?.channelKey ?? ""),
    )
    .map((group) => {
      const counts = { ...NONE };
      for (const { state, count } of group) counts[COLUMN_OF[state]] += count;
      const [first] = group;
      return lineOf(names.channel(first?.channelKey ?? ""), names.segment(first?.segmentKey ?? ""), counts);
    });
}

const NONE: Record<Column, number> = {
  ...{ accepted: 0, refused: 0, waiting: 0, inDoubt: 0 },
  ...{ suppressed: 0, held: 0, expired: 0, cancelled: 0, dead: 0 },
};

/** People before pages and posts; everyone before the more particular. */
const order = (row: ProgressRow | undefined, names: Names): number =>
  row === undefined || row.segmentKey === "" ? 1_000 : names.segmentOrder(row.segmentKey);

const lineOf = (channel: string, segment: string, counts: Counts): Line => ({
  channel,
  segment,
  counts,
  recipients: Object.values(counts).reduce((sum, count) => sum + count, 0),
});

function sumOf(lines: readonly Line[], channel: string, segment: string): Line {
  const counts = { ...NONE };
  for (const line of lines) for (const key of COLUMNS) counts[key] += line.counts[key];
  return lineOf(channel, segment, counts);
}

const together = (lines: readonly Line[]): Line[] =>
  [...new Set(lines.map((line) => line.channel))].map((channel) =>
    sumOf(
      lines.filter((line) => line.channel === channel),
      channel,
      "All groups together",
    ),
  );

/** On a sensitive subject fewer than ten people are not even counted together. */
function discreet(
  lines: readonly Line[],
  rows: readonly ProgressRow[],
  names: Names,
  sensitive: boolean,
): Line[] {
  const people = new Set(
    rows.flatMap((row) => (row.segmentKey === "" ? [] : [names.channel(row.channelKey)])),
  );
  return lines.map((line) =>
    sensitive && people.has(line.channel) && line.recipients < FEWEST_SHOWN
      ? { ...line, hidden: true }
      : line,
  );
}

function barOf({ counts, recipients }: Line): Part[] {
  let from = 0;
  return COLUMNS.filter((key) => counts[key] > 0).map((column) => {
    const width = (counts[column] / recipients) * 100;
    const part = { column, from: round(from), width: round(width) };
    from += width;
    return part;
  });
}
const round = (number: number): number => Math.round(number * 100) / 100;

const PHRASES: readonly (readonly [Column, string])[] = [
  ...([
    ["refused", "refused"],
    ["waiting", "waiting"],
    ["inDoubt", "in doubt"],
    ["suppressed", "suppressed"],
  ] as const),
  ...([
    ["held", "held"],
    ["expired", "too late"],
    ["cancelled", "cancelled"],
    ["dead", "given up"],
  ] as const),
];

const sentenceBeside = (total: Line): string =>
  `To ${sayShown(null)} people, which is not counted here${total.recipients > 0 ? `; besides, ${sentenceOf(total)}` : ""}`;

function sentenceOf({ counts, recipients }: Line): string {
  if (recipients === 0) return "Nothing to send yet";
  const others = PHRASES.filter(([key]) => counts[key] > 0).map(
    ([key, word]) => `${sayCount(counts[key])} ${word}`,
  );
  return sayList([`${sayCount(counts.accepted)} of ${plural(recipients, "message")} accepted`, ...others]);
}
