// Counts that the record holds, in words. Of a sensitive campaign few people are never counted apart, here as on every page (LAW6).
import { sayShown, shownCount } from "../../domain/small-count.ts";
import { sayList } from "./words.ts";

type Facts = Readonly<Record<string, unknown>>;

const STATES: Readonly<Record<string, string>> = {
  ...{
    accepted: "accepted",
    refused: "refused",
    deferred: "to be tried again",
    in_doubt: "in doubt",
    queued: "back in the queue",
  },
  ...{
    suppressed: "suppressed",
    held: "held",
    expired: "too late",
    cancelled: "cancelled",
    dead: "given up",
  },
};

/** "1,240"; "fewer than 10" for few of a sensitive campaign. Takes any value an entry may hold. */
export const sayPeople = (count: unknown, sensitive: boolean): string =>
  typeof count === "number" ? sayShown(shownCount(count, sensitive)) : String(count);

/** "12 accepted and 3 refused"; "" where nothing is counted. */
export const countsIn = (facts: Facts, sensitive: boolean): string =>
  sayList(
    Object.entries(STATES).flatMap(([state, words]) => {
      const count = facts[state];
      return typeof count === "number" && count > 0 ? [`${sayPeople(count, sensitive)} ${words}`] : [];
    }),
  );
