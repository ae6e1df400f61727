// Beside the path: may this process work on this database at all? Asked once, before workers or a scheduler start.
import { DomainError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";

/**
 * Throws "other-environment" where the database belongs to another one (W3), and "database-forgets" where a commit may be lost in
 * a crash: what left would then be sent again (C2). The sandbox may forget: nothing leaves it.
 */
export async function mustBeFit(
  { store }: { readonly store: Pick<Store, "environment"> },
  environment: string,
): Promise<void> {
  const { environment: theirs } = await store.environment.identity();
  if (theirs !== null && theirs !== environment)
    throw new DomainError(
      "other-environment",
      `The database belongs to "${theirs}", this process is "${environment}": it sends nothing from there. If it is a copy for "${environment}" to work on: bellman adopt-database --as ${environment} --by EMAIL --reason TEXT`,
    );
  if (environment !== "sandbox" && (await store.environment.forgets()))
    throw new DomainError(
      "database-forgets",
      "The database runs with fsync=off or synchronous_commit=off and may forget what it has confirmed; Bellman does not send from it. Set both to on.",
    );
}
