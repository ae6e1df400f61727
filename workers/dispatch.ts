// Takes a batch of deliveries and hands it to the dispatch step. Decides nothing itself.
import type { Deps } from "../src/deps.ts";
import { dispatch } from "../src/journey/dispatch.ts";

export default (deps: Deps, signal: AbortSignal) =>
  deps.answer("dispatch", (payload) => dispatch(deps, { ...payload, signal }));
