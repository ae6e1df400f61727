// The record's lines about lists that came in or went out, and about one person's data, in words.
import { totalOf } from "../../domain/retention.ts";
import { sayShown } from "../../domain/small-count.ts";
import { sayReturned } from "./returned.ts";
import { plural, sayCount, sayList } from "./words.ts";

type Facts = Readonly<Record<string, unknown>>;

export const AUDIENCE_SENTENCES = {
  "list.imported": (who: string) => `${who} brought people into a list from a file`,
  "list.exported": (who: string) => `${who} took a list out as a file`,
  "export.requested": (who: string) => `${who} asked to take a sensitive list out`,
  "export.agreed": (who: string) => `${who} agreed that a sensitive list is taken out`,
  "subscriber.accessed": (who: string) => `${who} put together what we hold about one person`,
  "deliveries.returned": (who: string) => `${who} read what came back`,
  "retention.done": (who: string) => `${who} deleted what had been kept for its time`,
  "segment.changed": (who: string) => `${who} changed a segment`,
  "audience.recounted": (who: string) => `${who} put the counts of the audience right`,
  "postcodes.imported": (who: string) => `${who} brought the postcodes up to date`,
} as const;

const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const WORDS: readonly (readonly [string, string])[] = [
  ["joined", "joined it"],
  ["standing", "on it already"],
  ["parked", "kept without a consent"],
  ["stopped", "had stopped"],
  ["refused", "rows refused"],
];

/** What the entry of a sensitive list leaves out was fewer than ten (LAW6). */
const counted = (count: unknown, one: string, many: string): string =>
  typeof count === "number" ? plural(count, one, many) : `${sayShown(null)} ${many}`;
const importedOf = (facts: Facts): string =>
  sayList(
    WORDS.flatMap(([key, words]) => (number(facts[key]) > 0 ? [`${sayCount(facts[key])} ${words}`] : [])),
  );

export const AUDIENCE_DETAILS = {
  "list.imported": (facts: Facts) => {
    const rows = `${text(facts.list)}: ${counted(facts.rows, "row", "rows")}`;
    const became = importedOf(facts);
    return became === "" ? rows : `${rows}; ${became}`;
  },
  "list.exported": (facts: Facts) => `${text(facts.list)}: ${counted(facts.people, "person", "people")}`,
  "export.requested": (facts: Facts) => text(facts.list),
  "export.agreed": (facts: Facts) => text(facts.list),
  "deliveries.returned": (facts: Facts, { sensitive }: { readonly sensitive: boolean }) =>
    sayReturned(facts, sensitive),
  "retention.done": ({ deleted }: Facts) => plural(totalOf(deleted ?? {}), "row"),
  "segment.changed": ({ segment, version }: Facts) => `${text(segment)}, version ${number(version)}`,
  "audience.recounted": ({ cells }: Facts) => plural(number(cells), "count"),
  "postcodes.imported": (facts: Facts) => plural(number(facts.postcodes), "postcode"),
} as const;
