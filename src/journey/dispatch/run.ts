// What happens while one batch is gone through, and what an answer about us rather than a recipient does to the rest of it.
import { PAUSE_AT, POLICY_WAIT_SECONDS } from "../../../config/limits.ts";
import { deferred, type Outcome, type Unavailable } from "../../domain/outcome.ts";
import type { Batch, Waiting } from "../../store/batches.ts";
import type { Store } from "../../store/store.ts";

export interface RunDeps {
  readonly store: Pick<Store, "batches">;
  /** Stops the communication in the middle, for its owner to decide. */
  readonly pause: (batch: Batch, why: string) => Promise<unknown>;
  /** The provider turned us away: nobody asks it for a while. */
  readonly block: (batch: Batch, said: Unavailable) => Promise<void>;
}

/** Nothing has happened yet. `mayPass`: whether this process may let anything leave. */
export function newRun(signal: AbortSignal, mayPass: () => boolean) {
  const run = {
    over: false,
    isOver: (): boolean => run.over || signal.aborted || !mayPass(),
    denied: [] as number[],
    told: [] as Promise<void>[],
    turnedAway: 0,
    policy: 0,
  };
  return run;
}
export type Run = ReturnType<typeof newRun>;

/** The gate said no: to this one alone, or because everything is kept back. */
export async function denied({ store }: RunDeps, batch: Batch, run: Run, { id }: Waiting): Promise<null> {
  if (run.isOver()) return null;
  run.denied.push(id);
  if (!(await store.batches.isOpen(batch.dispatchId))) run.over = true;
  return null;
}

/** An answer that is about us and not the recipient changes what becomes of the others. */
export async function heed(deps: RunDeps, batch: Batch, run: Run, sent: Outcome): Promise<Outcome> {
  if (sent.kind !== "unavailable") return sent;
  if (sent.why === "policy") {
    // Perhaps only one provider's: that delivery is put off, the others go on, until it is plain that it is the message.
    run.policy += 1;
    if (run.policy === PAUSE_AT.policy)
      await deps.pause(batch, `${run.policy} times the relay would not take this message (${sent.code})`);
    return deferred(sent.code, sent.retryAfterSeconds ?? POLICY_WAIT_SECONDS);
  }
  run.turnedAway += 1;
  // One lost connection says nothing of the next; every other answer is for all of us.
  if (sent.why !== "lost" && !run.over) {
    run.over = true;
    await deps.block(batch, sent);
  }
  return sent;
}
