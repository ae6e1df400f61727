// What left, kept outside the database: a line for each commit of the gate, and results the database has not heard yet. Ids only.
import { join } from "node:path";
import { rmSync } from "node:fs";
import { JOURNAL_DAYS } from "../../../config/limits.ts";
import { appendDurably, journalFiles, openDailyJournal, readLines } from "../../lib/durable.ts";
import { isAlive } from "../../lib/processes.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Report, Ticket } from "../../store/gate.ts";

const NAME = "gate-journal";
const UNTOLD = "untold";

/** Of one dispatch: which deliveries passed the gate, each with the fence it passed under. */
export interface Passed {
  readonly dispatch: string;
  readonly communication: string;
  readonly channel: string;
  readonly passed: readonly (readonly [id: number, fence: number])[];
}
export interface JournalLine {
  readonly at: string;
  readonly left?: readonly Passed[];
  /** Which earlier ones were told to have ended how. */
  readonly ended?: Readonly<Record<string, readonly number[]>>;
  /** The database was found restored here: what stands above may be unknown to it. */
  readonly restored?: { readonly endsAt: number; readonly genesis: string };
}

export interface GateJournal {
  /** After a commit and before anything of it leaves. */
  committed(passed: readonly Ticket[], told: readonly Report[]): void;
  /** Results the database could not be told: on disk before this returns. */
  untold(reports: readonly Report[]): void;
  /** All of them have been told after all. */
  allTold(): void;
  close(): void;
}

/** A disk that is full stops no message: the database's word is what counts, and the log says what is not kept. */
export function openGateJournal(dir: string, owner: string, logger: Logger): GateJournal {
  const journal = openDailyJournal(dir, NAME, JOURNAL_DAYS);
  const untoldFile = join(dir, `${UNTOLD}-${process.pid}-${owner}.ndjson`);
  const known = new Set<string>();
  const safely = (work: () => void) => {
    try {
      work();
    } catch (err) {
      logger.error({ err }, "the journal beside the database could not be written");
    }
  };
  return {
    committed: (passed, told) =>
      safely(() => {
        if (passed.length + told.length > 0) journal.append(lineOf(passed, told));
      }),
    untold: (reports) =>
      safely(() => {
        const fresh = reports.filter((one) => one.passed && !known.has(`${one.id}/${one.fence}`));
        if (fresh.length > 0) appendDurably(untoldFile, fresh);
        for (const { id, fence } of fresh) known.add(`${id}/${fence}`);
      }),
    allTold: () => {
      if (known.size === 0) return;
      known.clear();
      safely(() => rmSync(untoldFile, { force: true }));
    },
    close: () => safely(() => journal.close()),
  };
}

function lineOf(passed: readonly Ticket[], told: readonly Report[]): JournalLine {
  const left = new Map<string, Passed & { passed: [number, number][] }>();
  for (const { id, fence, dispatchId: dispatch, deliveryKey = "" } of passed) {
    const [communication = "", channel = ""] = deliveryKey.split("/");
    const of = left.get(dispatch) ?? { dispatch, communication, channel, passed: [] };
    left.set(dispatch, of);
    of.passed.push([id, fence]);
  }
  const ended: Record<string, number[]> = {};
  for (const { id, state } of told) (ended[state] ??= []).push(id);
  return {
    at: new Date().toISOString(),
    ...(left.size > 0 ? { left: [...left.values()] } : {}),
    ...(told.length > 0 ? { ended } : {}),
  };
}

/** Marks in the journal where the database was found restored. */
export const markRestored = (dir: string, restored: NonNullable<JournalLine["restored"]>): void => {
  const journal = openDailyJournal(dir, NAME, JOURNAL_DAYS);
  journal.append({ at: new Date().toISOString(), restored } satisfies JournalLine);
  journal.close();
};

/** Every line of a data folder's journal, oldest first, a file at a time. */
export function* readJournal(dir: string): Generator<JournalLine> {
  for (const file of journalFiles(dir, NAME)) yield* readLines<JournalLine>(file);
}

/** What processes that are gone could not tell, and how to forget it once it is told. */
export function leftUntold(dir: string): { reports: Report[]; forget: () => void } {
  const files = journalFiles(dir, UNTOLD).filter((file) => !isAlive(writerOf(file)));
  return {
    reports: files.flatMap((file) => readLines<Report>(file)),
    forget: () => files.forEach((file) => rmSync(file, { force: true })),
  };
}
const writerOf = (file: string): number => Number(/untold-(\d+)-/.exec(file)?.[1] ?? 0);
