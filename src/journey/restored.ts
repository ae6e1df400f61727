// Beside the path: after a restore, what left according to the journals against what the database believes. Puts in doubt; never sends.
import { join } from "node:path";
import { readLines } from "../lib/durable.ts";
import type { Store } from "../store/store.ts";
import type { JournalLine } from "./dispatch/gate-journal.ts";
import { lineAbout } from "./log.ts";
import type { Found } from "./watch.ts";

export interface RestoredDeps {
  readonly store: Pick<Store, "restored" | "sending" | "holds">;
  readonly dir: string;
  /** Every line of the data folder's journal, oldest first. */
  readonly journal: () => Iterable<JournalLine>;
}
/** What left of one dispatch and is not known to have left. */
export interface Gap {
  readonly dispatchId: string;
  readonly communicationId: string;
  readonly channelKey: string;
  /** Null where the database does not know the communication. */
  readonly reference: string | null;
  /** The database believes them unsent. */
  readonly unsent: number;
  /** The database does not know them: their release came after what it was restored to. */
  readonly unknown: number;
}
interface Dispatched {
  readonly communication: string;
  readonly channel: string;
  /** Delivery → the newest fence it passed the gate under. */
  readonly passed: Map<number, number>;
}

/** Compared in one statement. */
const AT_ONCE = 20_000;

/** The last restore this data folder has seen, or null. */
export const lastRestore = (dir: string, file = "restored.ndjson"): Found | null =>
  readLines<Found>(join(dir, file)).at(-1) ?? null;

/** Dispatch by dispatch, what left after the moment the database was restored to. Empty when nothing did, or all is settled. */
export async function gap(deps: RestoredDeps, restored: Found): Promise<Gap[]> {
  const found: Gap[] = [];
  for (const [dispatchId, { communication, channel, passed }] of leftBefore(deps.journal())) {
    const sums = { unsent: 0, unknown: 0 };
    for (const part of parts(dispatchId, passed, restored.hold)) {
      const { unsent, unknown } = await deps.store.restored.weigh(part);
      sums.unsent += unsent;
      sums.unknown += unknown;
    }
    if (sums.unsent + sums.unknown === 0) continue;
    const about = await deps.store.sending.about(communication);
    const named = { dispatchId, communicationId: communication, channelKey: channel };
    found.push({ ...named, reference: about?.reference ?? null, ...sums });
  }
  return found;
}

export interface Settled {
  readonly doubted: number;
  readonly paused: readonly string[];
  /** Dispatches of communications the database does not know at all: only the journal does. */
  readonly unknown: number;
}

/** Whatever left and is believed unsent is in doubt from now on; what was released in the gap is paused. Safe to repeat. */
export async function settleGap(
  deps: RestoredDeps,
  { restored, by }: { restored: Found; by: string },
): Promise<Settled> {
  const gaps = new Map((await gap(deps, restored)).map((one) => [one.dispatchId, one]));
  const paused = new Set<string>();
  let doubted = 0;
  for (const [dispatchId, { passed }] of leftBefore(deps.journal())) {
    const one = gaps.get(dispatchId);
    if (!one) continue;
    for (const part of parts(dispatchId, passed, restored.hold))
      doubted += await putInDoubt(deps, one, part, by);
    if (one.unknown > 0 && (await pause(deps, one, by))) paused.add(one.reference ?? "");
  }
  const unknown = [...gaps.values()].filter(({ reference }) => reference === null).length;
  return { doubted, paused: [...paused], unknown };
}

type Part = Parameters<Store["restored"]["weigh"]>[0];

async function putInDoubt(deps: RestoredDeps, one: Gap, part: Part, by: string): Promise<number> {
  const about = await deps.store.sending.about(one.communicationId);
  if (!about) return 0;
  return deps.store.restored.settle(part, (doubted) =>
    lineAbout(
      "deliveries.doubted",
      about,
      by,
      { channel: one.channelKey, dispatch: one.dispatchId, in_doubt: doubted },
      "they left after the moment the database was restored to",
    ),
  );
}

async function pause(deps: RestoredDeps, one: Gap, by: string): Promise<boolean> {
  const about = await deps.store.sending.about(one.communicationId);
  if (!about) return false;
  const why = `${one.unknown} of it had left on ${one.channelKey} before the database was restored: going on sends to those people again`;
  const facts = { channel: one.channelKey, left: one.unknown };
  return deps.store.holds.pause(
    one.communicationId,
    why,
    lineAbout("communication.paused", about, by, facts, why),
  );
}

/** By dispatch, everything that passed the gate before the newest restore was found. */
function leftBefore(lines: Iterable<JournalLine>): Map<string, Dispatched> {
  let before = new Map<string, Dispatched>();
  const all = new Map<string, Dispatched>();
  for (const { left = [], restored } of lines) {
    if (restored)
      before = new Map([...all].map(([id, one]) => [id, { ...one, passed: new Map(one.passed) }]));
    for (const { dispatch, communication, channel, passed } of left) {
      const of = all.get(dispatch) ?? { communication, channel, passed: new Map<number, number>() };
      all.set(dispatch, of);
      for (const [id, fence] of passed) of.passed.set(id, fence);
    }
  }
  return before;
}

function* parts(dispatchId: string, passed: ReadonlyMap<number, number>, hold: number): Generator<Part> {
  const all = [...passed];
  for (let from = 0; from < all.length; from += AT_ONCE) {
    const some = all.slice(from, from + AT_ONCE);
    yield { dispatchId, ids: some.map(([id]) => id), fences: some.map(([, fence]) => fence), hold };
  }
}
