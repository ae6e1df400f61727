// A whole Bellman as it runs in earnest: database, relay, workers, scheduler and pages, each a process of its own.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT, readSettings } from "../../config/env.ts";
import { addExamplePeople } from "../../src/cli/set-up.ts";
import type { Deps } from "../../src/deps.ts";
import { joinHouse } from "../../src/house.ts";
import { apply } from "../../src/partnership/apply.ts";
import { within } from "./bounded.ts";
import { type Book, openBook } from "./ledger.ts";
import { type PgLab, startPgLab } from "./pg-lab.ts";
import { freePort } from "./ports.ts";
import { openSlot, openStable, type Running, type Slot, type Stable } from "./processes.ts";
import { type RedisLab, startRedisLab } from "./redis-lab.ts";
import { type SmtpLab, startSmtpLab } from "./smtp-lab.ts";
import { startTcpLab, type TcpLab } from "./tcp-lab.ts";
import { openTruth, type Truth } from "./truth.ts";

export interface HouseOptions {
  readonly people: number;
  readonly workers: number;
  readonly backend: "postgres" | "redis";
  readonly lookup: boolean;
}
export interface ChaosHouse {
  readonly dir: string;
  /** For the runner's own part: planning campaigns. */
  readonly deps: Deps;
  readonly truth: Truth;
  readonly book: Book;
  readonly pg: PgLab;
  readonly redis: RedisLab | null;
  readonly smtp: SmtpLab;
  readonly workers: readonly Slot[];
  /** Between the first worker and the database. */
  readonly wire: TcpLab;
  /** Shifts the wall clock of the worker of that name. In ms. */
  readonly shiftClock: (name: string, ms: number) => void;
  readonly scheduler: Slot;
  readonly web: Slot;
  readonly webUrl: string;
  /** What a process of this house is started with. */
  readonly env: Readonly<Record<string, string>>;
  /** Processes that nobody waits for any more, but that may still be about: stopped ones and those told to end. */
  readonly leaving: Set<Promise<unknown>>;
  /** Ends everything; the folder goes, too, unless it is to be looked at. */
  readonly close: (keepFolder: boolean) => Promise<void>;
}

/** How long each part may take to end. */
const CLOSE_MS = 15_000;

export async function openChaosHouse(options: HouseOptions): Promise<ChaosHouse> {
  const dir = mkdtempSync(join(tmpdir(), "bellman-chaos-"));
  const closing: (() => unknown)[] = [];
  const sweepUp = (): void => rmSync(dir, { recursive: true, force: true, maxRetries: 5 });
  process.once("exit", sweepUp); // told to end in mid-run: the servers go by themselves, their files must, too
  const close = async (keepFolder: boolean): Promise<void> => {
    process.off("exit", sweepUp);
    for (const end of closing.reverse())
      await within(CLOSE_MS, "closing", Promise.resolve(end())).catch(() => undefined);
    if (!keepFolder) sweepUp();
  };
  try {
    return { ...(await open(dir, options, closing)), close };
  } catch (error) {
    await close(true);
    throw error;
  }
}

async function open(dir: string, options: HouseOptions, closing: (() => unknown)[]) {
  const services = await openServices(dir, options, closing);
  const { env, pg, smtp } = services;
  const own = await joinHouse(readSettings({ ...env, LOG_LEVEL: "silent" })); // its database is killed all the time
  closing.push(() => own.close());
  await furnish(own, options.people);
  const truth = openTruth(pg.url);
  closing.push(() => truth.close());
  const stable = openStable(join(dir, "processes.log"));
  closing.push(() => stable.close());
  const wire = await startTcpLab(pg.url);
  closing.push(() => wire.stop());
  const slots = await openSlots(stable, dir, env, { workers: options.workers, wired: wire.url });
  closing.push(() => [...slots.workers, slots.scheduler, slots.web].forEach((slot) => slot.leave()));
  const book = openBook(smtp.ledger);
  const shiftClock = (name: string, ms: number) => writeFileSync(clockOf(dir, name), String(ms));
  return {
    ...services,
    ...slots,
    wire,
    shiftClock,
    dir,
    deps: own.deps,
    truth,
    book,
    leaving: new Set<Promise<unknown>>(),
  };
}

async function openServices(dir: string, { backend, lookup }: HouseOptions, closing: (() => unknown)[]) {
  const pg = await startPgLab(join(dir, "postgres"));
  closing.push(() => pg.stop());
  const redis = backend === "redis" ? await startRedisLab(join(dir, "redis")) : null;
  if (redis) closing.push(() => redis.stop());
  const smtp = await startSmtpLab(join(dir, "ledger.tsv"));
  closing.push(() => smtp.stop());
  const port = await freePort();
  const env = {
    BELLMAN_DATA_DIR: join(dir, "own"),
    BELLMAN_SECRET_FILE: join(dir, "secret"), // signs the links of all of them
    BELLMAN_QUEUE_PREFIX: "chaos",
    DATABASE_URL: pg.url,
    REDIS_URL: redis?.url ?? "",
    SMTP_URL: smtp.smtpUrl,
    SMTP_LOOKUP_URL: lookup ? smtp.lookupUrl : "",
    PORT: String(port),
    LOG_LEVEL: "warn",
  };
  return { pg, redis, smtp, env, webUrl: `http://127.0.0.1:${port}` };
}

async function furnish(own: Awaited<ReturnType<typeof joinHouse>>, people: number): Promise<void> {
  const file = join(PROJECT, "config", "partnership.example.yaml");
  const text = await readFile(file, "utf8");
  await apply(own.deps, { text, name: file, actor: "bellman", dryRun: false });
  await addExamplePeople(own, people);
}

const clockOf = (dir: string, name: string): string => join(dir, `${name}.clock`);

async function openSlots(
  stable: Stable,
  dir: string,
  env: Record<string, string>,
  { workers, wired }: { workers: number; wired: string },
) {
  const slot = (kind: string, name = kind, more: Record<string, string> = {}): Promise<Slot> =>
    openSlot(stable, name, { args: [kind], env: { ...env, ...more, BELLMAN_DATA_DIR: join(dir, name) } });
  const scheduler = await slot("scheduler");
  const web = await slot("web");
  const working: Slot[] = [];
  for (let n = 1; n <= workers; n += 1) {
    const name = `worker-${n}`;
    const own = { CLOCK_SHIFT_FILE: clockOf(dir, name), ...(n === 1 ? { DATABASE_URL: wired } : {}) };
    working.push(await slot("worker", name, own));
  }
  return { scheduler, web, workers: working };
}

/** Sees to it that a process really goes, in order if it can, and that the house knows of it until it has. */
export function dismiss(
  { leaving }: Pick<ChaosHouse, "leaving">,
  process: Running,
  patienceMs: number,
): void {
  process.signal("SIGTERM");
  const timer = setTimeout(() => process.signal("SIGKILL"), patienceMs);
  const gone = process.gone.then(() => clearTimeout(timer));
  leaving.add(gone);
  void gone.then(() => leaving.delete(gone));
}
