// The shapes of what can be looked up about a sender's domain, and of what is said about it. Pure.
import type { Dmarc } from "./sender-records.ts";

/** `wrong`: large providers turn bulk mail down for it. `better`: goes, but should be better. `unknown`: nobody answered. */
export type Rating = "right" | "better" | "wrong" | "unknown";
export interface Finding {
  readonly about: "spf" | "dkim" | "dmarc" | "alignment" | "bounces";
  readonly rating: Rating;
  readonly found: string;
  readonly why: string;
  /** A record to publish, ready to copy; null where there is nothing to add. */
  readonly add: { readonly name: string; readonly type: "TXT" | "MX"; readonly value: string } | null;
}
export interface Sender {
  /** Of the From address. */
  readonly domain: string;
  /** Of the envelope sender. */
  readonly returnDomain: string;
  readonly selector: string | null;
}

/** Each is what looking came to; null where nobody answered. */
export interface Looked {
  readonly spf: SpfLooked | null;
  readonly dkim: DkimLooked | null;
  readonly dmarc: { readonly records: number; readonly at: string; readonly record: Dmarc | null } | null;
  readonly organisation: { readonly from: string; readonly returns: string } | null;
  /** Whether anybody takes mail for the return address. */
  readonly mx: boolean | null;
}
export interface SpfLooked {
  readonly records: number;
  readonly lookups: number;
  readonly all: "-" | "~" | "?" | "+" | null;
  /** A name that is included and has no record. */
  readonly missing: string | null;
}
export interface DkimLooked {
  readonly records: number;
  readonly type: string;
  /** Null where it is no key at all. */
  readonly bits: number | null;
  readonly testing: boolean;
}
