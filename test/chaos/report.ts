// How a run of trials is told: a table by kind of kill, the offenders, and one JSON object for programs.
import { table } from "../../src/cli/print.ts";
import { FAULTS } from "./oracle.ts";
import type { Outcome, RunOptions } from "./run.ts";
import type { Trial } from "./trial.ts";

/** The value below which that share of all lie; 0 where there are none. */
export function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
const known = (numbers: readonly (number | null)[]): number[] => numbers.filter((one) => one !== null);
const recoveries = (trials: readonly Trial[]) => known(trials.map((one) => one.recoverySeconds));
const waits = (trials: readonly Trial[]) => known(trials.map((one) => one.left.seconds));
const three = (numbers: readonly number[]): string =>
  numbers.length === 0
    ? "–"
    : [0.5, 0.99, 1].map((share) => percentile(numbers, share).toFixed(2)).join(" / ");

const row = (name: string, trials: readonly Trial[]) => [
  name,
  trials.length,
  three(recoveries(trials)),
  trials.reduce((sum, one) => sum + one.left.count, 0),
  three(waits(trials)),
];

export function tableOf({ trials }: Outcome): string {
  const kinds = [...new Set(trials.map((one) => one.kind))];
  const places = [...new Set(trials.filter((one) => one.kind === "failpoints").map((one) => one.how))].sort();
  const of = (kind: string) => trials.filter((one) => one.kind === kind);
  return table(
    [
      "killed",
      "trials",
      "sending again, s (median / p99 / max)",
      "left unknown",
      "known again, s (median / p99 / max)",
    ],
    [
      ...kinds.flatMap((kind) => [
        row(kind, of(kind)),
        ...(kind === "failpoints"
          ? places.map((how) =>
              row(
                `  ${how}`,
                of(kind).filter((one) => one.how === how),
              ),
            )
          : []),
      ]),
      row("all", trials),
    ],
  );
}

/** The most offenders that are printed; the folder has the rest. */
const MOST = 50;

export function sentences({ verdict, campaigns, seconds, faults, notes, kept, trials }: Outcome): string[] {
  const { recipients, accepted, inDoubt, inDoubtTaken, counts, offenders } = verdict;
  return [
    `${trials.length} kills, ${campaigns} campaigns, ${recipients} recipients, ${accepted} accepted, in ${seconds.toFixed(0)} s.`,
    FAULTS.map((fault) => `${fault} ${counts[fault]}`).join(", ") +
      `, in doubt ${inDoubt} (of which taken ${inDoubtTaken}).`,
    ...notes,
    ...faults.map((fault) => `FAULT ${fault}`),
    ...offenders.slice(0, MOST),
    ...(offenders.length > MOST ? [`… and ${offenders.length - MOST} more`] : []),
    ...(kept === null ? [] : [`Kept for you: ${kept}`]),
  ];
}

const round = (seconds: number): number => Math.round(seconds * 1_000) / 1_000;

export function jsonOf({ trials, verdict, campaigns, seconds, faults }: Outcome, options: RunOptions) {
  const times = recoveries(trials);
  const { recipients, accepted, inDoubt, inDoubtTaken, counts } = verdict;
  return {
    name: "chaos",
    trials: trials.length,
    recipients,
    accepted,
    campaigns,
    ...counts,
    inDoubt,
    inDoubtTaken,
    leftUnknown: trials.reduce((sum, one) => sum + one.left.count, 0),
    recoveryMedianSeconds: round(percentile(times, 0.5)),
    recoveryP99Seconds: round(percentile(times, 0.99)),
    recoveryMaxSeconds: round(percentile(times, 1)),
    knownAgainP99Seconds: round(percentile(waits(trials), 0.99)),
    faults: faults.length,
    backend: options.backend,
    lookup: options.lookup,
    workers: options.workers,
    seed: options.seed,
    seconds: round(seconds),
  };
}
