// What the pages are given. Real ones are wired by whoever starts the web; nothing here opens anything.
import type { Deps } from "../deps.ts";

/** One message of the sandbox's mail sink. */
export interface OutboxEntry {
  readonly id: number;
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** UTC, ISO 8601. */
  readonly receivedAt: string;
  readonly bytes: number;
}
export interface Outbox {
  readonly count: () => number;
  /** Newest first; `to` is a part of a recipient's address. */
  readonly list: (page: {
    readonly offset: number;
    readonly limit: number;
    readonly to?: string;
  }) => readonly OutboxEntry[];
  /** The message's bytes as they came. */
  readonly read: (id: number) => Promise<Buffer | null>;
}

/** One post of the sandbox's social timeline. */
export interface TimelinePost {
  readonly id: string;
  readonly account: string;
  readonly text: string;
  readonly language: string;
  readonly imageUrl: string | null;
  readonly imageAlt: string | null;
  /** In weighted characters, as the limit is. */
  readonly length: number;
  readonly limit: number;
  readonly postedAt: string;
}
export interface TimelineReader {
  readonly count: () => number;
  /** Newest first. */
  readonly list: (page: { readonly offset: number; readonly limit: number }) => readonly TimelinePost[];
}

export type WebDeps = Pick<
  Deps,
  "settings" | "store" | "logger" | "secret" | "library" | "channels" | "stopFile" | "listNames" | "sealRule"
> & {
  readonly outbox: Outbox | null;
  readonly timeline: TimelineReader | null;
};

/** What the pages of an import need. */
export type ImportNeeds = Pick<
  WebDeps,
  "store" | "settings" | "secret" | "stopFile" | "listNames" | "logger"
>;
