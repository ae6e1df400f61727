#!/usr/bin/env node
// Stand-in for Prisma's native schema-engine, for machines that cannot reach binaries.prisma.sh:
// speaks the same JSON-RPC on stdio, answers from the WASM build that is on the npm registry.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ColumnTypeEnum, bindMigrationAwareSqlAdapterFactory } from '@prisma/driver-adapter-utils';
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

const { values, positionals } = parseArgs({
  allowPositionals: true, strict: false,
  options: { datamodels: { type: 'string', multiple: true }, datasource: { type: 'string' } },
});
const ds = JSON.parse(values.datasource ?? '{}');
const url = ds.url ?? '';
const log = (level, fields) => process.stderr.write(JSON.stringify({ level, target: 'schema_engine::logger', fields }) + '\n');
function admin(u) { const a = new URL(u); const name = decodeURIComponent(a.pathname.slice(1)); a.pathname = '/postgres'; a.search = ''; return { a: a.href, name }; }
async function canConnect(u) { const c = new pg.Client({ connectionString: u }); try { await c.connect(); } finally { await c.end().catch(() => {}); } }
async function createDb(u) { const { a, name } = admin(u); const c = new pg.Client({ connectionString: a }); await c.connect(); try { await c.query(`CREATE DATABASE ${c.escapeIdentifier(name)}`); } finally { await c.end(); } return name; }

if (values.version) { console.log('schema-engine-cli wasm'); process.exit(0); }

if (positionals[0] === 'cli') {
  try {
    if (positionals[1] === 'can-connect-to-database') await canConnect(url);
    else if (positionals[1] === 'create-database') await createDb(url);
    else throw new Error('unsupported cli command ' + positionals[1]);
    log('INFO', { message: 'ok' });
    process.exit(0);
  } catch (e) {
    process.stderr.write('\n');
    log('ERROR', { message: e.message, error_code: e.code === '3D000' ? 'P1003' : 'P1001', is_panic: false });
    process.exit(1);
  }
}

let panic;
globalThis.PRISMA_WASM_PANIC_REGISTRY = { set_message: (m) => { panic = m; log('ERROR', { message: m }); } };
const req = createRequire(import.meta.url);
const dir = dirname(req.resolve('@prisma/schema-engine-wasm'));
const bg = await import(join(dir, 'schema_engine_bg.js'));
const { instance } = await WebAssembly.instantiate(readFileSync(join(dir, 'schema_engine_bg.wasm')), { './schema_engine_bg.js': bg });
bg.__wbg_set_wasm(instance.exports);
instance.exports.__wbindgen_start();

// adapter-pg 7.10 cannot map the catalogues' one-byte "char" type (oid 18), and the engine insists on Character:
// let it through as text under a marked name, and set the column's type afterwards.
const MARK = '\u0001';
class CatalogClient extends pg.Client {
  constructor(c) {
    super(c);
    this.connection.on('rowDescription', (m) => { for (const f of m.fields) if (f.dataTypeID === 18) { f.dataTypeID = 25; f.name += MARK; } });
  }
}
function withChar(q) {
  const raw = q.queryRaw.bind(q);
  q.queryRaw = async (x) => {
    const r = await raw(x);
    r.columnNames.forEach((n, i) => { if (n.endsWith(MARK)) { r.columnNames[i] = n.slice(0, -1); r.columnTypes[i] = ColumnTypeEnum.Character; } });
    return r;
  };
  if (q.startTransaction) { const tx = q.startTransaction.bind(q); q.startTransaction = async (...a) => withChar(await tx(...a)); }
  return q;
}
const pool = (connectionString) => new pg.Pool({ connectionString, Client: CatalogClient, max: 4 });
const factory = new PrismaPg(pool(url), { disposeExternalPool: true });
const connect = factory.connect.bind(factory);
factory.connect = async () => withChar(await connect());
// The adapter's own connectToShadowDb keeps connectionString, which in pg wins over `database`: it would hit the MAIN database.
factory.connectToShadowDb = async () => {
  let target = ds.shadowDatabaseUrl, drop = async () => {};
  if (!target) {
    const u = new URL(url); u.pathname = '/prisma_shadow_' + crypto.randomUUID().replaceAll('-', '');
    target = u.href; await createDb(target);
    drop = async () => { const { a, name } = admin(target); const c = new pg.Client({ connectionString: a }); await c.connect(); await c.query(`DROP DATABASE IF EXISTS ${c.escapeIdentifier(name)} WITH (FORCE)`); await c.end(); };
  }
  const conn = withChar(await new PrismaPg(pool(target), { disposeExternalPool: true }).connect());
  const dispose = conn.dispose.bind(conn);
  conn.dispose = async () => { await dispose(); await drop(); };
  return conn;
};
const adapter = bindMigrationAwareSqlAdapterFactory(factory);
const datamodels = (values.datamodels ?? []).map((p) => [p, readFileSync(p, 'utf8')]);
let engine;
const get = async () => (engine ??= await bg.SchemaEngine.new({ datamodels: datamodels.length ? datamodels : undefined }, (l) => { try { const m = JSON.parse(l); log(m.level ?? 'INFO', m.fields ?? { message: l }); } catch { log('INFO', { message: String(l) }); } }, adapter));

const own = {
  createDatabase: async (p) => ({ databaseName: await createDb(p.datasource?.url ?? url) }),
  getDatabaseVersion: async (p) => (await get()).version(p),
};
for await (const line of createInterface({ input: process.stdin, crlfDelay: Infinity })) {
  if (!line.trim()) continue;
  const { id, method, params } = JSON.parse(line);
  if (!method) continue; // the CLI's acknowledgement of our own `print`
  try {
    const result = (await (own[method] ? own[method](params) : (await get())[method](params))) ?? {};
    if (method === 'diff' && typeof result.stdout === 'string') {
      process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id: 1_000_000 + id, method: 'print', params: { content: result.stdout } }) + '\n');
      result.stdout = null;
    }
    process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, result }) + '\n');
  } catch (e) {
    process.stdout.write(JSON.stringify({ jsonrpc: '2.0', id, error: { code: 4466, message: String(e.message ?? e), data: { is_panic: false, message: String(e.message ?? e), error_code: e.code, meta: e.meta } } }) + '\n');
  }
}
process.exit(0);
