// The ways in which one trial kills: each says when the blow fell. Whatever is killed is started again at once.
import { setTimeout as sleep } from "node:timers/promises";
import type { FailpointName } from "../../src/lib/failpoint.ts";
import { type Chance, pick } from "../../src/lib/chance.ts";
import { type ChaosHouse, dismiss } from "./house.ts";
import type { Slot } from "./processes.ts";
import { LEASE_MS } from "./truth.ts";

export interface Blow {
  /** When it fell, in ms. */
  readonly at: number;
  /** What exactly was done, for the table: "after_250", "not reached" … */
  readonly how: string;
}
export interface Scene {
  readonly house: ChaosHouse;
  readonly chance: Chance;
  /** How many messages are taken in one trial. */
  readonly recipients: number;
  /** Brings a release and a rendering soon. */
  readonly nudge: () => void;
}

/** What `--only` may name, and how often each comes among the others. */
export const KINDS = {
  worker: { weight: 4, strike: killWorker },
  failpoints: { weight: 4, strike: failWorker },
  postgres: { weight: 2, strike: killPostgres },
  redis: { weight: 2, strike: killRedis },
  scheduler: { weight: 1, strike: ({ house }: Scene) => killSlot(house.scheduler) },
  web: { weight: 1, strike: ({ house }: Scene) => killWeb(house) },
  zombie: { weight: 1, strike: stopWorker },
  wire: { weight: 1, strike: tearWire },
  clock: { weight: 1, strike: shiftClock },
} as const satisfies Record<string, { weight: number; strike: (scene: Scene) => Promise<Blow> }>;
export type Kind = keyof typeof KINDS;
export const KIND_NAMES = Object.keys(KINDS) as Kind[];

/** Every kind comes up before chance alone decides, so that few trials are not all of one kind. */
export function pickKinds(chance: Chance, kinds: readonly Kind[], trials: number): Kind[] {
  const urn = kinds.flatMap((kind) => Array.from({ length: KINDS[kind].weight }, () => kind));
  return Array.from({ length: trials }, (_, i) => kinds[i] ?? pick(chance, urn));
}

async function killSlot(slot: Slot): Promise<Blow> {
  const victim = await slot.present();
  const at = Date.now();
  victim.signal("SIGKILL");
  await victim.gone;
  await slot.replace();
  return { at, how: slot.name };
}

function killWorker({ house, chance }: Scene): Promise<Blow> {
  return killSlot(pick(chance, house.workers));
}

/** A busy machine takes its time over the first page. */
const PAGES_MS = 60_000;
/** The pages have to come back, too. */
async function killWeb(house: ChaosHouse): Promise<Blow> {
  const blow = await killSlot(house.web);
  for (const end = Date.now() + PAGES_MS; ; await sleep(50)) {
    const answer = await fetch(house.webUrl, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
    if (answer?.ok) return blow;
    if (Date.now() > end) throw new Error(`the pages did not come back (${answer?.status ?? "no answer"})`);
  }
}

async function killPostgres({ house }: Scene): Promise<Blow> {
  const at = Date.now();
  await house.pg.kill();
  await house.pg.restart();
  return { at, how: "postgres" };
}

async function killRedis({ house }: Scene): Promise<Blow> {
  if (!house.redis) throw new Error("there is no Redis here");
  const at = Date.now();
  await house.redis.kill();
  await house.redis.restart();
  return { at, how: "redis" };
}

/** The most passages to wait for: within what one worker does in a few seconds. */
const PASSAGES: Readonly<Record<FailpointName, number>> = {
  mid_freeze: 1,
  after_render: 1,
  after_claim: 2,
  before_gate: 300,
  after_gate_commit: 300,
  after_last_byte: 300,
  after_250: 300,
  after_log_insert: 4,
  after_result_commit: 4,
};
/** A place that no work passes meanwhile is not waited for longer. In ms. */
const REACH_MS = 4_000;
/** How long a worker that is told to end may take. */
const LEAVE_MS = 15_000;

/** A worker that kills itself in a certain place takes over from one that is told to end. */
async function failWorker({ house, chance, nudge, recipients }: Scene): Promise<Blow> {
  const slot = pick(chance, house.workers);
  const name = pick(chance, Object.keys(PASSAGES) as FailpointName[]);
  const at = 1 + Math.floor(chance() * Math.min(PASSAGES[name], Math.max(4, recipients / 8)));
  const old = await slot.present();
  house.shiftClock(slot.name, 0); // with a clock that is still apart it would refuse to start, and reach no place at all
  const armed = await slot.replace({ BELLMAN_FAILPOINT: `${name}:SIGKILL@${at}` });
  dismiss(house, old, LEAVE_MS);
  if (PASSAGES[name] === 1) nudge();
  const fell = await Promise.race([armed.gone, sleep(REACH_MS, null)]);
  const fellAt = fell ?? Date.now();
  if (fell === null) armed.signal("SIGKILL");
  await armed.gone;
  await slot.replace();
  return { at: fellAt, how: fell === null ? `${name}, not reached` : name };
}

/** Stopped for two leases and then woken: what it still holds in its hands must come to nothing. */
async function stopWorker({ house, chance }: Scene): Promise<Blow> {
  const slot = pick(chance, house.workers);
  const zombie = await slot.present();
  const at = Date.now();
  zombie.signal("SIGSTOP");
  const waking = sleep(2 * LEASE_MS).then(async () => {
    zombie.signal("SIGCONT");
    await sleep(2_000);
    dismiss(house, zombie, LEAVE_MS);
    await zombie.gone;
  });
  house.leaving.add(waking);
  void waking.then(() => house.leaving.delete(waking));
  await slot.replace();
  return { at, how: slot.name };
}

/** What is wrong for a while comes right by itself, sometimes sooner and sometimes later than a lease ends. */
function rightLater({ house, chance }: Scene, right: () => void): void {
  const healing = sleep(500 + chance() * 1.8 * LEASE_MS).then(right);
  house.leaving.add(healing);
  void healing.then(() => house.leaving.delete(healing));
}

/** The first worker and the database do not hear each other, or every connection between them is torn off. */
function tearWire(scene: Scene): Promise<Blow> {
  const { wire } = scene.house;
  const at = Date.now();
  const how = pick(scene.chance, ["torn", "silent", "answers lost", "refused"]);
  if (how === "torn") wire.reset();
  else {
    if (how === "silent") wire.set({ swallow: "everything" });
    if (how === "answers lost") wire.set({ swallow: "from the server" });
    if (how === "refused") wire.set({ refuse: true });
    if (how === "refused") wire.reset();
    rightLater(scene, () => {
      wire.set({ swallow: "nothing", refuse: false });
      wire.reset(); // what was swallowed leaves half a conversation
    });
  }
  return Promise.resolve({ at, how });
}

/** One worker's wall clock jumps by seconds, minutes or hours, forwards or back, and later back again. */
function shiftClock(scene: Scene): Promise<Blow> {
  const { name } = pick(scene.chance, scene.house.workers);
  const ms = pick(scene.chance, [3_000, 45_000, 600_000, 7_200_000]) * (scene.chance() < 0.5 ? -1 : 1);
  const at = Date.now();
  scene.house.shiftClock(name, ms);
  rightLater(scene, () => scene.house.shiftClock(name, 0));
  return Promise.resolve({ at, how: `${ms / 1_000} s` });
}
