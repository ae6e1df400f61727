// Loaded before tools/bellman.mjs: does the slow part of a start (reading the program) ahead of time and then waits for its order.
// From the order on it is the `bellman` command and nothing else. Goes when whoever started it is gone.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { CODE, isBuilt } from "../../tools/build-code.mjs";

process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
if (isBuilt()) await import(pathToFileURL(join(CODE, "src/cli/main.mjs")).href);
else {
  (await import("tsx/esm/api")).register();
  await import("../../src/cli/main.ts");
}
const ordered = new Promise((resolve) => process.once("message", resolve));
process.send("warm");
const { args, env } = await ordered;
process.channel.unref();
process.argv.push(...args);
Object.assign(process.env, env);
