// The commit gate (DESIGN.md section 3): nothing leaves before one commit has said so, and many connections share that commit.
import {
  GATE_MOST,
  GATES_AT_ONCE,
  GATE_WINDOW_MS,
  MOST_ATTEMPTS,
  PASSAGE_GOOD_MS,
  RECORD_WINDOW_MS,
} from "../../../config/limits.ts";
import { sleep } from "../../lib/clock.ts";
import { failpoint } from "../../lib/failpoint.ts";
import type { Logger } from "../../lib/logger.ts";
import type { Report, Ticket } from "../../store/gate.ts";
import type { Store } from "../../store/store.ts";
import type { GateJournal } from "./gate-journal.ts";

export interface GateDeps {
  readonly store: { readonly gate: Pick<Store["gate"], "commit"> };
  readonly owner: string;
  /** False while nothing may leave this process, whatever the database says. */
  readonly mayPass: () => boolean;
  /** Waited for before each commit: is this still the database we worked on? Throws when it does not answer. */
  readonly sure?: () => Promise<unknown>;
  /** What is kept beside the database. */
  readonly journal?: Pick<GateJournal, "committed" | "untold" | "allTold">;
  readonly logger: Logger;
}
export interface CommitGate {
  /** True when this delivery may leave now. Throws when the commit could not be made: then it may not. */
  pass(ticket: Ticket): Promise<boolean>;
  /** Resolves once what became of an attempt is committed; tries for as long as the database is away. */
  tell(report: Report): Promise<void>;
}

interface Asking {
  readonly ticket: Ticket;
  readonly resolve: (may: boolean) => void;
  readonly reject: (error: unknown) => void;
}
interface Telling {
  readonly report: Report;
  readonly resolve: () => void;
}

/** While the database is away results are offered again this often. In ms. */
const TELL_AGAIN_MS = 500;

/** One for each worker process: its deliveries of all batches share commits, and results ride with the gates of later messages. */
export function openGate(deps: GateDeps): CommitGate {
  const asking: Asking[] = [];
  const telling: Telling[] = [];
  let timer: NodeJS.Timeout | null = null;
  let running = 0;

  const next = (): void => {
    if (running >= GATES_AT_ONCE || (asking.length === 0 && telling.length === 0)) return;
    // A gate is not kept waiting for the slower rhythm of the record.
    if (asking.length === 1 && timer) timer = stopped(timer);
    timer ??= setTimeout(() => void flush(), asking.length > 0 ? GATE_WINDOW_MS : RECORD_WINDOW_MS);
  };
  const tell = (report: Report): Promise<void> =>
    new Promise((resolve) => {
      telling.push({ report, resolve });
      next();
    });
  const flush = async (): Promise<void> => {
    timer = null;
    running += 1;
    const told = telling.splice(0, GATE_MOST);
    if (!(await commit(deps, asking.splice(0, GATE_MOST), told, tell))) {
      telling.unshift(...told);
      deps.journal?.untold(telling.map((one) => one.report));
      await sleep(TELL_AGAIN_MS);
    } else if (telling.length === 0 && running === 1) deps.journal?.allTold(); // another may still carry some
    running -= 1;
    next();
  };
  return {
    pass: (ticket) =>
      new Promise((resolve, reject) => {
        asking.push({ ticket, resolve, reject });
        next();
      }),
    tell,
  };
}

function stopped(timer: NodeJS.Timeout): null {
  clearTimeout(timer);
  return null;
}

/** Settles everyone who asked; false when the results could not be written and must be offered again. */
async function commit(
  { store, owner, mayPass, sure, journal, logger }: GateDeps,
  asked: readonly Asking[],
  told: readonly Telling[],
  tell: CommitGate["tell"],
): Promise<boolean> {
  try {
    await sure?.();
    const may = mayPass() ? asked : [];
    const tickets = may.map((one) => one.ticket);
    const reports = told.map((one) => one.report);
    const began = performance.now();
    const passed = await store.gate.commit(owner, tickets, reports, MOST_ATTEMPTS);
    // Answered late, as to a process that was stopped and woken: others may have looked it up and sent it meanwhile (Q5).
    const isFresh = () => performance.now() - began < PASSAGE_GOOD_MS;
    journal?.committed(
      tickets.filter((ticket) => passed.has(ticket)),
      reports,
    );
    passFailpoints(reports.length, passed.size);
    for (const one of asked) answer(one, passed.has(one.ticket), isFresh() && mayPass(), tell);
    for (const one of told) one.resolve();
    return true;
  } catch (err) {
    logger.warn({ err, asked: asked.length, told: told.length }, "the gate could not commit; nothing passed");
    for (const one of asked) one.reject(err);
    return false;
  }
}

/** Where we were stopped while the commit was on its way, or it took too long, what it let through is taken back before it leaves. */
function answer({ ticket, resolve }: Asking, passed: boolean, may: boolean, tell: CommitGate["tell"]): void {
  if (may || !passed) resolve(passed);
  else void tell(takenBack(ticket)).then(() => resolve(false));
}

function passFailpoints(told: number, passed: number): void {
  if (told > 0) failpoint("after_result_commit");
  if (passed > 0) failpoint("after_gate_commit");
}

/** Stopped while its commit was on its way (the database was slow, or away): nothing has left yet, so it waits again. */
const takenBack = ({ id, fence }: Ticket): Report => ({
  ...{ id, fence, state: "queued", code: null, proof: null },
  ...{ waitMinutes: 0, passed: true },
});
