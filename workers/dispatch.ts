// Keeps the lanes of every channel running and wakes them when the doorbell rings. Decides nothing itself.
import type { Deps } from "../src/deps.ts";
import { openDispatching } from "../src/dispatching.ts";

export default function startDispatch(deps: Deps, signal: AbortSignal): { close(): Promise<void> } {
  const lanes = openDispatching(deps, signal);
  lanes.catch((err: unknown) => deps.logger.error({ err }, "this worker cannot dispatch"));
  const bell = deps.answer("dispatch", async () => (await lanes).wake());
  return {
    async close() {
      await bell.close();
      await lanes.then((open) => open.close()).catch(() => undefined);
    },
  };
}
