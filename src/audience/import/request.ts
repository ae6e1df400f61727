// What somebody asks of an import, and what they are told when it is done.
import type { ImportNote } from "../../store/imports.ts";
import type { Taken } from "../../store/import-taking.ts";
import type { Store } from "../../store/store.ts";
import type { Encoding } from "./encoding.ts";
import type { ReadCounts } from "./read.ts";
import type { ImportChoices } from "./rules.ts";

export interface ImportDeps {
  readonly store: Pick<Store, "imports" | "partnership" | "plan">;
  readonly settings: { readonly mailFrom: string; readonly bounceAddress?: string | undefined };
  readonly secret: string;
}
export interface ImportRequest extends ImportChoices {
  readonly path: string;
  /** As the person knows it; its folder is not kept. */
  readonly fileName: string;
  readonly listKey: string;
  readonly by: string;
  readonly encoding?: Encoding;
  /** Heading or "#3" → field, "" to leave a column aside. */
  readonly columns?: ReadonlyMap<string, string>;
  /** One refused row, and nothing is taken. */
  readonly strict?: boolean;
  /** Everything but the taking: what would happen. */
  readonly dryRun?: boolean;
  /** Somebody has seen the first rows and said that they read right; without it a guessed encoding is not taken. */
  readonly confirmed?: boolean;
  /** The process is told to end: what was read so far is not taken. */
  readonly signal?: AbortSignal;
  readonly onBegin?: (importId: string) => void;
  readonly onProgress?: (bytes: number, of: number) => void;
}
export type ImportResult =
  | { readonly kind: "same"; readonly importId: string; readonly at: Date | null }
  | (ReadCounts &
      Taken & {
        readonly kind: "taken" | "would";
        readonly importId: string;
        /** The first rows that were not simply taken; all of them are kept with an import that was. */
        readonly notes: readonly ImportNote[];
        readonly ignored: readonly string[];
        readonly ignoredWhy: readonly string[];
        /** Fields of a consent that no row of the file can have. */
        readonly missing: readonly string[];
      });
