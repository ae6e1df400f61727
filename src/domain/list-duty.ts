// Why nothing may be sent to a list now: its purpose, or the agreement under which agencies share it (LAW8, LAW13, LAW19). Pure.
import { basesFor, type Basis, type ListKind, type MessageClass, purposeFault } from "./basis.ts";

export interface ListTerms {
  readonly key: string;
  readonly kind: ListKind;
  /** What the agency that owns it is; it decides on which bases it may write. */
  readonly agencyKind: string;
  readonly agreement: string | null;
  /** The agreement's last day, "2027-03-31". */
  readonly agreementUntil: string | null;
}

/** A sentence, or null where a message of this class may be released to it on this local day. */
export const releaseFault = (list: ListTerms, messageClass: string, day: string): string | null =>
  classFault(list, messageClass) ?? agreementFault(list, day);

export function classFault(
  { key, kind }: Pick<ListTerms, "key" | "kind">,
  messageClass: string,
): string | null {
  const why = purposeFault(kind, messageClass as MessageClass);
  return why === null
    ? null
    : `The list "${key}" cannot carry this: ${why.charAt(0).toLowerCase()}${why.slice(1)}`;
}

export function agreementFault({ key, agreement, agreementUntil }: ListTerms, day: string): string | null {
  if (agreementUntil === null || day <= agreementUntil) return null;
  const named = agreement === null ? "agreement" : `agreement ${agreement}`;
  return `The ${named} under which the list "${key}" is shared ended on ${agreementUntil}; nothing is sent to it before the partnership's file says until when it is renewed.`;
}

/** On which bases this class may be sent to a list. */
export const basesOf = (list: Pick<ListTerms, "agencyKind">, messageClass: string): readonly Basis[] =>
  basesFor(messageClass as MessageClass, list.agencyKind);
