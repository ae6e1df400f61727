// Step 8. What a channel said becomes the delivery's new state; it is committed with the gate of a later message, log line and all.
import { moveDelivery } from "../domain/delivery.ts";
import { eventOf, type Outcome, retryAfterMinutes } from "../domain/outcome.ts";
import type { Batch, Waiting } from "../store/batches.ts";
import type { Report, StateCounts } from "../store/gate.ts";
import { lineAbout, MACHINE } from "./log.ts";

/** `passed`: whether the gate had let it through; before that nothing had left. */
export const reportOf = (delivery: Waiting, outcome: Outcome, passed: boolean): Report => ({
  id: delivery.id,
  fence: delivery.fence,
  passed,
  state: moveDelivery(passed ? "intent" : "queued", eventOf(outcome)),
  code: "code" in outcome ? outcome.code : null,
  proof: outcome.kind === "accepted" ? outcome.proof : null,
  waitMinutes: Math.max(retryAfterMinutes(delivery.tries + 1), leastMinutes(outcome)),
});

/** What came of policy waits longer than its turn: trying again soon makes it worse (X4). */
const leastMinutes = (outcome: Outcome): number =>
  outcome.kind === "deferred" ? Math.ceil((outcome.leastSeconds ?? 0) / 60) : 0;

/** The line for what the gate or the calendar ended. */
export const recordedLine = (batch: Batch, counts: StateCounts) =>
  lineAbout("deliveries.recorded", aboutBatch(batch), MACHINE, {
    channel: batch.channelKey,
    dispatch: batch.dispatchId,
    ...counts,
  });

/** The line for people who are no longer written to, as a relay said that there is nobody at their address (X3). */
export const silencedLine = (batch: Named & Pick<Batch, "channelKey" | "dispatchId">, people: number) =>
  lineAbout("subscriber.suppressed", aboutBatch(batch), MACHINE, {
    channel: batch.channelKey,
    dispatch: batch.dispatchId,
    people,
  });
type Named = Pick<Batch, "reference" | "campaignKey" | "leadAgencyKey">;

export const aboutBatch = ({ reference, campaignKey, leadAgencyKey }: Named) => ({
  reference,
  campaign: { key: campaignKey, leadAgencyKey },
});
