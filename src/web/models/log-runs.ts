// Sending writes many lines that say the same of different people: a run of them is shown as one, with links to each.
import { countsIn } from "./log-counts.ts";
import type { LogWords } from "./log-words.ts";
import type { Names } from "./names.ts";
import { plural } from "./words.ts";

export interface Shown extends LogWords {
  /** The numbers of the entries put together, newest first; empty for an entry shown by itself. */
  readonly run: readonly number[];
}

const REPEATED = new Set(["deliveries.recorded", "deliveries.resolved", "rendition.ready"]);
const SHORTEST = 3;

/** Entries stay in their order; only neighbours of one kind about one communication are put together. */
export function foldRuns(entries: readonly LogWords[], names: Names): Shown[] {
  const runs: LogWords[][] = [];
  for (const entry of entries) {
    const last = runs.at(-1);
    const before = last?.[0];
    if (
      last &&
      before &&
      REPEATED.has(entry.kind) &&
      before.kind === entry.kind &&
      before.reference === entry.reference
    )
      last.push(entry);
    else runs.push([entry]);
  }
  return runs.flatMap((run) =>
    run.length < SHORTEST ? run.map((entry) => ({ ...entry, run: [] })) : [together(run, names)],
  );
}

function together(run: readonly LogWords[], names: Names): Shown {
  const [newest] = run as readonly [LogWords];
  const renditions = newest.kind === "rendition.ready";
  const sentence = renditions
    ? `${newest.who} made ${plural(run.length, "rendition")}, exactly as signed off`
    : newest.sentence;
  return {
    ...newest,
    sentence,
    detail: renditions ? "" : totals(run, names),
    run: run.map((entry) => entry.seq),
  };
}

function totals(run: readonly LogWords[], names: Names): string {
  const byChannel = new Map<string, Record<string, number>>();
  for (const { facts } of run) {
    const channel = typeof facts.channel === "string" ? facts.channel : "";
    const sums = byChannel.get(channel) ?? {};
    for (const [state, count] of Object.entries(facts))
      if (typeof count === "number") sums[state] = (sums[state] ?? 0) + count;
    byChannel.set(channel, sums);
  }
  // All of one communication, and so of one campaign.
  const sensitive = run.some((entry) => entry.sensitive);
  return [...byChannel]
    .map(([channel, sums]) => `${names.channel(channel)}: ${countsIn(sums, sensitive)}`)
    .join(" · ");
}
