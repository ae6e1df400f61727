// Loaded before tools/bellman.mjs: does the slow part of a start (reading the program) ahead of time and then waits for its order.
// From the order on it is the `bellman` command and nothing else. Goes when whoever started it is gone.
import { register } from "tsx/esm/api";

process.on("disconnect", () => process.kill(process.pid, "SIGKILL"));
register();
await import("../../src/cli/main.ts");
const ordered = new Promise((resolve) => process.once("message", resolve));
process.send("warm");
const { args, env } = await ordered;
process.channel.unref();
process.argv.push(...args);
Object.assign(process.env, env);
