// Beside the path: a copied database is given to another environment. Everything is held in the same moment: nothing of the copied plan fires.
import { DomainError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";

export interface AdoptDeps {
  readonly store: Pick<Store, "environment">;
}

/** Returns the number of the hold; lifting it asks for a decision about each thing that waits. */
export async function adoptDatabase(
  { store }: AdoptDeps,
  { name, by, reason }: { name: string; by: string; reason: string },
): Promise<number> {
  if (!/^[a-z0-9-]{1,40}$/.test(name))
    throw new DomainError(
      "bad-environment",
      `"${name}" cannot be an environment's name: use small letters, digits and hyphens.`,
    );
  if (reason.trim() === "")
    throw new DomainError("no-reason", "It needs a reason: those who find everything held must know why.");
  return store.environment.adopt(
    name,
    by,
    `this database was given to "${name}": ${reason}`,
    (was, hold) => ({
      kind: "environment.adopted",
      actor: by,
      why: reason,
      facts: { was, is: name, hold },
    }),
  );
}
