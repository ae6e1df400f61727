// Builds the pages' styles and scripts into build/assets, each under a name that holds its hash, with manifest.json to find
// them by. Run by tools/ensure.mjs. Plain JavaScript: it runs before anything of ours is loaded.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { compile, Logger } from "sass";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const FROM = join(ROOT, "src/web/assets");
const TO = join(ROOT, "build/assets");

/** Other projects' Sass says things only they can mend. */
function styles() {
  // MOJ's Sass names packages as "node_modules/…", from wherever it lies: look them up from our root.
  const fromRoot = {
    findFileUrl: (url) => (url.startsWith("node_modules/") ? pathToFileURL(join(ROOT, url)) : null),
  };
  const { css } = compile(join(FROM, "app.scss"), {
    style: "compressed",
    importers: [fromRoot],
    logger: Logger.silent,
  });
  // The crown and its typeface belong to GOV.UK alone.
  if (/gds transport|crown/i.test(css))
    throw new Error("the styles hold the GDS Transport font or the crown");
  return css;
}

async function script(name) {
  const { outputFiles } = await build({
    entryPoints: [join(FROM, name)],
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    format: "iife",
    target: ["es2020"],
    legalComments: "none",
    write: false,
  });
  return outputFiles[0].text;
}

function keep(manifest, name, content) {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
  const ext = extname(name);
  const hashed = `${basename(name, ext)}.${hash}${ext}`;
  writeFileSync(join(TO, hashed), content);
  manifest[name] = hashed;
}

const manifest = {};
mkdirSync(TO, { recursive: true });
keep(manifest, "app.css", styles());
keep(manifest, "app.js", await script("app.ts"));
keep(manifest, "first.js", await script("first.ts"));
for (const image of readdirSync(join(FROM, "images")))
  keep(manifest, image, readFileSync(join(FROM, "images", image)));

// The manifest changes last and at once, so that a page never names a file that is not there.
writeFileSync(join(TO, "manifest.json.part"), JSON.stringify(manifest, null, 2));
renameSync(join(TO, "manifest.json.part"), join(TO, "manifest.json"));
const kept = new Set([...Object.values(manifest), "manifest.json"]);
for (const file of readdirSync(TO)) if (!kept.has(file)) rmSync(join(TO, file), { recursive: true });
