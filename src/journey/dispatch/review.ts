// After each finished batch: is so much refused that the rest had better wait for its owner? (R2, C5)
import { PAUSE_AT } from "../../../config/limits.ts";
import { whyPause } from "../../domain/threshold.ts";
import type { Batch } from "../../store/batches.ts";
import type { Store } from "../../store/store.ts";
import { lineAbout, MACHINE } from "../log.ts";
import { aboutBatch } from "../record.ts";

export interface ReviewDeps {
  readonly store: Pick<Store, "batches" | "holds">;
}

/** Pauses the communication when a threshold is passed, once; a person decides whether it goes on. */
export async function review(deps: ReviewDeps, batch: Batch): Promise<void> {
  const ended = await deps.store.batches.ended(batch.dispatchId);
  const why = whyPause(ended, PAUSE_AT);
  if (why === null) return;
  const facts = { channel: batch.channelKey, dispatch: batch.dispatchId, ...ended };
  const line = lineAbout("communication.paused", aboutBatch(batch), MACHINE, facts, why);
  await deps.store.holds.pause(batch.communicationId, why, line);
}

/** The relay does not want the message itself (X4): its owner must look before more of it is offered. */
export function pauseFor(deps: ReviewDeps, batch: Batch, why: string): Promise<boolean> {
  const facts = { channel: batch.channelKey, dispatch: batch.dispatchId };
  const line = lineAbout("communication.paused", aboutBatch(batch), MACHINE, facts, why);
  return deps.store.holds.pause(batch.communicationId, why, line);
}
