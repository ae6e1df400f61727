// Beside the path: may this process work on this database at all? Asked once, before workers or a scheduler start.
import { CLOCK_DRIFT_MS, CLOCKS_APART_MS } from "../../config/limits.ts";
import { DomainError } from "../domain/errors.ts";
import { judgeClock, systemClocks } from "../lib/clock-guard.ts";
import type { Store } from "../store/store.ts";

type Fitness = { readonly store: Pick<Store, "environment"> };

/**
 * Throws "other-environment" where the database belongs to another one (W3), "database-forgets" where a commit may be lost in
 * a crash: what left would then be sent again (C2), and "clocks-apart" where its clock and this machine's differ by more than 30
 * seconds (D6, S5). The sandbox may forget: nothing leaves it.
 */
export async function mustBeFit({ store }: Fitness, environment: string): Promise<void> {
  const { environment: theirs } = await store.environment.identity();
  if (theirs !== null && theirs !== environment)
    throw new DomainError(
      "other-environment",
      `The database belongs to "${theirs}", this process is "${environment}": it sends nothing from there. If it is a copy for "${environment}" to work on: bellman adopt-database --as ${environment} --by EMAIL --reason TEXT`,
    );
  if (environment !== "sandbox" && (await store.environment.forgets()))
    throw new DomainError(
      "database-forgets",
      "The database runs with fsync=off or synchronous_commit=off and may forget what it has confirmed; Bellman does not send from it. Set both to on.",
    );
  await mustAgreeOnTime({ store });
}

/** Which of the two is wrong nobody can tell from here: what is due, late or leased would be decided by it. */
async function mustAgreeOnTime({ store }: Fitness): Promise<void> {
  const { wall, monotonic } = systemClocks;
  const asked = monotonic();
  const databaseMs = await store.environment.clock();
  const now = { wallMs: wall(), monotonicMs: monotonic(), databaseMs, roundTripMs: monotonic() - asked };
  const verdict = judgeClock(now, null, { driftMs: CLOCK_DRIFT_MS, apartMs: CLOCKS_APART_MS });
  if (!verdict.ok) throw new DomainError("clocks-apart", "stop" in verdict ? verdict.stop : verdict.refuse);
}
