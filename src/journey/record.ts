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
  waitMinutes: retryAfterMinutes(delivery.tries + 1),
});

/** The line for what the gate or the calendar ended. */
export const recordedLine = (batch: Batch, counts: StateCounts) =>
  lineAbout("deliveries.recorded", aboutBatch(batch), MACHINE, {
    channel: batch.channelKey,
    dispatch: batch.dispatchId,
    ...counts,
  });

export const aboutBatch = ({ reference, campaignKey, leadAgencyKey }: Batch) => ({
  reference,
  campaign: { key: campaignKey, leadAgencyKey },
});
