// DMARC by the tree walk of RFC 9989 4.10: from a domain upwards, until a record says that this is the organisation's own.
import type { Looked } from "../../domain/sender.ts";
import { type Dmarc, isDmarc, organisationOf, readDmarc, walkOf } from "../../domain/sender-records.ts";
import type { Texts } from "./spf.ts";

interface Step {
  readonly name: string;
  readonly count: number;
  /** Null where there is none, or more than one: then none counts. */
  readonly record: Dmarc | null;
}

/** The record that holds for a domain, and the organisation it belongs to; null where nobody answered. */
export async function lookUpDmarc(
  texts: Texts,
  domain: string,
): Promise<(NonNullable<Looked["dmarc"]> & { readonly organisation: string }) | null> {
  const steps = await walk(texts, domain);
  if (steps === null) return null;
  const found = steps.flatMap(({ name, record }) => (record === null ? [] : [{ name, record }]));
  const organisation = organisationOf(domain, found);
  const holds = [domain, organisation].flatMap((name) => found.find((one) => one.name === name) ?? [])[0];
  const twice = steps.find(({ name, count }) => name === domain && count > 1);
  if (twice) return { organisation, records: twice.count, at: domain, record: null };
  return holds
    ? { organisation, records: 1, at: holds.name, record: holds.record }
    : { organisation, records: 0, at: domain, record: null };
}

async function walk(texts: Texts, domain: string): Promise<Step[] | null> {
  const steps: Step[] = [];
  for (const name of walkOf(domain)) {
    const step = await stepTo(texts, name);
    if (step === null) return null;
    steps.push(step);
    if (step.record !== null && isLast(step.record, name !== domain)) break;
  }
  return steps;
}

async function stepTo(texts: Texts, name: string): Promise<Step | null> {
  const found = (await texts(`_dmarc.${name}`))?.filter(isDmarc);
  if (!found) return null;
  const [one] = found;
  return { name, count: found.length, record: one === undefined || found.length > 1 ? null : readDmarc(one) };
}

const isLast = ({ suffix }: Dmarc, isAbove: boolean): boolean =>
  suffix === "n" || (suffix === "y" && isAbove);
