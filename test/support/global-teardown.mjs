// After the last test: the throw-away server goes, its files too unless a failed test file left its database in them.
// Prints nothing: the closing line has been printed. An interrupted run does not come here; the server then goes by itself.
import { rmSync } from "node:fs";
import { tsImport } from "tsx/esm/api";

export default async function globalTeardown() {
  const server = globalThis.__BELLMAN_TEST__;
  if (!server) return;
  const { keptDatabases } = await tsImport("./databases.ts", import.meta.url);
  const kept = await keptDatabases(server.url);
  await server.stop();
  if (server.dir && kept.length === 0) rmSync(server.dir, { recursive: true, force: true });
}
