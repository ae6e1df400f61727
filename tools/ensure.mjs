// Makes ready what `npm start` and `npm test` need: packages, Prisma's client, the pages' assets. Silent when nothing is to
// do. Only Node's own modules in here: it runs before anything is installed.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { isBuilt } from "./build-code.mjs";
import { oneAtATime } from "./one-at-a-time.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const MODULES = join(ROOT, "node_modules");
const STAMP = join(MODULES, ".bellman-ready.json");

function main() {
  checkNode();
  if (stale().length === 0) return;
  const release = oneAtATime(join(ROOT, ".bellman-ensure.lock"), {
    onWait: () => say("Waiting for another Bellman that is being made ready …"),
    onFault: (code) =>
      stop(`Bellman cannot write to its own folder ${ROOT} (${code}): run this once as its owner.`),
  });
  try {
    for (const job of stale()) job(); // asked again: another start may have done it meanwhile
  } finally {
    release();
  }
}

function checkNode() {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  stop(
    `Bellman needs Node 20.19 or newer, and this is ${process.version}: install a newer Node from https://nodejs.org.`,
  );
}

/** What has to be done, in this order. Each job notes in the stamp what it was done for. */
function stale() {
  const lockfile = hash([join(ROOT, "package-lock.json")]);
  const prisma = hash([join(ROOT, "prisma/schema.prisma"), join(ROOT, "prisma.config.ts")], lockfile);
  const script = join(ROOT, "tools/build-assets.mjs");
  const assets = hash([script, ...filesIn(join(ROOT, "src/web/assets"))], lockfile);
  const done = readStamp();
  const jobs = [];
  if (done.packages !== lockfile || !existsSync(join(MODULES, "tsx"))) jobs.push(() => install(lockfile));
  if (
    existsSync(join(ROOT, "prisma/schema.prisma")) &&
    (done.prisma !== prisma || !existsSync(join(ROOT, "src/generated")))
  )
    jobs.push(() => generate(prisma));
  if (existsSync(script) && (done.assets !== assets || !existsSync(join(ROOT, "build"))))
    jobs.push(() => build(script, assets));
  if (!isBuilt()) jobs.push(translate);
  return jobs;
}

function install(lockfile) {
  // Whoever ran `npm ci` by hand has a whole node_modules already: npm's own list of what it installed tells.
  if (!installedByHand()) {
    say("Installing packages (once, about a minute) …");
    const options = ["ci", "--no-audit", "--no-fund", "--loglevel=error"];
    const { status } = spawnSync("npm", options, {
      cwd: ROOT,
      stdio: "inherit",
      shell: process.platform === "win32",
    });
    if (status !== 0) {
      stop(
        "The packages could not be installed: see npm's own words above, check the network, and run `npm ci` again.",
      );
    }
  }
  note({ packages: lockfile });
}

/** Compares npm's hidden lockfile with ours: the same packages in the same versions, optional ones of other machines apart. */
function installedByHand() {
  const production = process.env.NODE_ENV === "production"; // npm leaves out the tools then
  try {
    const wanted = JSON.parse(readFileSync(join(ROOT, "package-lock.json"), "utf8")).packages;
    const found = JSON.parse(readFileSync(join(MODULES, ".package-lock.json"), "utf8")).packages;
    return Object.entries(wanted).every(
      ([path, { version, optional, dev }]) =>
        path === "" || (found[path] ? found[path].version === version : optional || (dev && production)),
    );
  } catch {
    return false;
  }
}

function generate(prisma) {
  say("Preparing the database client …");
  const env = {
    PRISMA_SCHEMA_ENGINE_BINARY: join(ROOT, "tools/schema-engine.mjs"),
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
    CHECKPOINT_DISABLE: "1",
  };
  // The package's own script: on Windows the entry in .bin is no JavaScript.
  runQuietly(
    [join(MODULES, "prisma/build/index.js"), "generate"],
    env,
    "Prisma could not generate its client",
  );
  note({ prisma });
}

function build(script, assets) {
  say("Building the pages' styles and scripts …");
  runQuietly([script], {}, "The styles and scripts could not be built");
  note({ assets });
}

/** The sources as JavaScript; without it everything works all the same, only slower. */
function translate() {
  say("Translating Bellman …");
  runQuietly([join(ROOT, "tools/build-code.mjs")], {}, "Bellman could not be translated");
}

/** Runs a Node script; what it says is shown only if it fails. */
function runQuietly(args, env, complaint) {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", ...env },
  });
  if (status === 0) return;
  process.stderr.write(`${stdout ?? ""}${stderr ?? ""}`);
  stop(`${complaint}: its own words are above.`);
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(STAMP, "utf8"));
  } catch {
    return {};
  }
}

function note(done) {
  writeFileSync(`${STAMP}.part`, JSON.stringify({ ...readStamp(), ...done }));
  renameSync(`${STAMP}.part`, STAMP);
}

function hash(files, ...more) {
  const sum = createHash("sha256").update(more.join());
  for (const file of files) {
    if (existsSync(file)) sum.update(`${relative(ROOT, file)}\0`).update(readFileSync(file));
  }
  return sum.digest("hex");
}

function filesIn(dir) {
  if (!existsSync(dir)) return [];
  const entries = readdirSync(dir, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .sort();
}

function say(text) {
  console.error(text);
}

function stop(sentence) {
  console.error(sentence);
  process.exit(1);
}

main();
