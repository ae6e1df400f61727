// Beside the path, once a night, by the one leader: moved time zones, and rows of worker processes long gone.
import type { Store } from "../store/store.ts";
import { recheckTimes, type RecheckDeps } from "./recheck-times.ts";

export interface NightlyDeps extends RecheckDeps {
  readonly store: RecheckDeps["store"] & { readonly workers: Pick<Store["workers"], "forget"> };
}

export async function nightly(deps: NightlyDeps): Promise<void> {
  await recheckTimes(deps);
  await deps.store.workers.forget();
}
