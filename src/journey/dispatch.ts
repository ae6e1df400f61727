// Step 7. Batches of one channel and lane: claimed, each delivery let through the gate, handed to the channel, recorded.
import { SENDING_AT_ONCE, TRY_AGAIN_SECONDS } from "../../config/limits.ts";
import type { OpenChannel, Outgoing, Rendition, Sent } from "../channels/channel.ts";
import type { Lane } from "../domain/lane.ts";
import { deferred, unavailable, unknown } from "../domain/outcome.ts";
import { sleep } from "../lib/clock.ts";
import { failpoint } from "../lib/failpoint.ts";
import type { Logger } from "../lib/logger.ts";
import { eachAtOnce } from "../lib/pool.ts";
import type { Batch, Waiting } from "../store/batches.ts";
import type { Store } from "../store/store.ts";
import type { Allowance } from "./dispatch/allowance.ts";
import type { Duty } from "./dispatch/duty.ts";
import type { CommitGate } from "./dispatch/gate.ts";
import type { Holding } from "./dispatch/holding.ts";
import { denied, heed, newRun, type RunDeps } from "./dispatch/run.ts";
import { recordedLine, reportOf, silencedLine } from "./record.ts";

export interface DispatchDeps extends RunDeps {
  readonly store: Pick<Store, "batches" | "gate" | "sending">;
  readonly duty: Duty;
  readonly gate: CommitGate;
  readonly allowance: Allowance;
  readonly holding: Holding;
  /** The open channel of a key of the register; the urgent lane has connections of its own. */
  readonly channel: (key: string, lane: Lane) => Promise<OpenChannel>;
  /** Where this subscriber can stop all messages, by one click, or those of the list they came from. */
  readonly stopLink: (subscriberId: string, listKey: string | null) => string;
  /** Where they choose what they get. */
  readonly preferencesLink: (subscriberId: string) => string;
  /** Where their mailbox can write to instead; absent where nobody reads what comes there. */
  readonly stopAddress?: (subscriberId: string) => string;
  readonly close: (dispatchId: string) => Promise<unknown>;
  /** Pauses a communication of which too much is refused. */
  readonly review: (batch: Batch) => Promise<void>;
  readonly logger: Logger;
}
export interface DispatchInput {
  readonly channelKey: string;
  readonly lane: Lane;
  /** Aborted when this worker is asked to stop: nothing new passes the gate, what has passed is finished. */
  readonly signal: AbortSignal;
}

/** Works batch after batch until nothing ripe is left. Safe to ask for at any time: what is not there to claim is not sent. */
export async function dispatch(
  deps: DispatchDeps,
  { channelKey, lane, signal }: DispatchInput,
): Promise<void> {
  const { store, duty } = deps;
  while (!signal.aborted && duty.mayClaim()) {
    const batch = await deps.holding.take(() =>
      store.batches.claim(duty.owner, channelKey, lane, duty.resting()),
    );
    if (!batch) return;
    failpoint("after_claim");
    await workBatch(deps, batch, lane, signal);
    deps.holding.letGo(batch);
  }
}

async function workBatch(deps: DispatchDeps, batch: Batch, lane: Lane, signal: AbortSignal): Promise<void> {
  const { logger } = deps;
  let clean = false;
  try {
    clean = batch.late ? await expire(deps, batch) : await send(deps, batch, lane, signal);
  } catch (err) {
    logger.error({ err, dispatchId: batch.dispatchId, batchNo: batch.batchNo }, "a batch failed");
  }
  if (!(await letGo(deps, batch, clean || signal.aborted ? 0 : TRY_AGAIN_SECONDS))) return;
  await deps.review(batch);
  await deps.close(batch.dispatchId);
}

/** Tried for as long as the database is away: a batch that is not let go of would stay with a worker that lives. */
async function letGo({ store, duty, logger }: DispatchDeps, batch: Batch, seconds: number): Promise<boolean> {
  for (;;) {
    try {
      // First: a batch that is done is looked at by nobody any more, one whose worker dies here is worked again.
      await store.batches.silence(batch, (people) => silencedLine(batch, people));
      return await store.batches.finish(duty.owner, batch, seconds);
    } catch (err) {
      logger.warn(
        { err, dispatchId: batch.dispatchId, batchNo: batch.batchNo },
        "a batch is not let go of yet",
      );
      await sleep(LET_GO_AGAIN_MS);
    }
  }
}
const LET_GO_AGAIN_MS = 500;

async function expire({ store, duty }: DispatchDeps, batch: Batch): Promise<boolean> {
  // Found late by a clock that may have jumped since the last beat: what has expired stays so.
  if (!(await duty.isSure())) return false;
  await store.batches.expire(duty.owner, batch, (expired) => recordedLine(batch, { expired }));
  return true;
}

