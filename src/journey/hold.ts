// Beside the path: a person stops everything in a scope, lifts that again, and decides what becomes of each thing it kept back.
import { DomainError } from "../domain/errors.ts";
import { type Decision, sayScope, type Scope } from "../domain/hold.ts";
import type { Store } from "../store/store.ts";
import { lineAbout } from "./log.ts";

export interface HoldDeps {
  readonly store: Pick<Store, "holds">;
}

/** Once this returns nothing in the scope passes the gate (I4). Returns the hold's number. */
export async function hold(
  deps: HoldDeps,
  { scope, reason, by }: { scope: Scope; reason: string; by: string },
): Promise<number> {
  if (reason.trim() === "")
    throw new DomainError("no-reason", "A hold needs a reason: those who find it must know why.");
  return deps.store.holds.place(scope, reason, by, (id) => ({
    kind: "hold.placed",
    actor: by,
    why: reason,
    facts: { hold: id, scope: sayScope(scope) },
  }));
}

/** Lifts a hold; the references of what it kept back, each of which asks for a decision. Nothing fires by itself. */
export async function releaseHold(
  deps: HoldDeps,
  { id, by }: { id: number; by: string },
): Promise<readonly string[]> {
  const found = await deps.store.holds.one(id);
  const waiting =
    found &&
    (await deps.store.holds.release(id, by, (references) => ({
      kind: "hold.released",
      actor: by,
      facts: { hold: id, scope: sayScope(found), waiting: references },
    })));
  if (!waiting)
    throw new DomainError("no-such-hold", `There is no hold ${id} in force; see "bellman hold list".`);
  return waiting;
}

/**
 * `go`: it goes on from where it stopped, or is released now. `cancel`: what has not left stays here. `until`: a new latest
 * useful time (UTC instant), needed where the old one has passed (I6).
 */
export async function decideWaiting(
  deps: HoldDeps,
  {
    reference,
    decision,
    until = null,
    by,
    why,
  }: { reference: string; decision: Decision; until?: string | null; by: string; why: string },
): Promise<void> {
  const waiting = await deps.store.holds.undecidedOne(reference);
  if (!waiting)
    throw new DomainError(
      "nothing-to-decide",
      `${reference} does not wait for a decision; see "bellman decide list".`,
    );
  const about = { reference, campaign: { key: waiting.campaignKey, leadAgencyKey: waiting.leadAgencyKey } };
  const facts = {
    decision,
    waitedBecause: waiting.why,
    ...(until === null ? {} : { latestUsefulAt: until }),
  };
  const line = lineAbout("communication.decided", about, by, facts, why);
  if (await deps.store.holds.decide(waiting.id, decision, until, line)) return;
  throw new DomainError(
    "too-late",
    `${reference} was useful until ${waiting.latestUsefulAt.toISOString()}. To let it go all the same, say until when it is useful now.`,
  );
}
