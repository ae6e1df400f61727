// Runs Jest with the flags Node needs for ES modules; arguments (paths, filters) go to Jest, its exit code comes back.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const jest = fileURLToPath(new URL("../node_modules/jest/bin/jest.js", import.meta.url));
const flags = ["--experimental-vm-modules", "--disable-warning=ExperimentalWarning"];

if (!existsSync(jest)) {
  console.error("Bellman's packages are not installed yet: run `npm ci` in its folder first.");
  process.exit(1);
}
const child = spawn(process.execPath, [...flags, jest, "--rootDir", root, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
// Ctrl-C reaches Jest by the terminal; a signal sent to this process alone has to be handed on.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
child.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
