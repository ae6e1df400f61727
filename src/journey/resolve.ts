// Doubt is ended by evidence: the other side is asked, or a person says what they found. Never by sending again and hoping.
import { DOUBT_SETTLES_SECONDS } from "../../config/limits.ts";
import type { OpenChannel } from "../channels/channel.ts";
import { mayRepeat } from "../domain/doubt.ts";
import { DomainError } from "../domain/errors.ts";
import type { Lane } from "../domain/lane.ts";
import { eachAtOnce } from "../lib/pool.ts";
import type { Doubt } from "../store/doubts.ts";
import type { Store } from "../store/store.ts";
import { lineAbout, MACHINE } from "./log.ts";

export interface ResolveDeps {
  readonly store: Pick<Store, "doubts" | "sending">;
  readonly channel: (key: string, lane: Lane) => Promise<OpenChannel>;
}

/** Doubts looked up in one sweep, and how many look-ups run at once. */
const IN_ONE_SWEEP = 500;
const AT_ONCE = 10;

/** Asks each channel about its deliveries in doubt. What nobody can answer is decided by its class, or by a person. Returns how many ended. */
export async function resolve(deps: ResolveDeps): Promise<number> {
  let ended = 0;
  await eachAtOnce(await deps.store.doubts.toAsk(IN_ONE_SWEEP), AT_ONCE, async (doubt) => {
    const channel = await deps.channel(doubt.channelKey, "urgent");
    const landed = await channel.lookup(doubt.deliveryKey);
    if (landed.found === "yes") {
      if (await settle(deps, doubt, { proof: landed.proof }, MACHINE, "the channel was asked")) ended += 1;
    } else if (doubt.seconds < DOUBT_SETTLES_SECONDS) return;
    else if (landed.found === "no") {
      if (await settle(deps, doubt, { note: null }, MACHINE, "the channel was asked")) ended += 1;
    } else if (mayRepeat(doubt)) {
      const why =
        "nobody can be asked and it is urgent: repeated once under the same id, it may arrive twice";
      if (await settle(deps, doubt, { note: deps.store.doubts.REPEATED }, MACHINE, why)) ended += 1;
    }
  });
  return ended;
}

/** A person's word: `sent` ends the doubt as accepted, otherwise the delivery goes back to the queue. */
export async function resolveByHand(
  deps: Pick<ResolveDeps, "store">,
  { deliveryId, sent, by, why }: { deliveryId: number; sent: boolean; by: string; why: string },
): Promise<void> {
  const doubt = await deps.store.doubts.one(deliveryId);
  const end = sent ? { proof: `said by ${by}` } : { note: null };
  if (!doubt || !(await settle(deps, doubt, end, by, why)))
    throw new DomainError(
      "not-in-doubt",
      `Delivery ${deliveryId} is not in doubt; see "bellman in-doubt list".`,
    );
}

async function settle(
  deps: Pick<ResolveDeps, "store">,
  doubt: Doubt,
  end: { readonly proof: string } | { readonly note: string | null },
  actor: string,
  why: string,
): Promise<boolean> {
  const about = await deps.store.sending.about(doubt.communicationId);
  if (!about) throw new Error(`communication ${doubt.communicationId} is missing`);
  const facts = {
    channel: doubt.channelKey,
    delivery: doubt.id,
    ["proof" in end ? "accepted" : "queued"]: 1,
  };
  return deps.store.doubts.settle(doubt, end, lineAbout("deliveries.resolved", about, actor, facts, why));
}
