// A worker on duty: its lease in the database, and every reason for which it may not claim or let anything leave.
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { BEAT_MS, LEASE_SECONDS } from "../../config/limits.ts";
import type { Logger } from "../lib/logger.ts";
import type { Store } from "../store/store.ts";

export interface DutyDeps {
  readonly store: Pick<Store, "workers">;
  readonly logger: Logger;
  /** Asked before every heartbeat: false where this database is not ours to send from, throws when it does not answer. */
  readonly guard?: () => Promise<boolean>;
}
export interface Duty {
  /** The lease owner of everything this process claims. */
  readonly owner: string;
  /** False while the database does not answer or a rule forbids it. */
  readonly mayClaim: () => boolean;
  /** False while nothing may leave this process, whatever the database says. */
  readonly mayPass: () => boolean;
  /** True in quiet hours, in which only the urgent lane works. */
  readonly isQuiet: () => boolean;
  /** Ends the lease: nobody has to wait for it. */
  close(): Promise<void>;
}

/** Begins with the first heartbeat; a heart that stops beating loses its lease after LEASE_SECONDS. */
export async function goOnDuty({ store, logger, guard }: DutyDeps): Promise<Duty> {
  const owner = randomUUID();
  const here = { host: hostname(), pid: process.pid };
  let alive = true;
  let ours = true;
  const beat = async (): Promise<void> => {
    try {
      ours = (await guard?.()) ?? true;
      await store.workers.beat(owner, here, LEASE_SECONDS);
      alive = true;
    } catch (err) {
      alive = false;
      logger.warn({ err }, "no heartbeat: nothing is claimed until the database answers");
    }
  };
  await beat();
  let beating = Promise.resolve();
  const timer = setInterval(() => {
    beating = beat();
  }, BEAT_MS);
  return {
    owner,
    mayClaim: () => alive && ours,
    mayPass: () => ours,
    isQuiet: () => false,
    close: async () => {
      clearInterval(timer);
      await beating;
      await store.workers.leave(owner).catch(() => undefined);
    },
  };
}
