// Takes a communication whose time has come and hands it to the release step. Decides nothing itself.
import type { Deps } from "../src/deps.ts";
import { release } from "../src/journey/release.ts";

export default (deps: Deps) =>
  // Not before this database was looked at: a restored one is held, another environment's is left alone.
  deps.answer("release", async (payload) => (await deps.watch.sure()) && release(deps, payload));
