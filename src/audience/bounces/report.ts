// The shapes of what can come back to us, before anybody has decided whether to believe it.
import type { Said } from "../../domain/bounce-kind.ts";

export interface ReportedRecipient extends Said {
  /** Whom the report names: as we wrote to them, and as it ended up. A hint which part of a report is ours, never a proof. */
  readonly addresses: readonly string[];
}

/** What a report shows of the message it is about, and what in it could prove that the message was ours. */
export interface About {
  /** Signed return addresses found where mail systems put the envelope sender. */
  readonly tokens: readonly string[];
  /** The part of a Message-ID before its "@", where it could be one of ours. */
  readonly messageId: string | null;
  /** Our own reference of the communication. */
  readonly reference: string | null;
  /** Tokens of the way out: they name the person. */
  readonly stopTokens: readonly string[];
  readonly addresses: readonly string[];
}

export type Report =
  | {
      readonly kind: "delivery-status";
      /** `dsn`: RFC 3464. `text`: words of an old system. */
      readonly source: "dsn" | "text";
      readonly recipients: readonly ReportedRecipient[];
      readonly about: About;
    }
  | { readonly kind: "feedback"; readonly wish: "complaint" | "opt-out"; readonly about: About }
  /** Mail to the address of the way out. */
  | { readonly kind: "unsubscribe"; readonly tokens: readonly string[] }
  | { readonly kind: "none"; readonly why: NoReport };

/** `automatic`: vacation notes and other answers of machines. `other`: not a report, or one about something else. `unreadable`: broken, or beyond our limits. */
export type NoReport = "automatic" | "other" | "unreadable";
