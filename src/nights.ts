// What can wait until the night, one thing after the other; what fails keeps none of the others back.
import { reconfirm } from "./audience/reconfirm.ts";
import type { Deps } from "./deps.ts";
import { recheckTimes } from "./journey/recheck-times.ts";
import { eachAtOnce } from "./lib/pool.ts";

type Nightly = (deps: Deps) => Promise<unknown>;
const NIGHTLY: readonly Nightly[] = [recheckTimes, reconfirm];

/** Each is safe to repeat. The first failure is thrown after the rest is done. */
export const everyNight = (deps: Deps): Promise<void> =>
  eachAtOnce(NIGHTLY, 1, async (step) => void (await step(deps)));
