// A person says stop: every consent ends and the address is suppressed, or one list ends; effective at the gate.
import { STOP_TOGETHER } from "../../config/audience-limits.ts";
import type { LogLine } from "../domain/log-entry.ts";
import { grouped } from "../lib/group.ts";
import type { Store } from "../store/store.ts";
import { readStopToken } from "./stop-token.ts";

export interface StopDeps {
  readonly store: Pick<Store, "audience">;
}
/** `mail`: written to the address in the message's List-Unsubscribe header. */
export type How = "one-click" | "page" | "mail";

/** Says that somebody stopped and where, never who; a sensitive list is not named, as if everything had been stopped (LAW6). */
const lineOf = (how: How, list: string | null = null): LogLine => ({
  kind: "subscriber.stopped",
  actor: "subscriber",
  facts: { how, ...(list === null ? {} : { list }) },
});

/** Safe to repeat. */
export async function stop(
  deps: StopDeps,
  { subscriberId, how }: { subscriberId: string; how: How },
): Promise<void> {
  await deps.store.audience.stop(subscriberId, how, lineOf(how));
}

/** Safe to repeat. The other lists of the person go on. */
export async function stopList(
  deps: StopDeps,
  { subscriberId, listKey, how }: { subscriberId: string; listKey: string; how: How },
): Promise<void> {
  await deps.store.audience.stopList({ subscriberId, listKey, reason: how }, (named) => lineOf(how, named));
}

/** Stops everything for whoever this token of a link or of an address stands for. False: it is not one of ours, and nothing was changed. */
export async function stopByToken(
  deps: StopDeps & { readonly secret: string },
  token: string,
  how: How,
): Promise<boolean> {
  const whom = readStopToken(deps.secret, token);
  if (whom) await stop(deps, { subscriberId: whom.subscriberId, how });
  return whom !== null;
}

/** `stop` for many at once: those of the same few milliseconds share one commit, so that a flood is honoured in time (H95). */
export function openStopping({
  store,
}: StopDeps): (whom: { subscriberId: string; how: How }) => Promise<void> {
  return grouped<{ subscriberId: string; how: How }, void>(async (items) => {
    for (const how of new Set(items.map((item) => item.how))) {
      const ids = items.filter((item) => item.how === how).map(({ subscriberId }) => subscriberId);
      await store.audience.stopMany([...new Set(ids)], how, lineOf(how));
    }
    return items.map(() => undefined);
  }, STOP_TOGETHER);
}
