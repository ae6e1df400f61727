// A stop that was written beside a database that did not answer becomes a hold like any other once it does (X14).
import type { Logger } from "../lib/logger.ts";
import type { Store } from "../store/store.ts";

export interface AdoptDeps {
  readonly store: Pick<Store, "holds">;
  readonly stopFile: {
    readonly read: () => { readonly reason: string; readonly by: string; readonly at: string } | null;
    readonly remove: () => void;
  };
  readonly logger: Logger;
}

/** Who the shared record says placed it: the person could not be written down when they did. */
export const STOP_FILE = "the stop file";

/**
 * Places the hold and then takes the file away, so that at no moment neither is there. Broken off in between, it finds its own
 * hold again by its words, and places no second one. Safe to call at any time.
 */
export async function adoptStop({ store: { holds }, stopFile, logger }: AdoptDeps): Promise<void> {
  const note = stopFile.read();
  if (note === null) return;
  const from = [note.by && `by ${note.by}`, note.at].filter(Boolean).join(", ");
  const reason = from === "" ? note.reason : `${note.reason} (${from})`;
  const there = (await holds.active()).some(
    (one) => one.kind === "everything" && one.placedBy === STOP_FILE && one.reason === reason,
  );
  if (!there)
    await holds.place({ kind: "everything", key: "" }, reason, STOP_FILE, (id) => ({
      kind: "hold.placed",
      actor: STOP_FILE,
      why: reason,
      facts: { hold: id, scope: "everything" },
    }));
  try {
    stopFile.remove();
    logger.warn({ reason }, "the stop file is a hold now");
  } catch (err) {
    // The rest of the sweep goes on; nothing leaves this machine while the file is there.
    logger.error({ err }, "the stop file is a hold now, but cannot be removed: remove it by hand");
  }
}
