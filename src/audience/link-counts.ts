// How often short links were opened: added up in memory and written every few seconds. Nothing of who opened one is ever held.
import { LINK_COUNTS_MS } from "../../config/audience-limits.ts";
import type { Store } from "../store/store.ts";

export interface LinkCounts {
  readonly opened: (code: string) => void;
  /** Writes what has come together; what could not be written is kept for the next time. */
  readonly write: () => Promise<void>;
  readonly close: () => Promise<void>;
}
interface Deps {
  readonly store: Pick<Store, "links">;
  readonly logger: { error(facts: object, text: string): void };
}

export function openLinkCounts({ store, logger }: Deps): LinkCounts {
  let counts = new Map<string, number>();
  const add = (code: string, times: number) => void counts.set(code, (counts.get(code) ?? 0) + times);
  const write = async (): Promise<void> => {
    if (counts.size === 0) return;
    const taken = counts;
    counts = new Map();
    try {
      await store.links.count([...taken]);
    } catch (err) {
      for (const [code, times] of taken) add(code, times);
      logger.error({ err }, "opened links could not be counted yet");
    }
  };
  const timer = setInterval(() => void write(), LINK_COUNTS_MS);
  timer.unref();
  const close = async () => {
    clearInterval(timer);
    await write();
  };
  return { opened: (code) => add(code, 1), write, close };
}
