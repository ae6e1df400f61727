// Looks every few seconds for letters to single people that wait, and hands each to its step. Decides nothing itself.
import { LETTERS_AT_ONCE } from "../config/audience-limits.ts";
import type { Deps } from "../src/deps.ts";
import { sendLetter, settleLetters } from "../src/audience/letters.ts";
import { openLookout } from "../src/journey/lookout.ts";

export default (deps: Deps): { close(): Promise<void> } =>
  openLookout({
    find: async () => {
      await settleLetters(deps);
      return deps.store.letters.due(100);
    },
    work: (letterId) => sendLetter(deps, letterId),
    atOnce: LETTERS_AT_ONCE,
    logger: deps.logger,
  });
