// Takes a wanted rendition and hands it to the render step. Decides nothing itself.
import type { Deps } from "../src/deps.ts";
import { renderRendition } from "../src/journey/render.ts";

export default (deps: Deps) => deps.answer("render", (payload) => renderRendition(deps, payload));