/** True when the whole batch was gone through. */
async function send(deps: DispatchDeps, batch: Batch, lane: Lane, signal: AbortSignal): Promise<boolean> {
  const { store, duty } = deps;
  const sender = await openSender(deps, batch, lane);
  const run = newRun(signal, duty.mayPass);
  const each = async (delivery: Waiting): Promise<void> => {
    if (run.isOver() || !(await deps.allowance(batch, signal)) || run.isOver()) return;
    const passage = through(deps, delivery, run.isOver);
    const sent = await attempt(deps, sender, { delivery, listKey: batch.listKey }, passage);
    const outcome =
      sent.kind === "stopped" ? await denied(deps, batch, run, delivery) : await heed(deps, batch, run, sent);
    // What was turned away before the gate is as it was: there is nothing to tell.
    const gated = passage.passed || passage.unsure;
    if (outcome && (gated || outcome.kind !== "unavailable"))
      run.told.push(deps.gate.tell(reportOf(delivery, outcome, gated)));
  };
  try {
    await eachAtOnce(await store.batches.deliveries(batch), SENDING_AT_ONCE, each);
  } finally {
    // Results are awaited here and not one by one, so that no connection idles for a commit; after a fault, too: a batch that
    // is let go of before they are written would call them doubts.
    await Promise.all(run.told);
  }
  const ended = run.denied.length === 0 || (await endDenied(deps, batch, run.denied));
  return ended && !run.isOver() && run.turnedAway === 0;
}

/** Some of them may be too late only by a clock that has just jumped: then they are left as they are. */
async function endDenied({ store, duty }: DispatchDeps, batch: Batch, ids: number[]): Promise<boolean> {
  if (!(await duty.isSure())) return false;
  await store.gate.deny(duty.owner, batch.fence, ids, (counts) => recordedLine(batch, counts));
  return true;
}

type Sender = ReturnType<OpenChannel["prepare"]>;

/** Whatever does not depend on the recipient is done once for a batch. */
async function openSender(deps: DispatchDeps, batch: Batch, lane: Lane): Promise<Sender> {
  const rendition = await deps.store.sending.rendition(batch.renditionId);
  if (!rendition) throw new Error(`rendition ${batch.renditionId} is not ready`);
  const channel = await deps.channel(batch.channelKey, lane);
  const { reference, sensitive } = batch;
  return channel.prepare(rendition.body as unknown as Rendition, {
    reference,
    language: rendition.language,
    sensitive,
  });
}

/** Remembers whether it let this delivery through: before that nothing has left, after it nobody can be sure. */
function through(deps: DispatchDeps, delivery: Waiting, isOver: () => boolean) {
  const passage = {
    passed: false,
    /** True where nobody can say whether the gate's commit was made: nothing left, but the row may say it may have. */
    unsure: false,
    ask: async (): Promise<boolean> => {
      failpoint("before_gate");
      if (isOver()) return false;
      passage.unsure = true;
      passage.passed = await deps.gate.pass(delivery);
      passage.unsure = false;
      return passage.passed;
    },
  };
  return passage;
}

/** A channel that fails by itself is our own fault: before the gate it is put off, after it it is in doubt. */
async function attempt(
  deps: DispatchDeps,
  sender: Sender,
  { delivery, listKey }: { readonly delivery: Waiting; readonly listKey: string | null },
  passage: ReturnType<typeof through>,
): Promise<Sent> {
  try {
    return await sender(outgoing(deps, delivery, listKey), passage.ask);
  } catch (err) {
    deps.logger.error({ err, deliveryId: delivery.id }, "a channel failed by itself");
    if (passage.passed) return unknown("channel-fault");
    return passage.unsure ? unavailable("gate-lost", "lost") : deferred("channel-fault");
  }
}

/** One delivery as a channel sees it: of the person only what the slots may hold. */
function outgoing(
  deps: Pick<DispatchDeps, "stopLink" | "preferencesLink" | "stopAddress">,
  { id: deliveryId, deliveryKey, subscriberId, email, firstName, ward, plain }: Waiting,
  listKey: string | null,
): Outgoing {
  if (subscriberId === null || email === null) return { deliveryKey, recipient: null };
  const values = {
    ...(firstName ? { first_name: firstName } : {}),
    ...(ward ? { ward } : {}),
    unsubscribe_url: deps.stopLink(subscriberId, listKey),
    preferences_url: deps.preferencesLink(subscriberId),
  };
  const stopAddress = deps.stopAddress?.(subscriberId);
  const wishes = { ...(plain ? { plain } : {}), ...(stopAddress ? { stopAddress } : {}) };
  return { deliveryKey, deliveryId, recipient: { address: email, values, ...wishes } };
}
