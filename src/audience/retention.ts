// Records are kept for their time and no longer (LAW10): in small steps, each night or by hand, with one line of proof in the log.
import { RETENTION } from "../../config/audience-limits.ts";
import type { LogLine } from "../domain/log-entry.ts";
import { type Gone, KEPT_RECORDS, type KeptRecord, RECORD_KINDS, totalOf } from "../domain/retention.ts";
import type { RetentionRun } from "../store/retention.ts";
import type { Store } from "../store/store.ts";

export interface RetentionDeps {
  readonly store: Pick<Store, "retention">;
}
const MACHINE = "bellman";

/**
 * One step of tonight's run: a chunk, or the line at its end. True while there is more to do. Safe to repeat and to break off:
 * whoever asks next goes on, and what has gone is counted already.
 */
export async function retainTonight({ store }: RetentionDeps): Promise<boolean> {
  const run = await store.retention.begin(MACHINE, "night");
  if (run === null) return false;
  if (await store.retention.chunk(run.id)) return true;
  // Also when nothing went: the line says that the clocks were looked at.
  await store.retention.finish(run.id, (counts) => line(MACHINE, counts));
  return false;
}

/** All that is over now, at once. A run that was broken off is ended with it. The log has a line where anything went. */
export async function retainNow({ store }: RetentionDeps, by: string): Promise<Gone> {
  const run = await store.retention.begin(by, "by hand");
  if (run === null) return {};
  while (await store.retention.chunk(run.id));
  const said = (counts: Gone) => (run.night === null && totalOf(counts) === 0 ? null : line(by, counts));
  return (await store.retention.finish(run.id, said)) ?? {};
}

export interface RetentionView {
  readonly records: readonly {
    readonly key: KeptRecord;
    readonly name: string;
    /** "13 months after the last of its batch has ended". */
    readonly kept: string;
    readonly left: string;
    /** How many are over now. */
    readonly over: number;
  }[];
  /** The newest runs first. */
  readonly runs: readonly RetentionRun[];
}

/** What is kept for how long, what would go tonight, and what went in the last nights. Deletes nothing. */
export async function retentionNow({ store }: RetentionDeps): Promise<RetentionView> {
  const [over, runs] = await Promise.all([store.retention.over(), store.retention.runs(RUNS_SHOWN)]);
  const records = RECORD_KINDS.map((key) => {
    const { name, from, left } = KEPT_RECORDS[key];
    return { key, name, kept: `${RETENTION[key]} ${from}`, left, over: over[key] };
  });
  return { records, runs };
}
const RUNS_SHOWN = 14;

const line = (actor: string, counts: Gone): LogLine => ({
  kind: "retention.done",
  actor,
  facts: { deleted: { ...counts } },
});
