// SPF as a receiver walks through it: the record, all it includes, and no further than a receiver would go.
import type { SpfLooked } from "../../domain/sender.ts";
import { MOST_SPF_LOOKUPS } from "../../domain/sender-parts.ts";
import { isSpf, readSpf, type Spf } from "../../domain/sender-records.ts";

/** The texts at a name; null where nobody answered. */
export type Texts = (name: string) => Promise<readonly string[] | null>;

export async function lookUpSpf(texts: Texts, domain: string): Promise<SpfLooked | null> {
  const records = (await texts(domain))?.filter(isSpf);
  if (!records) return null;
  const [record] = records;
  if (record === undefined || records.length > 1)
    return { records: records.length, lookups: 0, all: null, missing: null };
  return walk(texts, readSpf(record));
}

const below = ({ includes, redirect }: Spf): string[] => [...includes, ...(redirect ? [redirect] : [])];

async function walk(texts: Texts, spf: Spf): Promise<SpfLooked | null> {
  let [lookups, all, missing] = [spf.lookups, spf.all, null as string | null];
  const waiting = below(spf);
  while (waiting.length > 0 && lookups <= MOST_SPF_LOOKUPS) {
    const name = waiting.shift() ?? "";
    const next = await recordAt(texts, name);
    if (next === null) return null;
    if (next === "missing") missing ??= name;
    else {
      lookups += next.lookups;
      if (name === spf.redirect) all ??= next.all;
      waiting.push(...below(next));
    }
  }
  return { records: 1, lookups, all, missing };
}

const NOTHING: Spf = { includes: [], redirect: null, lookups: 0, all: null };

async function recordAt(texts: Texts, name: string): Promise<Spf | "missing" | null> {
  if (name.includes("%")) return NOTHING; // a macro: only a message can say which name that is
  const found = (await texts(name))?.filter(isSpf);
  if (!found) return null;
  const [record] = found;
  return record === undefined || found.length > 1 ? "missing" : readSpf(record);
}
