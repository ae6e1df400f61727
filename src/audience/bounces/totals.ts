// Adds up what several batches of messages came to.
import type { Taken } from "./take.ts";

type Totals = Omit<Taken, "left">;

export const NOTHING_TAKEN: Totals = {
  ...{ read: 0, suppressed: 0, stopped: 0, known: 0, unproven: 0, paused: [] },
  kinds: { delayed: 0, delivered: 0, soft: 0, policy: 0, hard: 0, complaint: 0 },
  ignored: { automatic: 0, other: 0, unreadable: 0 },
};

export const added = (a: Totals, b: Totals): Totals => ({
  read: a.read + b.read,
  suppressed: a.suppressed + b.suppressed,
  stopped: a.stopped + b.stopped,
  known: a.known + b.known,
  unproven: a.unproven + b.unproven,
  kinds: sums(a.kinds, b.kinds),
  ignored: sums(a.ignored, b.ignored),
  paused: [...a.paused, ...b.paused],
});

const sums = <Name extends string>(a: Readonly<Record<Name, number>>, b: Readonly<Record<Name, number>>) =>
  Object.fromEntries((Object.keys(a) as Name[]).map((name) => [name, a[name] + b[name]])) as Record<
    Name,
    number
  >;
