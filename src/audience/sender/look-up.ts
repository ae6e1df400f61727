// Asks the domain name system what receivers would ask it about our mail. Answers null where nobody answered: that is no finding.
import { createPublicKey } from "node:crypto";
import { Resolver } from "node:dns/promises";
import type { DkimLooked, Looked, Sender } from "../../domain/sender.ts";
import { readDkim } from "../../domain/sender-records.ts";
import { lookUpDmarc } from "./dmarc.ts";
import { lookUpSpf, type Texts } from "./spf.ts";

const NOT_THERE = new Set(["ENOTFOUND", "ENODATA"]);

/** `server`: an IP address, with a port or without; the system's where there is none. */
export async function lookUpSender(sender: Sender, server?: string): Promise<Looked> {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 });
  if (server !== undefined) resolver.setServers([server]);
  const texts: Texts = (name) =>
    answered(resolver.resolveTxt(name).then((all) => all.map((one) => one.join(""))));
  const [spf, dkim, from, returns, mx] = await Promise.all([
    lookUpSpf(texts, sender.returnDomain),
    sender.selector === null ? null : lookUpDkim(texts, `${sender.selector}._domainkey.${sender.domain}`),
    lookUpDmarc(texts, sender.domain),
    lookUpDmarc(texts, sender.returnDomain),
    answered(resolver.resolveMx(sender.returnDomain)),
  ]);
  return {
    ...{ spf, dkim },
    dmarc: from,
    organisation: from && returns ? { from: from.organisation, returns: returns.organisation } : null,
    // A lone "." (RFC 7505) is a word that nobody takes mail there.
    mx: mx === null ? null : mx.some(({ exchange }) => exchange !== "" && exchange !== "."),
  };
}

async function answered<T>(asking: Promise<readonly T[]>): Promise<readonly T[] | null> {
  return asking.catch((error: { code?: string }) => (NOT_THERE.has(error.code ?? "") ? [] : null));
}

async function lookUpDkim(texts: Texts, name: string): Promise<DkimLooked | null> {
  const records = (await texts(name))?.filter((record) => /(^|;)\s*p\s*=/i.test(record));
  if (!records) return null;
  const { type, key, testing } = readDkim(records[0] ?? "");
  return { records: records.length, type, testing, bits: bitsOf(type, key) };
}

/** RFC 6376 3.6.1 has RSA keys as SubjectPublicKeyInfo; some publish the bare key. RFC 8463: 32 bytes. */
function bitsOf(type: string, key: string): number | null {
  const bytes = Buffer.from(key, "base64");
  if (type === "ed25519") return bytes.length === 32 ? 256 : null;
  for (const form of ["spki", "pkcs1"] as const)
    try {
      const made = createPublicKey({ key: bytes, format: "der", type: form });
      return made.asymmetricKeyDetails?.modulusLength ?? null;
    } catch {
      // the other form, or no key at all
    }
  return null;
}
