// All trials of a run: rounds of kills while campaigns flow, each round brought to rest and judged.
import { setTimeout as sleep } from "node:timers/promises";
import { openChance } from "../../src/lib/chance.ts";
import { bellman } from "../support/command.ts";
import { within } from "./bounded.ts";
import { openFeed, type Feed } from "./feed.ts";
import { type ChaosHouse, openChaosHouse } from "./house.ts";
import { type Kind, pickKinds, type Scene } from "./kinds.ts";
import { examine, isClean, NOTHING, together, type Verdict } from "./oracle.ts";
import type { Rule } from "./programme.ts";
import { runTrial, type Trial, type UnderWay } from "./trial.ts";

export interface RunOptions {
  readonly trials: number;
  /** Acceptances in each trial. */
  readonly recipients: number;
  readonly backend: "postgres" | "redis";
  readonly lookup: boolean;
  readonly seed: number;
  readonly only: readonly Kind[];
  readonly workers: number;
  readonly say: (line: string) => void;
  /** Aborted when it is enough: the trial under way is finished, everything comes to rest, and what was done is judged. */
  readonly enough?: AbortSignal;
}
export interface Outcome {
  readonly trials: readonly Trial[];
  readonly verdict: Verdict;
  readonly campaigns: number;
  readonly seconds: number;
  /** Whatever else went wrong: the chain, a start that failed, a process that fell by itself. */
  readonly faults: readonly string[];
  readonly notes: readonly string[];
  /** The folder that was kept because something is wrong; null where all is well. */
  readonly kept: string | null;
}

const ROUND = 20;
/** The relay is not always kind: some addresses are bad, and some replies are lost (where doubt is to come from kills alone, none). */
const relayRules = ({ seed, lookup }: RunOptions): Rule[] => [
  { programme: "reject550", share: 0.002, seed },
  ...(lookup ? LOST_REPLIES.map((programme, i) => ({ programme, share: 0.002, seed: seed + 1 + i })) : []),
];
const LOST_REPLIES = ["accept-then-reset", "accept-then-FIN"] as const;

export async function runChaos(options: RunOptions): Promise<Outcome> {
  const { recipients, say } = options;
  const started = Date.now();
  // Large campaigns leave the machine to the kills: planning and rendering one costs as much as sending a thousand.
  const people = Math.min(8_000, Math.max(400, recipients * Math.max(3, Math.floor(options.trials / 3))));
  say(`Setting up a house with ${people} people …`);
  const house = await openChaosHouse({ ...options, people });
  const feed = openFeed(house, recipients * 2);
  let outcome: Outcome | null = null;
  try {
    await house.smtp.play({ rules: relayRules(options) });
    const done = await runRounds(house, feed, options);
    const notes = [house.scheduler, house.web, ...house.workers]
      .filter((slot) => slot.falls() > 0)
      .map((slot) => `${slot.name} ended by itself ${slot.falls()} times and was started again`);
    const clean = isClean(done.verdict) && done.faults.length === 0;
    const seconds = (Date.now() - started) / 1_000;
    outcome = { ...done, campaigns: feed.started(), seconds, notes, kept: clean ? null : house.dir };
    return outcome;
  } finally {
    await feed.stop();
    await house.close(outcome?.kept !== null);
    if (outcome === null) say(`What there was is kept in ${house.dir}`);
  }
}

const told = ({ fault, recoverySeconds }: UnderWay): string =>
  fault ?? (recoverySeconds === null ? "did not come back" : `back after ${recoverySeconds.toFixed(2)} s`);

async function runRounds(house: ChaosHouse, feed: Feed, options: RunOptions) {
  const { say, recipients, enough } = options;
  const chance = openChance(options.seed);
  const kinds = pickKinds(chance, options.only, options.trials);
  const scene: Scene = { house, chance, recipients, nudge: feed.nudge };
  const settled = new Set<string>();
  const trials: Trial[] = [];
  const faults: string[] = [];
  const isEnough = () => enough?.aborted ?? false;
  for (let first = 0; first < kinds.length && !isEnough(); first += ROUND) {
    feed.resume();
    const round = [];
    for (const kind of kinds.slice(first, first + ROUND)) {
      if (isEnough()) break;
      const trial = await runTrial(scene, kind, recipients);
      round.push(trial);
      say(
        `  ${first + round.length}/${kinds.length} ${kind} (${trial.how}): ${told(trial)}; ${house.book.count()} taken`,
      );
    }
    await feed.pause();
    trials.push(...(await Promise.all(round.map(async (one) => ({ ...one, left: await one.left })))));
    const rest = await comeToRest(house, options.lookup);
    const verdict = await examine(house.truth, house.book, settled);
    say(
      `  at rest after ${rest.toFixed(1)} s; ${isClean(verdict) ? "all accounted for" : "NOT ALL ACCOUNTED FOR"}`,
    );
    if (!isClean(verdict)) break; // later rounds would only bury it
  }
  say("Judging the whole …");
  const verdict = await examine(house.truth, house.book);
  faults.push(...trials.flatMap(({ fault }) => fault ?? []), ...feed.failures, ...(await verify(house)));
  faults.push(
    ...trials.flatMap((one) => (one.recoverySeconds === null ? [`${one.kind}: sending did not go on`] : [])),
  );
  return { trials, verdict: together(NOTHING, verdict), faults };
}

/** How long until nothing is left to do may take: a delivery that is put off waits a minute before its next try. In ms. */
const REST_LIMIT_MS = 180_000;

/** Waits until nobody kills or wakes any more and nothing is open; gives up without a word, the oracle has it. Seconds. */
async function comeToRest(house: ChaosHouse, lookup: boolean): Promise<number> {
  const start = Date.now();
  await Promise.race([Promise.all(house.leaving), sleep(REST_LIMIT_MS)]);
  for (const end = start + REST_LIMIT_MS; Date.now() < end; await sleep(250)) {
    const now = await house.truth.position().catch(() => null);
    if (now && now.open + now.unreleased + (lookup ? now.inDoubt : 0) === 0) break;
  }
  return (Date.now() - start) / 1_000;
}

const VERIFY_LIMIT_MS = 300_000;

/** The chain, by the command that an auditor would use. */
async function verify({ env }: ChaosHouse): Promise<string[]> {
  const asked = within(VERIFY_LIMIT_MS, "log verify", bellman(["log", "verify", "--json"], env));
  const { code, out, err } = await asked.catch((error: unknown) => ({
    code: 1,
    out: "",
    err: String(error),
  }));
  return code === 0 && out.includes('"ok":true') ? [] : [`the log cannot be verified: ${out}${err}`];
}
