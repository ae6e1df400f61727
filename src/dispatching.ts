// What one process needs to dispatch: its duty, its one commit gate, its lanes. Wired here, decided in src/journey.
import type { Deps } from "./deps.ts";
import type { Unavailable } from "./domain/outcome.ts";
import { openAllowance } from "./journey/dispatch/allowance.ts";
import { blockAccount } from "./journey/dispatch/block.ts";
import { dispatch } from "./journey/dispatch.ts";
import { goOnDuty } from "./journey/dispatch/duty.ts";
import { type CommitGate, openGate } from "./journey/dispatch/gate.ts";
import { openHolding } from "./journey/dispatch/holding.ts";
import { leftUntold, openGateJournal } from "./journey/dispatch/gate-journal.ts";
import { type Lanes, openLanes } from "./journey/dispatch/lanes.ts";
import { pauseFor, review } from "./journey/dispatch/review.ts";
import type { Batch } from "./store/batches.ts";

/** Goes on duty and works every channel's lanes until it is closed; `signal` stops it at the gate. */
export async function openDispatching(deps: Deps, signal: AbortSignal): Promise<Lanes> {
  const { store, logger, watch } = deps;
  const duty = await goOnDuty({ store, isStopped: deps.stopFile.isThere, logger, guard: () => watch.look() });
  const journal = openGateJournal(deps.settings.dataDir, duty.owner, logger);
  const { owner, mayPass } = duty;
  const gate = openGate({ store, owner, mayPass, sure: () => watch.sure(), journal, logger });
  void tellLeft(deps, gate);
  const work = {
    ...deps,
    duty,
    gate,
    allowance: openAllowance({ store }),
    holding: openHolding({ store, owner }),
    pause: (batch: Batch, why: string) => pauseFor({ store }, batch, why),
    review: (batch: Batch) => review({ store }, batch),
    block: (batch: Batch, said: Unavailable) => blockAccount({ store, logger }, batch, said),
  };
  const lanes = openLanes({
    store,
    logger,
    mayClaim: duty.mayClaim,
    dispatch: (input) => dispatch(work, { ...input, signal }),
  });
  return {
    wake: lanes.wake,
    close: async () => {
      await lanes.close();
      await duty.close();
      journal.close();
    },
  };
}

/** What processes before this one could not tell the database: a known acceptance does not become a doubt (C1). */
async function tellLeft({ settings, logger }: Deps, gate: CommitGate): Promise<void> {
  try {
    const { reports, forget } = leftUntold(settings.dataDir);
    await Promise.all(reports.map((report) => gate.tell(report)));
    forget();
  } catch (err) {
    logger.error({ err }, "results kept beside the database could not be read");
  }
}
