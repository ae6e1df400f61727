// Takes a communication whose time has come and hands it to the release step. Decides nothing itself.
import type { Deps } from "../src/deps.ts";
import { release } from "../src/journey/release.ts";

export default (deps: Deps) => deps.answer("release", (payload) => release(deps, payload));
