// Looks into the mailbox of reports every few minutes, in one process at a time, and beside the sweep: a slow mail server keeps nothing waiting.
import { FETCH_EVERY_MS } from "../config/audience-limits.ts";
import { fetchReports } from "./audience/bounces/fetch.ts";
import type { Deps } from "./deps.ts";

/** Of its own, so that whoever fetches does not lead. */
const FETCH_LOCK = [7201, 5] as const;

/** Does nothing where no mailbox is set. */
export function openFetching(deps: Deps): { close(): Promise<void> } {
  const { settings, watch, store, logger } = deps;
  if (settings.bounceImapUrl === undefined) return { close: () => Promise.resolve() };
  let running: Promise<unknown> | null = null;
  const fetch = async (): Promise<void> => {
    const { read, kinds, unproven } = await fetchReports(deps, settings.bounceImapUrl);
    if (read > 0) logger.info({ read, kinds, unproven }, "reports were taken in");
  };
  const round = (): void => {
    running ??= watch
      .look()
      .then((ours) => ours && store.leader.lead(fetch, FETCH_LOCK))
      .catch((err: unknown) => logger.error({ err }, "the mailbox of reports could not be looked into"))
      .finally(() => (running = null));
  };
  const timer = setInterval(round, FETCH_EVERY_MS);
  round();
  return {
    close: async () => {
      clearInterval(timer);
      await running;
    },
  };
}
