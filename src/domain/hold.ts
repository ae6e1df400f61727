// Holds: stop everything in a scope. Pure.
import { DomainError } from "./errors.ts";

export const SCOPE_KINDS = ["everything", "agency", "channel", "theme", "campaign"] as const;
export type ScopeKind = (typeof SCOPE_KINDS)[number];
/** `key` is the agency's, channel's, priority's (theme) or campaign's; "" for everything. */
export interface Scope {
  readonly kind: ScopeKind;
  readonly key: string;
}

/** "everything", or a kind and a key: "agency:police", "campaign:dark-nights". Throws DomainError "bad-scope". */
export function parseScope(text: string): Scope {
  const [kind = "", ...rest] = text.trim().split(":");
  const key = rest.join(":").trim();
  const known = SCOPE_KINDS.find((one) => one === kind);
  if (known && (known === "everything") === (key === "") && KEY.test(key)) return { kind: known, key };
  throw new DomainError(
    "bad-scope",
    `"${text}" is not a scope. Use "everything", or one of agency:KEY, channel:KEY, theme:KEY, campaign:KEY.`,
  );
}
const KEY = /^[a-z0-9-]{0,80}$/;

export const sayScope = ({ kind, key }: Scope): string => (kind === "everything" ? kind : `${kind} ${key}`);

/** What a person may decide of something that waits: it goes on, or it ends here. */
export const DECISIONS = ["go", "cancel"] as const;
export type Decision = (typeof DECISIONS)[number];
