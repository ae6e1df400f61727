// Counts of deliveries as people read them: by segment and channel, and in all. Pure.
import { type DeliveryState, isSettled } from "./delivery.ts";
import { FEWEST_SHOWN } from "./small-count.ts";

export interface Counted {
  readonly channelKey: string;
  readonly segmentKey: string;
  readonly state: DeliveryState;
  readonly count: number;
}
export interface Tally {
  readonly recipients: number;
  readonly accepted: number;
  readonly refused: number;
  /** Queued, on their way or put off: the machine still works on them. */
  readonly waiting: number;
  readonly inDoubt: number;
  readonly held: number;
  /** Suppressed, expired, cancelled or dead: ended without leaving. */
  readonly stopped: number;
}
export interface TallyRow extends Tally {
  readonly channelKey: string;
  readonly segmentKey: string;
}

const NONE: Tally = { recipients: 0, accepted: 0, refused: 0, waiting: 0, inDoubt: 0, held: 0, stopped: 0 };

function columnOf(state: DeliveryState): Exclude<keyof Tally, "recipients"> {
  if (state === "accepted" || state === "refused" || state === "held") return state;
  if (state === "in_doubt") return "inDoubt";
  return isSettled(state) ? "stopped" : "waiting";
}

const add = (tally: Tally, { state, count }: Pick<Counted, "state" | "count">): Tally => ({
  ...tally,
  recipients: tally.recipients + count,
  [columnOf(state)]: tally[columnOf(state)] + count,
});

/** One row for each channel and segment, in the order met. */
export function tallyRows(counts: readonly Counted[]): TallyRow[] {
  const rows = new Map<string, TallyRow>();
  for (const counted of counts) {
    const { channelKey, segmentKey } = counted;
    const before = rows.get(`${channelKey}/${segmentKey}`) ?? { ...NONE, channelKey, segmentKey };
    rows.set(`${channelKey}/${segmentKey}`, { ...before, ...add(before, counted) });
  }
  return [...rows.values()];
}

export const tally = (counts: readonly Counted[]): Tally => counts.reduce<Tally>(add, NONE);

/** Nothing is left that the machine could do by itself. */
export const isQuiet = ({ waiting }: Tally): boolean => waiting === 0;

/** A tally of which some numbers are not to be known. */
export type Hidden<T extends Tally> = Omit<T, keyof Tally> & {
  readonly [part in keyof Tally]: number | null;
};
const HIDDEN = {
  ...{ recipients: null, accepted: null, refused: null, waiting: null },
  ...{ inDoubt: null, held: null, stopped: null },
} as const;

/**
 * The same as it may be printed of a sensitive subject: where a segment is of fewer than ten people, all of its channel stand together
 * as "*", and fewer than ten of those are not counted at all, nor in the sums (LAW6).
 */
export function discreetly(
  rows: readonly TallyRow[],
  sum: Tally,
): { rows: Hidden<TallyRow>[]; sum: Hidden<Tally> } {
  const few = (row: TallyRow) => row.segmentKey !== "" && row.recipients < FEWEST_SHOWN;
  const merged = [...new Set(rows.map((row) => row.channelKey))].flatMap((channelKey) => {
    const own = rows.filter((row) => row.channelKey === channelKey);
    return own.some(few) ? [own.reduce(together, { ...NONE, channelKey, segmentKey: "*" })] : own;
  });
  const shown = merged.map((row) => (few(row) ? { ...row, ...HIDDEN } : row));
  return { rows: shown, sum: merged.some(few) ? { ...sum, ...HIDDEN } : sum };
}

const together = (sum: TallyRow, row: TallyRow): TallyRow => ({
  ...sum,
  ...(Object.fromEntries(PARTS.map((part) => [part, sum[part] + row[part]])) as unknown as Tally),
});
const PARTS = Object.keys(NONE) as (keyof Tally)[];
