#!/usr/bin/env node
// The `bellman` command: runs src/cli/main.ts in this same process, so signals and exit codes pass straight.
const tsx = await import("tsx/esm/api").catch((fault) => {
  if (fault.code !== "ERR_MODULE_NOT_FOUND") throw fault;
});
if (!tsx) {
  console.error("Bellman's packages are not installed yet: run `npm ci` in its folder first.");
  process.exit(1);
}
tsx.register();
const { main } = await import("../src/cli/main.ts");
await main(process.argv);
