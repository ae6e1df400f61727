// Step 8. What a channel said becomes the delivery's new state and a line of the log, in one transaction.
import { BATCH_SIZE, RECORD_WINDOW_MS } from "../../config/limits.ts";
import { moveDelivery } from "../domain/delivery.ts";
import { eventOf, type Outcome, retryAfterMinutes } from "../domain/outcome.ts";
import { failpoint } from "../lib/failpoint.ts";
import { grouped } from "../lib/group.ts";
import type { Report, StateCounts, Ticket } from "../store/deliveries.ts";
import type { Store } from "../store/store.ts";
import { type About, lineAbout, MACHINE } from "./log.ts";

export interface RecordDeps {
  readonly store: Pick<Store, "deliveries">;
}
export interface Scope extends About {
  readonly channelKey: string;
  readonly dispatchId: string;
  readonly batchNo: number;
}

/** Outcomes of one batch, written in groups. Resolves once the outcome is committed. */
export function recorder(
  deps: RecordDeps,
  scope: Scope,
): (ticket: Ticket, outcome: Outcome) => Promise<void> {
  const record = grouped<Report, void>(
    async (reports) => {
      await deps.store.deliveries.record(reports, (counts) => recordedLine(scope, counts));
      failpoint("after_result_commit");
      return reports.map(() => undefined);
    },
    { windowMs: RECORD_WINDOW_MS, most: BATCH_SIZE },
  );
  return (ticket, outcome) => record(reportOf(ticket, outcome));
}

/** The line for outcomes that were written; also used for what the gate stopped. */
export const recordedLine = ({ channelKey, dispatchId, batchNo, ...about }: Scope, counts: StateCounts) =>
  lineAbout("deliveries.recorded", about, MACHINE, {
    channel: channelKey,
    dispatch: dispatchId,
    batch: batchNo,
    ...counts,
  });

const reportOf = ({ id, attempt }: Ticket, outcome: Outcome): Report => ({
  id,
  attempt,
  state: moveDelivery("intent", eventOf(outcome)),
  code: "code" in outcome ? outcome.code : null,
  proof: outcome.kind === "accepted" ? outcome.proof : null,
  waitMinutes: retryAfterMinutes(attempt),
});
