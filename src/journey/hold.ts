// Beside the path: a person stops everything in a scope, lifts that again, and decides what becomes of each thing it kept back.
import { DomainError } from "../domain/errors.ts";
import { type Decision, sayScope, type Scope } from "../domain/hold.ts";
import { usefulUntil } from "../domain/useful-until.ts";
import { nearest } from "../lib/nearest.ts";
import type { Store } from "../store/store.ts";
import { lineAbout } from "./log.ts";

export interface HoldDeps {
  readonly store: Pick<Store, "holds" | "standing" | "plan">;
}

/** Once this returns nothing in the scope passes the gate (I4). Returns the hold's number. Throws "no-reason", "no-such-scope". */
export async function hold(
  deps: Pick<HoldDeps, "store">,
  { scope, reason, by }: { scope: Scope; reason: string; by: string },
): Promise<number> {
  const why = reason.trim();
  if (why === "")
    throw new DomainError("no-reason", "A hold needs a reason: those who find it must know why.");
  await checkScope(deps, scope);
  return deps.store.holds.place(scope, why, by, (id) => ({
    kind: "hold.placed",
    actor: by,
    why,
    facts: { hold: id, scope: sayScope(scope) },
  }));
}

/** A hold on a name nobody has would stop nothing while everybody believes it does. */
async function checkScope({ store }: HoldDeps, { kind, key }: Scope): Promise<void> {
  if (kind === "everything") return;
  const keys = (await store.standing.named(kind)).map((one) => one.key);
  if (keys.includes(key)) return;
  const near = nearest(key, keys).map((one) => `${kind}:${one}`);
  throw new DomainError(
    "no-such-scope",
    `There is no ${kind} "${key}", so nothing was held. ${near.length > 0 ? `Did you mean ${near.join(", ")}?` : `There is no ${kind} yet.`} To stop everything, leave the scope out.`,
  );
}

/** Lifts a hold; what it kept back, each of which asks for a decision. Nothing fires by itself. Throws "no-such-hold". */
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
    throw new DomainError(
      "no-such-hold",
      `There is no hold ${id} in force: it was lifted before, or never placed. "bellman holds" lists those in force.`,
    );
  return waiting;
}

export interface WaitingDecision {
  readonly reference: string;
  readonly decision: Decision;
  /** A new latest useful time as a local time of the communication's zone, needed where the old one has passed (I6). */
  readonly until?: string | null;
  readonly by: string;
  readonly why: string;
}

/**
 * `go`: it goes on from where it stopped, or is released now. `cancel`: what has not left stays here.
 * Throws "no-reason", "nothing-to-decide", "useful-until", "too-late".
 */
export async function decideWaiting(
  deps: HoldDeps,
  { reference, decision, until = null, by, why }: WaitingDecision,
): Promise<void> {
  if (why.trim() === "")
    throw new DomainError(
      "no-reason",
      "A decision needs a reason: it goes into the log, and others act on it.",
    );
  const waiting = await deps.store.holds.undecidedOne(reference);
  if (!waiting)
    throw new DomainError(
      "nothing-to-decide",
      `${reference} does not wait for a decision. "bellman decide list" shows what does.`,
    );
  const useful =
    until === null || decision === "cancel"
      ? null
      : usefulUntil(until, waiting.zone, await deps.store.plan.now());
  const about = { reference, campaign: { key: waiting.campaignKey, leadAgencyKey: waiting.leadAgencyKey } };
  const facts = {
    decision,
    waitedBecause: waiting.why,
    ...(useful === null ? {} : { latestUsefulAt: useful }),
  };
  const line = lineAbout("communication.decided", about, by, facts, why.trim());
  if (await deps.store.holds.decide(waiting.id, decision, useful, line)) return;
  throw new DomainError(
    "too-late",
    `${reference} was useful until ${waiting.latestUsefulAt.toISOString()}. To let it go all the same, say until when it is useful now.`,
  );
}
