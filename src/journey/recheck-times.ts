// Beside step 4, once a day: where the rules of a time zone have changed, what is planned keeps its wall time and moves its instant (S3).
import { type Instants, movedTimes, type StoredWindow } from "../domain/moved-times.ts";
import type { LogLine } from "../domain/log-entry.ts";
import type { Store } from "../store/store.ts";
import { type About, lineAbout, MACHINE } from "./log.ts";

export interface RecheckDeps {
  readonly store: Pick<Store, "plan" | "times">;
}
export interface Moved {
  readonly communicationId: string;
  readonly reference: string;
  readonly before: Instants;
  readonly after: Instants;
}

/** What would move, and where to; changes nothing. */
export async function wouldMove({ store }: RecheckDeps): Promise<readonly (Moved & { about: About })[]> {
  const now = await store.plan.now();
  const moved: (Moved & { about: About })[] = [];
  for (const { id, about, ...window } of await store.times.ahead(now)) {
    const after = movedTimes(window, now);
    if (after === null) continue;
    moved.push({
      ...{ communicationId: id, reference: about.reference, about, after },
      before: instantsOf(window),
    });
  }
  return moved;
}

/** Moves them, each in one transaction with its line. Safe to repeat; what is due already is never touched. */
export async function recheckTimes(deps: RecheckDeps): Promise<readonly Moved[]> {
  const done: Moved[] = [];
  for (const { about, ...moved } of await wouldMove(deps))
    if (await deps.store.times.move(moved.communicationId, moved.before, moved.after, line(about, moved)))
      done.push(moved);
  return done;
}

const line = (about: About, { before, after }: Moved): LogLine =>
  lineAbout("communication.moved", about, MACHINE, { ...after, before: { ...before } });

const instantsOf = ({ dueAt, earliestAt, latestUsefulAt, expiresAt }: StoredWindow): Instants => ({
  dueAt,
  earliestAt,
  latestUsefulAt,
  expiresAt,
});
