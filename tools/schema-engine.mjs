#!/usr/bin/env node
// Stand-in for Prisma's native schema-engine, for machines that cannot reach binaries.prisma.sh: speaks the same JSON-RPC on
// stdio and answers from the WASM build that is on the npm registry (@prisma/schema-engine-wasm, Prisma's own).
// At each Prisma upgrade: a WASM build of exactly that engine must exist (`npm view @prisma/schema-engine-wasm versions`).
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import { adapterFor, canConnect, createDatabase } from "./schema-engine-adapter.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  strict: false,
  options: { datamodels: { type: "string", multiple: true }, datasource: { type: "string" } },
});
const datasource = JSON.parse(values.datasource ?? "{}");
const url = datasource.url ?? "";

if (values.version) {
  console.log("schema-engine-cli wasm");
  process.exit(0);
}
if (positionals[0] === "cli") process.exit(await oneCommand(positionals[1]));
await converse();
process.exit(0); // the engine's pool would keep us

/** What the native engine logs, in its form; Prisma's command line reads it from stderr. */
function log(level, fields) {
  process.stderr.write(JSON.stringify({ level, target: "schema_engine::logger", fields }) + "\n");
}

/** `cli can-connect-to-database` and `cli create-database`. P1003: no such database; P1001: not reached. */
async function oneCommand(name) {
  try {
    if (name === "can-connect-to-database") await canConnect(url);
    else if (name === "create-database") await createDatabase(url);
    else throw new Error("unsupported cli command " + name);
    log("INFO", { message: "ok" });
    return 0;
  } catch (fault) {
    process.stderr.write("\n");
    const code = fault.code === "3D000" ? "P1003" : "P1001";
    log("ERROR", { message: fault.message, error_code: code, is_panic: false });
    return 1;
  }
}

/** One JSON-RPC request a line, one answer a line. */
async function converse() {
  let engine;
  const get = () => (engine ??= loadEngine());
  const own = {
    createDatabase: async (params) => ({ databaseName: await createDatabase(params.datasource?.url ?? url) }),
    getDatabaseVersion: async (params) => (await get()).version(params),
  };
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
    if (!line.trim()) continue;
    const { id, method, params } = JSON.parse(line);
    if (!method) continue; // the command line's acknowledgement of our own `print`
    try {
      const result = (await (own[method] ? own[method](params) : (await get())[method](params))) ?? {};
      if (method === "diff") printFirst(id, result);
      say({ id, result });
    } catch (fault) {
      say({ id, error: errorOf(fault) });
    }
  }
}

function say(message) {
  process.stdout.write(JSON.stringify({ jsonrpc: "2.0", ...message }) + "\n");
}

/** The native engine prints a diff by a request of its own; the WASM build hands it back instead. */
function printFirst(id, result) {
  if (typeof result.stdout !== "string") return;
  say({ id: 1_000_000 + id, method: "print", params: { content: result.stdout } });
  result.stdout = null;
}

function errorOf(fault) {
  const message = String(fault.message ?? fault);
  return {
    code: 4466,
    message,
    data: { is_panic: false, message, error_code: fault.code, meta: fault.meta },
  };
}

async function loadEngine() {
  globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (message) => log("ERROR", { message }) };
  const dir = dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm"));
  const glue = await import(pathToFileURL(join(dir, "schema_engine_bg.js")).href);
  const wasm = readFileSync(join(dir, "schema_engine_bg.wasm"));
  const { instance } = await WebAssembly.instantiate(wasm, { "./schema_engine_bg.js": glue });
  glue.__wbg_set_wasm(instance.exports);
  instance.exports.__wbindgen_start();

  const files = (values.datamodels ?? []).map((path) => [path, readFileSync(path, "utf8")]);
  const options = { datamodels: files.length ? files : undefined };
  const adapter = bindMigrationAwareSqlAdapterFactory(adapterFor(url, datasource.shadowDatabaseUrl));
  return glue.SchemaEngine.new(options, passOn, adapter);
}

function passOn(line) {
  try {
    const entry = JSON.parse(line);
    log(entry.level ?? "INFO", entry.fields ?? { message: line });
  } catch {
    log("INFO", { message: String(line) });
  }
}
