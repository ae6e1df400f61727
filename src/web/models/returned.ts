// What came back, in words: counts of reports by kind, worst first, and how many people are no longer written to.
import { BOUNCE_KINDS, type BounceKind } from "../../domain/bounce-kind.ts";
import { FEWEST_SHOWN } from "../../domain/small-count.ts";
import { sayPeople } from "./log-counts.ts";
import { sayList } from "./words.ts";

const WORDS: Readonly<Record<BounceKind, (count: number) => string>> = {
  complaint: (count) => (count === 1 ? "called unwanted by its reader" : "called unwanted by their readers"),
  hard: () => "undeliverable for good",
  policy: () => "turned down for what we are or what we sent",
  soft: () => "undeliverable for now",
  delayed: () => "delayed",
  delivered: () => "known to have arrived",
};
export const RETURNED_HEADINGS: Readonly<Record<BounceKind, string>> = {
  complaint: "Complaints",
  hard: "No such address",
  policy: "Turned down (policy)",
  soft: "Not now",
  delayed: "Delayed",
  delivered: "Arrived",
};

type Counts = Readonly<Record<string, unknown>>;
const numberIn = (counts: Counts, name: string): number =>
  typeof counts[name] === "number" ? counts[name] : 0;

/**
 * "2 called unwanted by their readers, 11 undeliverable for good and 3 delayed"; "" where nothing came back. `sensitive`: few are not
 * counted (LAW6).
 */
export const sayReturned = (counts: Counts, sensitive: boolean): string => {
  const said = [...BOUNCE_KINDS].reverse().flatMap((kind) => {
    const count = numberIn(counts, kind);
    const many = sensitive ? Math.max(count, FEWEST_SHOWN) : count;
    return count > 0 ? [`${sayPeople(count, sensitive)} ${WORDS[kind](many)}`] : [];
  });
  const silenced = numberIn(counts, "suppressed");
  return sayList(silenced > 0 ? [...said, `${sayPeople(silenced, sensitive)} no longer written to`] : said);
};
