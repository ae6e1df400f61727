// Step 7. One batch of deliveries: claimed under a lease, let through the gate, handed to the channel, recorded.
import { randomUUID } from "node:crypto";
import {
  GATE_WINDOW_MS,
  LEASE_RENEW_MS,
  LEASE_SECONDS,
  MOST_ATTEMPTS,
  SENDING_AT_ONCE,
} from "../../config/limits.ts";
import type { OpenChannel, Rendition, Sent } from "../channels/channel.ts";
import { unknown } from "../domain/outcome.ts";
import { failpoint } from "../lib/failpoint.ts";
import { grouped } from "../lib/group.ts";
import type { Logger } from "../lib/logger.ts";
import { eachAtOnce } from "../lib/pool.ts";
import type { Claimed, Ticket } from "../store/deliveries.ts";
import type { Store } from "../store/store.ts";
import { recordedLine, recorder, type Scope } from "./record.ts";

export interface DispatchDeps {
  readonly store: Pick<Store, "plan" | "deliveries" | "sending">;
  /** The open channel of a key of the register. */
  readonly channel: (key: string) => Promise<OpenChannel>;
  /** Where this subscriber can stop all messages, by one click. */
  readonly stopLink: (subscriberId: string) => string;
  readonly close: (dispatchId: string) => Promise<unknown>;
  readonly logger: Logger;
}
export interface DispatchInput {
  readonly dispatchId: string;
  readonly batchNo: number;
  /** Aborted when this worker is asked to stop: nothing new passes the gate, what has passed is finished. */
  readonly signal: AbortSignal;
}

/** Safe to ring twice, late or for nothing: what is not there to claim is not sent. */
export async function dispatch(
  deps: DispatchDeps,
  { dispatchId, batchNo, signal }: DispatchInput,
): Promise<void> {
  const about = await deps.store.sending.dispatch(dispatchId);
  if (!about || signal.aborted) return;
  const owner = randomUUID();
  const claimed = await deps.store.deliveries.claim(dispatchId, batchNo, owner, LEASE_SECONDS);
  if (claimed.length === 0) return;
  failpoint("after_claim");
  const renewing = setInterval(() => {
    deps.store.deliveries
      .renew(owner, LEASE_SECONDS)
      .catch((err: unknown) => deps.logger.warn({ err, dispatchId, batchNo }, "lease not renewed"));
  }, LEASE_RENEW_MS);
  try {
    await send(deps, { ...about, dispatchId, batchNo }, { owner, claimed, signal });
  } finally {
    clearInterval(renewing);
    await deps.store.deliveries.giveBack(owner, MOST_ATTEMPTS);
  }
  await deps.close(dispatchId);
}

type Work = { owner: string; claimed: readonly Claimed[]; signal: AbortSignal };
type About = NonNullable<Awaited<ReturnType<Store["sending"]["dispatch"]>>>;

async function send(
  deps: DispatchDeps,
  scope: Scope & About,
  { owner, claimed, signal }: Work,
): Promise<void> {
  const senders = await openSenders(deps, scope, claimed);
  const record = recorder(deps, scope);
  // Where the commit gate stands: many deliveries share one commit, and none leaves before its own.
  const pass = grouped<Ticket, boolean>((tickets) => deps.store.deliveries.pass(owner, tickets), {
    windowMs: GATE_WINDOW_MS,
    most: SENDING_AT_ONCE,
  });
  const stopped: Ticket[] = [];
  // Results are awaited at the end of the batch, so that no connection idles for a commit; a failure is kept until then.
  const recorded: Promise<void>[] = [];
  const keep = (result: Promise<void>) => {
    result.catch(() => undefined);
    recorded.push(result);
  };

  await eachAtOnce(claimed, SENDING_AT_ONCE, async (delivery) => {
    if (signal.aborted) return;
    const gate = makeGate(() => pass(delivery), signal);
    const sent = await trySend(deps, senders, delivery, gate);
    if (sent === "given back" || (sent.kind === "stopped" && signal.aborted)) return;
    if (sent.kind === "stopped") stopped.push(delivery);
    // A refusal found before the gate (a missing slot) still goes through it: every recorded outcome has its intent.
    else if (gate.passed || (await gate.ask())) keep(record(delivery, sent));
    else stopped.push(delivery);
  });
  await Promise.all(recorded);
  if (stopped.length > 0)
    await deps.store.deliveries.deny(owner, stopped, (counts) => recordedLine(scope, counts));
}

type Sender = ReturnType<OpenChannel["prepare"]>;

/** One sender for each rendition of the batch: whatever does not depend on the recipient is done once. */
async function openSenders(
  deps: DispatchDeps,
  { channelKey, reference, sensitive }: Scope & About,
  claimed: readonly Claimed[],
): Promise<ReadonlyMap<string, Sender>> {
  const channel = await deps.channel(channelKey);
  const ids = [...new Set(claimed.map((one) => one.renditionId))];
  const renditions = await deps.store.sending.renditions(ids);
  return new Map(
    renditions.map(({ id, body, language }) => [
      id,
      channel.prepare(body as unknown as Rendition, { reference, language, sensitive }),
    ]),
  );
}

/** Remembers whether it let this delivery through: before that nothing has left, after it nobody can be sure. */
function makeGate(pass: () => Promise<boolean>, signal: AbortSignal) {
  const gate = {
    passed: false,
    ask: async () => {
      failpoint("before_gate");
      gate.passed = !signal.aborted && (await pass());
      failpoint("after_gate_commit");
      return gate.passed;
    },
  };
  return gate;
}

/** A channel that fails by itself is our own fault: before the gate the delivery is given back, after it it is in doubt. */
async function trySend(
  deps: DispatchDeps,
  senders: ReadonlyMap<string, Sender>,
  delivery: Claimed,
  gate: ReturnType<typeof makeGate>,
): Promise<Sent | "given back"> {
  try {
    const sender = senders.get(delivery.renditionId);
    return sender ? await sender(outgoing(deps, delivery), gate.ask) : "given back";
  } catch (err) {
    deps.logger.error({ err, deliveryId: delivery.id }, "a channel failed by itself");
    return gate.passed ? unknown("channel-fault") : "given back";
  }
}

const outgoing = (
  { stopLink }: DispatchDeps,
  { deliveryKey, subscriberId, email, firstName, ward }: Claimed,
) => ({
  deliveryKey,
  recipient:
    subscriberId === null || email === null
      ? null
      : {
          address: email,
          values: {
            ...(firstName ? { first_name: firstName } : {}),
            ...(ward ? { ward } : {}),
            unsubscribe_url: stopLink(subscriberId),
            preferences_url: stopLink(subscriberId),
          },
        },
});
