// How a benchmark speaks: progress on standard error, a table on standard output, medians of all runs.

export interface Run {
  readonly messages: number;
  readonly seconds: number;
  /** The most memory the working process held, in MB; 0 where it is not measured. */
  readonly rssMb: number;
  /** The processor time it took for all messages, in ms; 0 where it is not measured. */
  readonly cpuMs: number;
}

export const say = (line: string): void => void process.stderr.write(`${line}\n`);

export const perSecond = ({ messages, seconds }: Run): number => messages / seconds;

export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** One side's runs in short: the median and what it is made of. */
export interface Side {
  readonly perSecond: number;
  readonly rssMb: number;
  /** Processor time of the working process for one message, in ms. */
  readonly cpuMs: number;
  readonly each: readonly number[];
}

export function sideOf(runs: readonly Run[]): Side {
  return {
    perSecond: Math.round(median(runs.map(perSecond))),
    rssMb: Math.round(median(runs.map((run) => run.rssMb))),
    cpuMs: Math.round(median(runs.map((run) => run.cpuMs / run.messages)) * 100) / 100,
    each: runs.map((run) => Math.round(perSecond(run))),
  };
}

export const ratio = (a: number, b: number): number => Math.round((a / b) * 100) / 100;
