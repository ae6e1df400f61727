#!/usr/bin/env node
// The `bellman` command: runs src/cli/main.ts in this same process, so signals and exit codes pass straight. From build/code where
// that is up to date (tools/build-code.mjs), else from the sources themselves.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CODE, isBuilt } from "./build-code.mjs";

if (isBuilt()) {
  process.setSourceMapsEnabled(true);
  const { main } = await import(pathToFileURL(join(CODE, "src/cli/main.mjs")).href);
  await main(process.argv);
} else {
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
}
