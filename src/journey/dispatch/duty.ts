// A worker on duty: its lease in the database, and every reason for which it may not claim or let anything leave.
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { performance } from "node:perf_hooks";
import {
  BEAT_MS,
  CLOCK_ANCHOR_MS,
  CLOCK_DRIFT_MS,
  CLOCKS_APART_MS,
  LEASE_SECONDS,
  LONGEST_WAIT_SECONDS,
} from "../../../config/limits.ts";
import { CLASSES } from "../../domain/classes.ts";
import { quietHoursOf, quietUntil, waitsAtNight } from "../../domain/quiet-hours.ts";
import { openClockGuard, systemClocks } from "../../lib/clock-guard.ts";
import type { Logger } from "../../lib/logger.ts";
import type { QuietRow } from "../../store/workers.ts";
import type { Store } from "../../store/store.ts";

export interface DutyDeps {
  readonly store: Pick<Store, "workers" | "batches">;
  /** True while the stop file is there: nothing is claimed and nothing passes (X14). */
  readonly isStopped: () => boolean;
  readonly logger: Logger;
  /** Asked before every heartbeat: false where this database is not ours to send from, throws when it does not answer. */
  readonly guard?: () => Promise<boolean>;
}
export interface Duty {
  /** The lease owner of everything this process claims. */
  readonly owner: string;
  /** False while the database does not answer or a rule forbids it. */
  readonly mayClaim: () => boolean;
  /** False while nothing may leave this process, whatever the database says: a rule forbids it, or the clocks cannot be trusted. */
  readonly mayPass: () => boolean;
  /**
   * Looks at the clocks now and does not wait for the next beat; true where it may claim. Asked before anything ends for good by the
   * database's clock, which may have jumped a moment ago.
   */
  readonly isSure: () => Promise<boolean>;
  /** The message classes that rest now, in quiet hours. */
  readonly resting: () => readonly string[];
  /** Ends the lease: nobody has to wait for it. */
  close(): Promise<void>;
}

/** Begins with the first heartbeat; a heart that stops beating loses its lease after LEASE_SECONDS. */
export async function goOnDuty({ store, isStopped, logger, guard }: DutyDeps): Promise<Duty> {
  const owner = randomUUID();
  const here = { host: hostname(), pid: process.pid };
  let alive = true;
  let ours = true;
  let inTime = false;
  let resting: readonly string[] = [];
  const clocks = watchClocks(store, logger);
  const beat = async (): Promise<void> => {
    try {
      ours = (await guard?.()) ?? true;
      const asked = performance.now();
      const { databaseMs, quiet } = await store.workers.beat(owner, here, LEASE_SECONDS);
      inTime = await clocks({ ms: databaseMs, roundTripMs: performance.now() - asked });
      resting = restingClasses(databaseMs, quiet);
      alive = true;
    } catch (err) {
      alive = false;
      logger.warn({ err }, "no heartbeat: nothing is claimed until the database answers");
    }
  };
  await beat();
  await store.workers.forget().catch(() => undefined); // whoever comes clears away rows of processes long gone
  let beating = Promise.resolve();
  const timer = setInterval(() => {
    beating = beat();
  }, BEAT_MS);
  const mayPass = () => ours && inTime && !isStopped();
  const mayClaim = () => alive && mayPass();
  return {
    ...{ owner, mayClaim, mayPass },
    isSure: () => beat().then(mayClaim),
    resting: () => resting,
    close: async () => {
      clearInterval(timer);
      await beating;
      await store.workers.leave(owner).catch(() => undefined);
    },
  };
}

/** Clocks that jump or stand apart decide wrongly what is due and what is late: nothing is claimed and nothing passes meanwhile (D6). Says it once. */
function watchClocks({ batches }: DutyDeps["store"], logger: Logger) {
  const limits = { driftMs: CLOCK_DRIFT_MS, apartMs: CLOCKS_APART_MS, anchorMs: CLOCK_ANCHOR_MS };
  const guard = openClockGuard(systemClocks, limits);
  let said: string | null = null;
  let agreed = false;
  return async (database: { ms: number; roundTripMs: number }): Promise<boolean> => {
    const verdict = guard.check(database);
    const why = verdict.ok ? null : "stop" in verdict ? verdict.stop : verdict.refuse;
    if (why !== null && why !== said)
      logger.error({ why }, "the clocks cannot be trusted: nothing is claimed, nothing leaves");
    said = why;
    // What a clock that was ahead has put off would wait until that clock's time has come.
    if (verdict.ok && !agreed) await batches.ringPutOff(LONGEST_WAIT_SECONDS);
    agreed = verdict.ok;
    return agreed;
  };
}

function restingClasses(nowMs: number, row: QuietRow | null): readonly string[] {
  const quiet = row && quietHoursOf(row);
  if (!row || !quiet || quietUntil(new Date(nowMs).toISOString(), row.timezone, quiet) === null) return [];
  return CLASSES.filter((messageClass) => waitsAtNight(messageClass, quiet));
}
