// The shapes an import's rules work on: what they know, the person they find in a row, and what they say about it. Pure.
import type { ImportField } from "./import-columns.ts";
import type { AgeBand, Evidence, EvidenceRules } from "./import-evidence.ts";

/** What the rules know of this partnership, this list and this order. */
export interface ImportRules extends EvidenceRules {
  readonly places: ReadonlyMap<ImportField, number>;
  /** What stands for a column the file does not have, or a cell that is empty. */
  readonly fallback: Readonly<Partial<Record<ImportField, string>>>;
  /** By code and by name in small letters; null where a name is not one place only. */
  readonly areas: ReadonlyMap<string, string | null>;
  readonly groups: ReadonlyMap<string, string>;
  readonly interests: ReadonlyMap<string, string>;
  readonly mailFrom: string;
  /** Where reports come back to, if that is another. */
  readonly bounceAddress?: string | undefined;
  /** A person has looked at role and look-alike addresses before: they are taken as the others (H16, H24). */
  readonly takeFlagged: boolean;
  /** The relay takes addresses with other letters before the "@" (SMTPUTF8, H23). */
  readonly unicodeLocal: boolean;
  /** The most characters of a first name, and of what is said about a consent. */
  readonly most: { readonly name: number; readonly wording: number; readonly source: number };
  /** The most characters of any cell (H6). */
  readonly cell: number;
}

export interface ImportPerson {
  readonly email: string;
  /** Equal for the same person (src/domain/address.ts). */
  readonly key: string;
  readonly firstName: string | null;
  readonly language: string;
  readonly areaCode: string | null;
  /** Looked up later; only the area is kept. */
  readonly postcode: string | null;
  readonly groups: readonly string[];
  readonly interests: readonly string[];
  readonly ageBand: AgeBand;
  /** Null: they are kept, and nobody writes to them. */
  readonly evidence: Evidence | null;
}
export interface RowNote {
  readonly field: ImportField | "row";
  /** The end of a sentence; holds nothing of the cell. */
  readonly why: string;
  /** `refused`: the row is not taken. `parked`: the person is, and is not written to. `changed`: the row is taken, and this of it differs. */
  readonly became: "refused" | "parked" | "changed";
}
export interface RowRead {
  readonly person: ImportPerson | null;
  readonly notes: readonly RowNote[];
}
