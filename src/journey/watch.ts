// Beside the path: is this still the database we worked on? Another environment's, or one that was restored, sends nothing (W1, W3).
import { join } from "node:path";
import { existsSync, readFileSync } from "node:fs";
import { type Checkpoint, RESTORED, type Restored, sayRestored, wasRestored } from "../domain/restored.ts";
import { appendDurably, replaceDurably } from "../lib/durable.ts";
import type { Logger } from "../lib/logger.ts";
import type { Identity } from "../store/environment.ts";
import type { Store } from "../store/store.ts";
import { MACHINE } from "./log.ts";

export interface WatchDeps {
  readonly store: Pick<Store, "environment" | "log">;
  readonly dir: string;
  readonly environment: string;
  /** Called once a restore has been found and everything is held. */
  readonly found: (restored: { readonly endsAt: number; readonly genesis: string }) => void;
  readonly logger: Logger;
}
export interface Watch {
  /** Compares the database with what was seen before. False: it belongs to another environment. Throws when it does not answer. */
  look(): Promise<boolean>;
  /** The same, where a connection was made since the last look: behind it may be another database. */
  sure(): Promise<boolean>;
  close(): Promise<void>;
}

/** What is kept of each restore that was found, a line each. */
export interface Found extends Restored {
  readonly genesis: string;
  readonly hold: number;
  readonly foundAt: string;
}
export const RESTORES_FILE = "restored.ndjson";
const CHECKPOINT_FILE = "checkpoint.json";
/** The checkpoint is written at most this often. In ms. */
const WRITE_EVERY_MS = 1_000;

type Checkpoints = Readonly<Record<string, Checkpoint>>;

/** One for each process. Its first look must come before anything is claimed. */
export function openWatch(deps: WatchDeps): Watch {
  const file = join(deps.dir, CHECKPOINT_FILE);
  let made = 0; // connections made so far
  let seen = -1; // and at the last look
  let mine = true;
  let writtenAt = -WRITE_EVERY_MS;
  let looking: Promise<boolean> | null = null;
  deps.store.environment.onConnection(() => (made += 1));

  const lookOnce = async (last: boolean): Promise<boolean> => {
    const before = made;
    // Read first: another process of this folder may write a newer one while the database is asked.
    const known = readCheckpoints(file);
    const identity = await deps.store.environment.identity();
    const isMine = identity.environment === null || identity.environment === deps.environment;
    if (!isMine && mine) complain(deps, identity.environment ?? "");
    mine = isMine;
    if (mine && (await compare(deps, known, identity))) writtenAt = -WRITE_EVERY_MS;
    if (mine && (last || performance.now() - writtenAt >= WRITE_EVERY_MS)) {
      keep(deps, file, identity);
      writtenAt = performance.now();
    }
    seen = before;
    return mine;
  };
  const look = (last = false) => (looking ??= lookOnce(last).finally(() => (looking = null)));
  return {
    look: () => look(),
    sure: () => (seen === made ? Promise.resolve(mine) : look()),
    close: async () => {
      if (seen < 0) return;
      await looking?.catch(ignore);
      await look(true).catch(ignore);
    },
  };
}
const ignore = (): undefined => undefined;

/** True when the database was restored; then everything is held before this returns. */
async function compare(deps: WatchDeps, known: Checkpoints, { genesis, head }: Identity): Promise<boolean> {
  const seen = genesis === null ? undefined : known[genesis];
  if (genesis === null || !seen || head?.hash === seen.hash) return false;
  const restored = wasRestored(seen, head, await hashAt(deps, seen.seq));
  if (restored) await holdAll(deps, genesis, restored);
  return restored !== null;
}

const hashAt = async ({ store }: WatchDeps, seq: number): Promise<string | null> =>
  (await store.log.entry(seq))?.hash ?? null;

async function holdAll(
  { store, dir, found, logger }: WatchDeps,
  genesis: string,
  restored: Restored,
): Promise<void> {
  const { endsAt, endsAtTime, missing, lost } = restored;
  const why = sayRestored(restored);
  const hold = await store.environment.holdRestored(RESTORED, why, MACHINE, (id) => ({
    kind: "restore.detected",
    actor: MACHINE,
    why,
    facts: { hold: id, endsAt, endsAtTime, missing, lost: lost.seq, lostHash: lost.hash },
  }));
  const kept: Found = { ...restored, genesis, hold, foundAt: new Date().toISOString() };
  appendDurably(join(dir, RESTORES_FILE), [kept]);
  found({ endsAt, genesis });
  logger.error({ hold, endsAt, missing }, `${why}; nothing leaves until hold ${hold} is lifted`);
}

/** Read again after a restore was found: the record has an entry more then. A disk that is full must not stop anybody. */
function keep({ logger }: WatchDeps, file: string, { genesis, head, stamp }: Identity): void {
  if (genesis === null || !head) return;
  const known = readCheckpoints(file);
  try {
    replaceDurably(file, JSON.stringify({ ...known, [genesis]: { ...head, stamp } }));
  } catch (err) {
    logger.error({ err }, "the checkpoint beside the database could not be written");
  }
}

/** A file that cannot be read counts as none: a crash never leaves half a one. */
function readCheckpoints(file: string): Checkpoints {
  try {
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Checkpoints) : {};
  } catch {
    return {};
  }
}

const complain = ({ environment, logger }: WatchDeps, theirs: string): void =>
  logger.error(
    `The database belongs to "${theirs}", this process is "${environment}": nothing is sent from here (see: bellman adopt-database)`,
  );
