// Keeps the cells that count the audience small, and every night holds them against the people themselves.
import type { Store } from "../store/store.ts";

export interface CellDeps {
  readonly store: Pick<Store, "segments">;
}

/** Adds up what lies side by side; a count reads fewer rows then, and says the same. */
export const mergeCells = ({ store }: CellDeps): Promise<number> => store.segments.merge();

/** What should never be wrong is put right, and the record says that it was. Returns how many cells were wrong. */
export async function recount(deps: CellDeps): Promise<number> {
  const cells = await deps.store.segments.repair((wrong) => ({
    kind: "audience.recounted",
    actor: "bellman",
    facts: { cells: wrong },
  }));
  await mergeCells(deps);
  return cells;
}
