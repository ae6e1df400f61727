// Doubt is ended by evidence: the other side is asked, or a person says what they found. Never by sending again and hoping.
import type { OpenChannel } from "../channels/channel.ts";
import { DomainError } from "../domain/errors.ts";
import type { Doubt } from "../store/sweeping.ts";
import type { Store } from "../store/store.ts";
import { lineAbout, MACHINE } from "./log.ts";

export interface ResolveDeps {
  readonly store: Pick<Store, "sweeping" | "sending">;
  readonly channel: (key: string) => Promise<OpenChannel>;
}

const AT_ONCE = 500;

/** Asks each channel about its deliveries in doubt. What nobody can answer stays in doubt, for a person. Returns how many ended. */
export async function resolve(deps: ResolveDeps): Promise<number> {
  let ended = 0;
  for (const doubt of await deps.store.sweeping.inDoubt(AT_ONCE)) {
    const landed = await (await deps.channel(doubt.channelKey)).lookup(doubt.deliveryKey);
    if (landed.found === "unknown") continue;
    if (
      await settle(
        deps,
        doubt,
        landed.found === "yes" ? landed.proof : null,
        MACHINE,
        "the channel was asked",
      )
    )
      ended += 1;
  }
  return ended;
}

/** A person's word: `sent` ends the doubt as accepted, otherwise the delivery goes back to the queue. */
export async function resolveByHand(
  deps: ResolveDeps,
  { deliveryId, sent, by, why }: { deliveryId: number; sent: boolean; by: string; why: string },
): Promise<void> {
  const doubt = (await deps.store.sweeping.inDoubt(100_000)).find((one) => one.id === deliveryId);
  const settled = doubt && (await settle(deps, doubt, sent ? `said by ${by}` : null, by, why));
  if (!settled)
    throw new DomainError(
      "not-in-doubt",
      `Delivery ${deliveryId} is not in doubt; see "bellman in-doubt list".`,
    );
}

async function settle(
  deps: ResolveDeps,
  doubt: Doubt,
  proof: string | null,
  actor: string,
  why: string,
): Promise<boolean> {
  const about = await deps.store.sending.about(doubt.communicationId);
  if (!about) throw new Error(`communication ${doubt.communicationId} is missing`);
  const facts = {
    channel: doubt.channelKey,
    delivery: doubt.id,
    [proof === null ? "queued" : "accepted"]: 1,
  };
  return deps.store.sweeping.settleDoubt(
    doubt,
    proof,
    lineAbout("deliveries.resolved", about, actor, facts, why),
  );
}
