// Translates our TypeScript into build/code once, so that a command starts in a third of a second and a worker needs no loader
// beside it. Each module keeps the address of its source: it finds its SQL, templates and neighbours where they lie.
// tools/bellman.mjs uses what is here only while no source is newer.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
export const CODE = join(ROOT, "build/code");
/** Its age is the age of the translation: older than any source, and it is not used. */
const STAMP = join(CODE, "built");
const ENTRIES = [
  "src/cli/main.ts",
  "src/render/thread.ts",
  "bench/worker.ts",
  "bench/textbook-worker.ts",
  "bench/own-sink.ts",
  "bench/importer.ts",
].filter(isHere);
const SOURCES = ["src", "config", "workers", "bench"].filter(isHere);

/** An image for earnest work leaves the benchmarks out. */
function isHere(path) {
  return existsSync(join(ROOT, path));
}

/** True when build/code holds what the sources say now. */
export function isBuilt() {
  const built = statSync(STAMP, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  return built > 0 && newest(SOURCES.map((folder) => join(ROOT, folder))) < built;
}

function newest(folders) {
  let latest = 0;
  for (const folder of folders) {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) latest = Math.max(latest, newest([path]));
      else if (entry.name.endsWith(".ts")) latest = Math.max(latest, statSync(path).mtimeMs);
    }
  }
  return latest;
}

const keepAddresses = {
  name: "keep-addresses",
  setup(build) {
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      const at = JSON.stringify(pathToFileURL(path).href);
      const text = readFileSync(path, "utf8")
        .replaceAll("import.meta.dirname", JSON.stringify(dirname(path)))
        .replaceAll("import.meta.url", at);
      return { contents: text, loader: "ts" };
    });
  },
};

export async function buildCode() {
  const { build } = await import("esbuild");
  const began = new Date();
  const fresh = `${CODE}.${process.pid}`;
  await build({
    entryPoints: ENTRIES.map((entry) => join(ROOT, entry)),
    absWorkingDir: ROOT,
    outbase: ROOT,
    outdir: fresh,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
    packages: "external",
    format: "esm",
    platform: "node",
    target: "node20",
    sourcemap: "linked",
    define: { BELLMAN_CODE: JSON.stringify(CODE) },
    plugins: [keepAddresses],
    logLevel: "error",
  });
  writeFileSync(join(fresh, "built"), began.toISOString());
  // Two builds at once each have a folder of their own; the last one stays.
  mkdirSync(dirname(CODE), { recursive: true });
  rmSync(CODE, { recursive: true, force: true });
  renameSync(fresh, CODE);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildCode();
