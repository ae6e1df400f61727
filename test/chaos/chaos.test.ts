// The short form of `npm run chaos`: every part of a working Bellman is killed in turn, and every message accounted for.
// BELLMAN_CHAOS_TRIALS sets how many kills; from 20 on with 2,000 messages in each (test/README.md).
import { afterAll, expect, test } from "@jest/globals";
import { KIND_NAMES } from "./kinds.ts";
import { jsonOf, sentences, tableOf } from "./report.ts";
import { type Outcome, runChaos, type RunOptions } from "./run.ts";

/** Without a number, one of each kind: the kinds come in their order first. */
const TRIALS = Number(process.env.BELLMAN_CHAOS_TRIALS ?? 7);
const said: string[] = [];
let outcome: Outcome | null = null;

const options: RunOptions = {
  trials: TRIALS,
  recipients: TRIALS >= 20 ? 2_000 : 400,
  backend: "postgres",
  lookup: true,
  seed: 1,
  only: KIND_NAMES.filter((kind) => kind !== "redis" && (kind !== "zombie" || TRIALS >= 20)),
  workers: 2,
  say: (line) => said.push(line),
};

test(
  `killed ${TRIALS} times in different places, nothing is lost, nothing is sent twice, and the log knows it all`,
  async () => {
    outcome = await runChaos(options);
    expect(outcome.verdict.offenders).toEqual([]);
    expect(outcome.faults).toEqual([]);
    expect(jsonOf(outcome, options)).toMatchObject({ trials: TRIALS, lost: 0, duplicated: 0, inDoubt: 0 });
    expect(outcome.verdict.accepted).toBeGreaterThan(TRIALS * options.recipients * 0.9);
  },
  240_000 + TRIALS * 30_000,
);

afterAll(() => {
  if (!outcome) return void process.stderr.write(`${said.join("\n")}\n`);
  const trouble = outcome.kept === null ? [] : [...said, ...sentences(outcome)];
  process.stderr.write(`${[tableOf(outcome), ...trouble].join("\n")}\n`);
});
