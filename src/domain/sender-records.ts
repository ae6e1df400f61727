// Reads the DNS records by which receivers judge a sender: SPF (RFC 7208), DKIM keys (RFC 6376), DMARC (RFC 9989). Pure.

/** "v=DMARC1; p=reject" → { v: "DMARC1", p: "reject" }; names in small letters. */
export function tagsOf(record: string): Readonly<Record<string, string>> {
  const pairs = record.split(";").flatMap((part) => {
    const [, name, value = ""] = /^\s*([a-z][a-z0-9_]*)\s*=\s*(.*?)\s*$/is.exec(part) ?? [];
    return name ? [[name.toLowerCase(), value] as const] : [];
  });
  return Object.fromEntries(pairs);
}

export interface Spf {
  /** Domains whose records are asked as well, each a look-up. */
  readonly includes: readonly string[];
  readonly redirect: string | null;
  /** Terms that cost a look-up (RFC 7208 4.6.4: at most 10), this record's own. */
  readonly lookups: number;
  /** How it ends: "-", "~", "?", "+"; null where nothing is said of everybody else. */
  readonly all: "-" | "~" | "?" | "+" | null;
}

export const isSpf = (record: string): boolean => /^v=spf1(\s|$)/i.test(record);

export function readSpf(record: string): Spf {
  const terms = record.trim().split(/\s+/).slice(1);
  const naming = (pattern: RegExp) => terms.flatMap((term) => pattern.exec(term)?.[1]?.toLowerCase() ?? []);
  const all = terms.flatMap((term) => /^([-~?+]?)all$/i.exec(term) ?? []);
  return {
    includes: naming(/^[-~?+]?include:(\S+)$/i),
    redirect: naming(/^redirect=(\S+)$/i)[0] ?? null,
    lookups: terms.filter((term) => /^([-~?+]?(include:|exists:|(a|mx|ptr)([:/]|$))|redirect=)/i.test(term))
      .length,
    all: all.length === 0 ? null : ((all[1] || "+") as Spf["all"]),
  };
}

export const isDmarc = (record: string): boolean => /^v\s*=\s*DMARC1\s*(;|$)/.test(record.trim());

const POLICIES = ["none", "quarantine", "reject"] as const;
export type Policy = (typeof POLICIES)[number];
export interface Dmarc {
  /** For the domain itself, its subdomains, and names that do not exist. */
  readonly policy: Policy | null;
  readonly subdomains: Policy | null;
  readonly nonexistent: Policy | null;
  readonly reportsTo: string | null;
  /** "s": the names must be equal; "r": they must belong to one organisation. */
  readonly spfAlignment: "r" | "s";
  readonly dkimAlignment: "r" | "s";
  /** RFC 9989: "y" this is a public suffix, "n" an organisation's own, "u" whoever looks must find out. */
  readonly suffix: "y" | "n" | "u";
  /** RFC 9989: "y" asks receivers to go one step easier. */
  readonly testing: boolean;
}

export function readDmarc(record: string): Dmarc {
  const tags = tagsOf(record);
  const policy = (name: string) => POLICIES.find((one) => one === tags[name]?.toLowerCase()) ?? null;
  const mode = (name: string) => (tags[name]?.toLowerCase() === "s" ? "s" : "r");
  const suffix = tags["psd"]?.toLowerCase();
  return {
    // A record with somewhere to report to and no policy that can be read is taken as p=none (RFC 9989 4.7).
    policy: policy("p") ?? (tags["rua"] ? "none" : null),
    subdomains: policy("sp"),
    nonexistent: policy("np"),
    reportsTo: tags["rua"] || null,
    spfAlignment: mode("aspf"),
    dkimAlignment: mode("adkim"),
    suffix: suffix === "y" || suffix === "n" ? suffix : "u",
    testing: tags["t"]?.toLowerCase() === "y",
  };
}

/** What the tree walk asks, the most specific first: at most eight names, the long ones cut to seven parts (RFC 9989 4.10). */
export function walkOf(domain: string): string[] {
  const labels = domain.split(".");
  const from = labels.length > 8 ? labels.length - 7 : 1;
  const rest = labels.slice(from).map((_, at) => labels.slice(from + at).join("."));
  return [domain, ...rest];
}

/** The organisation's domain out of what a tree walk found, the most specific first (RFC 9989 4.10.2). */
export function organisationOf(
  domain: string,
  found: readonly { readonly name: string; readonly record: Dmarc }[],
): string {
  const own = found.find(({ record }) => record.suffix === "n");
  if (own) return own.name;
  const suffix = found.find(({ name, record }) => record.suffix === "y" && name !== domain);
  if (suffix) {
    const below =
      domain
        .slice(0, -suffix.name.length - 1)
        .split(".")
        .at(-1) ?? "";
    return `${below}.${suffix.name}`;
  }
  return found.at(-1)?.name ?? domain;
}

export interface DkimKey {
  readonly type: string;
  /** Base64; empty where the key was withdrawn. */
  readonly key: string;
  readonly testing: boolean;
}
export function readDkim(record: string): DkimKey {
  const tags = tagsOf(record);
  return {
    type: tags["k"]?.toLowerCase() || "rsa",
    key: (tags["p"] ?? "").replace(/\s+/g, ""),
    testing: (tags["t"] ?? "").toLowerCase().split(":").includes("y"),
  };
}
