// One trial: a blow at a moment the seed chose, then the time until sending goes on, and what the blow left in doubt.
import { setTimeout as sleep } from "node:timers/promises";
import { within } from "./bounded.ts";
import type { ChaosHouse } from "./house.ts";
import { type Kind, KINDS, type Scene } from "./kinds.ts";

export interface Trial {
  readonly kind: Kind;
  readonly how: string;
  /** From the blow to the next acceptance; null where none came in time. */
  readonly recoverySeconds: number | null;
  /** How many deliveries lay past the gate with nothing recorded, and how long until the last of them was somebody's again. */
  readonly left: { readonly count: number; readonly seconds: number | null };
  readonly fault: string | null;
}
export interface UnderWay {
  readonly kind: Kind;
  readonly how: string;
  readonly recoverySeconds: number | null;
  readonly fault: string | null;
  /** Known later: the next trial need not wait for it. */
  readonly left: Promise<Trial["left"]>;
}

/** What was already on the wire when the blow fell arrives within this and is no recovery. In ms. */
const ON_THE_WIRE_MS = 150;
const STRIKE_LIMIT_MS = 120_000;
const RECOVERY_LIMIT_MS = 60_000;
/** How long the work of one trial may take once sending goes on. */
const WORK_LIMIT_MS = 20_000;
const LEFT_LIMIT_MS = 90_000;

/** `recipients`: acceptances from the start of the trial to its end; the blow falls within the first two thirds of them. */
export async function runTrial(scene: Scene, kind: Kind, recipients: number): Promise<UnderWay> {
  const { house, chance } = scene;
  house.book.update();
  const from = house.book.count();
  await taken(house, from + Math.floor((chance() * recipients * 2) / 3), WORK_LIMIT_MS);
  await sleep(chance() * 20);
  const start = Date.now();
  try {
    const { at, how } = await within(STRIKE_LIMIT_MS, "the restart", KINDS[kind].strike(scene));
    const next = await acceptedAfter(house, at + ON_THE_WIRE_MS);
    const left = watchLeft(house, at);
    await taken(house, from + recipients, WORK_LIMIT_MS);
    return { kind, how, recoverySeconds: next && (next - at) / 1_000, fault: null, left };
  } catch (error) {
    const fault = `${kind}: ${error instanceof Error ? error.message : String(error)}`;
    const left = Promise.resolve({ count: 0, seconds: null });
    return { kind, how: "failed", recoverySeconds: (Date.now() - start) / 1_000, fault, left };
  }
}

/** Waits until the ledger has so many lines. */
async function taken(house: ChaosHouse, count: number, limitMs: number): Promise<void> {
  for (const end = Date.now() + limitMs; Date.now() < end; await sleep(15)) {
    house.book.update();
    if (house.book.count() >= count) return;
  }
}

/** When the first acceptance came after a moment, as near as the look of every few milliseconds tells. */
async function acceptedAfter(house: ChaosHouse, moment: number): Promise<number | null> {
  for (const end = moment + RECOVERY_LIMIT_MS; Date.now() < end; await sleep(10)) {
    house.book.update();
    const at = house.book.firstAfter(moment);
    if (at !== null) return at;
  }
  return null;
}

/** Those that are under way now and a second later are nobody's: their sender is dead. */
async function watchLeft(house: ChaosHouse, at: number): Promise<Trial["left"]> {
  const look = async (): Promise<Set<string> | null> => {
    const marks = await house.truth.underWay().catch(() => null);
    return marks && new Set(marks);
  };
  const first = (await look()) ?? new Set<string>();
  await sleep(1_000);
  let left: Set<string> | null = null;
  let count: number | null = null;
  for (const end = Date.now() + LEFT_LIMIT_MS; Date.now() < end; await sleep(250)) {
    const now = await look();
    if (!now) continue;
    left = new Set([...(left ?? first)].filter((mark) => now.has(mark)));
    count ??= left.size;
    if (left.size === 0) return { count, seconds: count === 0 ? null : (Date.now() - at) / 1_000 };
  }
  return { count: count ?? 0, seconds: LEFT_LIMIT_MS / 1_000 };
}
