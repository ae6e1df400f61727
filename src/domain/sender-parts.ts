// The sentences of each finding about a sender's domain. Pure.
import type { DkimLooked, Finding, Looked, Rating, Sender, SpfLooked } from "./sender.ts";
import type { Dmarc, Policy } from "./sender-records.ts";

const UNANSWERED = "The domain's name servers did not answer. This says nothing of the record.";

export type Part = Omit<Finding, "about" | "why">;
const part = (rating: Rating, found: string, add: Finding["add"] = null): Part => ({ rating, found, add });

/** RFC 7208 4.6.4. */
export const MOST_SPF_LOOKUPS = 10;

export const spfPart = ({ returnDomain }: Sender, looked: SpfLooked | null): Part =>
  looked === null ? part("unknown", UNANSWERED) : spfSaid(returnDomain, looked);

function spfSaid(domain: string, { records, lookups, all, missing }: SpfLooked): Part {
  const wanted = { name: domain, type: "TXT", value: "v=spf1 include:YOUR-RELAY ~all" } as const;
  if (records === 0) return part("wrong", `${domain} has no SPF record.`, wanted);
  if (records > 1)
    return part(
      "wrong",
      `${domain} has ${records} SPF records; with more than one, none counts. Make them one.`,
    );
  if (missing !== null)
    return part("wrong", `The SPF record includes ${missing}, which has none: the whole record fails.`);
  if (lookups > MOST_SPF_LOOKUPS)
    return part(
      "wrong",
      `The SPF record takes ${lookups} look-ups; after ${MOST_SPF_LOOKUPS} receivers give up. Take out what no longer sends.`,
    );
  if (all === "+" || all === null || all === "?")
    return part(
      "better",
      `The SPF record of ${domain} does not turn anybody away; let it end in "~all" or "-all".`,
    );
  return part(
    "right",
    `${domain} has one SPF record, which ends in "${all}all" and takes ${lookups} look-ups.`,
  );
}

/** SEC44. Below 1024 bits receivers ignore a key (RFC 8301 3.2). */
const DKIM_BITS = { least: 1024, good: 2048 } as const;

export function dkimPart({ domain, selector }: Sender, looked: DkimLooked | null): Part {
  if (selector === null)
    return part(
      "wrong",
      "Nobody has said which key signs our messages, so nothing could be looked up. Set DKIM_SELECTOR to the relay's selector.",
    );
  if (looked === null) return part("unknown", UNANSWERED);
  const name = `${selector}._domainkey.${domain}`;
  const wanted = { name, type: "TXT", value: "v=DKIM1; k=rsa; p=THE-KEY-YOUR-RELAY-SHOWS" } as const;
  if (looked.records === 0) return part("wrong", `There is no DKIM key at ${name}.`, wanted);
  if (looked.records > 1)
    return part("wrong", `There are ${looked.records} DKIM keys at ${name}; leave one.`);
  if (looked.bits === null)
    return part("wrong", `What is at ${name} is no key that can be used, or one that was withdrawn.`, wanted);
  return keyPart(name, looked.type, looked.bits, looked.testing);
}

function keyPart(name: string, type: string, bits: number, testing: boolean): Part {
  if (type === "ed25519")
    return part(
      "better",
      `The key at ${name} is Ed25519, which many receivers cannot check; add an RSA key beside it.`,
    );
  if (bits < DKIM_BITS.least)
    return part(
      "wrong",
      `The key at ${name} has ${bits} bits; below ${DKIM_BITS.least} it is ignored. Use ${DKIM_BITS.good}.`,
    );
  if (testing)
    return part("better", `The key at ${name} is marked as a test (t=y); take that out when it works.`);
  if (bits < DKIM_BITS.good)
    return part("better", `The key at ${name} has ${bits} bits; ${DKIM_BITS.good} are asked for now.`);
  return part("right", `There is a key of ${bits} bits at ${name}.`);
}

export const dmarcPart = ({ domain }: Sender, looked: Looked["dmarc"]): Part =>
  looked === null ? part("unknown", UNANSWERED) : dmarcSaid(domain, looked);

function dmarcSaid(domain: string, { records, at, record }: NonNullable<Looked["dmarc"]>): Part {
  const wanted = {
    name: `_dmarc.${domain}`,
    type: "TXT",
    value: `v=DMARC1; p=none; rua=mailto:dmarc@${domain}`,
  } as const;
  if (records > 1)
    return part(
      "wrong",
      `There are ${records} DMARC records at _dmarc.${at}; with more than one, none counts.`,
    );
  if (record === null)
    return part("wrong", `Neither ${domain} nor a domain above it has a DMARC record.`, wanted);
  const policy = policyFor(domain, at, record);
  if (policy === null)
    return part("wrong", `The DMARC record at _dmarc.${at} has no policy that can be read.`, wanted);
  return policyPart(
    `_dmarc.${at}`,
    at === domain ? "" : `, which stands for ${domain} as well,`,
    policy,
    record,
  );
}

function policyPart(name: string, beside: string, policy: Policy, record: Dmarc): Part {
  const said = `The DMARC record at ${name}${beside} says "${policy}"${record.testing ? " and that it is a test" : ""}`;
  if (record.reportsTo === null)
    return part("better", `${said}. It asks for no reports: add rua=mailto:… to it, so that misuse is seen.`);
  if (policy === "none" || record.testing)
    return part(
      "better",
      `${said}: misuse is reported, and let through. Move on to quarantine, then reject, once the reports are clean.`,
    );
  return part("right", `${said}, and asks for reports.`);
}

/** Of a record above, what it says of its subdomains. */
const policyFor = (domain: string, at: string, { policy, subdomains }: Dmarc) =>
  at === domain ? policy : (subdomains ?? policy);

export function alignmentPart({ domain, returnDomain, selector }: Sender, looked: Looked): Part {
  const { organisation, dmarc, dkim } = looked;
  if (organisation === null || !dmarc) return part("unknown", UNANSWERED);
  const strict = dmarc.record?.spfAlignment === "s";
  const bySpf = strict ? domain === returnDomain : organisation.from === organisation.returns;
  // The key that is looked up is under the From address's own domain: it aligns by where it is.
  const byDkim = selector !== null && dkim !== null && dkim.bits !== null;
  const name = `${bySpf ? "spf" : ""}${byDkim ? "dkim" : ""}` as const;
  return ALIGNED[name](domain, returnDomain, organisation.from);
}
const ALIGNED = {
  spfdkim: (domain: string, returns: string) =>
    part("right", `SPF (${returns}) and DKIM (${domain}) are both about the domain people see.`),
  dkim: (domain: string, returns: string) =>
    part(
      "better",
      `DKIM is about ${domain}. SPF is about ${returns}, which does not count for it, so that only DKIM helps.`,
    ),
  spf: (domain: string) =>
    part(
      "wrong",
      `Only SPF is about ${domain}. It is lost when a message is forwarded; bulk senders need a DKIM key of the domain as well.`,
    ),
  "": (domain: string, returns: string, organisation: string) =>
    part(
      "wrong",
      `Neither SPF (${returns}) nor DKIM is about ${domain}. Use a BOUNCE_ADDRESS at or below ${organisation} and a key under ${domain}.`,
    ),
} as const;

export function mxPart({ returnDomain }: Sender, mx: boolean | null): Part {
  if (mx === null) return part("unknown", UNANSWERED);
  if (mx) return part("right", `${returnDomain} takes mail.`);
  return part("wrong", `Nobody takes mail for ${returnDomain}.`, {
    name: returnDomain,
    type: "MX",
    value: "10 THE-HOST-OF-ITS-MAILBOX",
  });
}
