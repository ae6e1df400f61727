// Every night: what imports that were killed left in the database, and files that were sent and never imported.
import type { Store } from "../../store/store.ts";
import { openUploads } from "./uploads.ts";

export async function clearImports({
  store,
  settings,
}: {
  readonly store: Pick<Store, "imports">;
  readonly settings: { readonly dataDir: string };
}): Promise<void> {
  await store.imports.clear();
  await openUploads(settings.dataDir).sweep(Date.now());
}
