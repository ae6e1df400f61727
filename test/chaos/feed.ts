// Keeps work waiting: plans and releases one campaign after the other to the same people, whatever is being killed meanwhile.
import { setTimeout as sleep } from "node:timers/promises";
import { carryOn, startCampaign } from "../../src/cli/run-campaign.ts";
import type { ChaosHouse } from "./house.ts";

export interface Feed {
  /** Resolves when no campaign is half started. */
  readonly pause: () => Promise<void>;
  readonly resume: () => void;
  /** One more campaign, as soon as can be. */
  readonly nudge: () => void;
  readonly stop: () => Promise<void>;
  readonly started: () => number;
  /** Campaigns that could not be started at all. */
  readonly failures: readonly string[];
}

const campaign = (key: string) => `campaign:
  key: ${key}
  library: burglary-dark-nights
  channels: [email]
  lead_agency: police
  contributing: [council]
  author: priya.nair@police.example.org
  approver: tom.ellery@council.example.org
  due: now
`;

/** How long the start of one campaign may be broken off and taken up again. In ms. */
const PATIENCE = 60_000;

/** A new campaign whenever fewer than `least` deliveries wait. */
export function openFeed(house: Pick<ChaosHouse, "deps" | "truth">, least: number): Feed {
  let state = "on" as "on" | "paused" | "stopped";
  let busy = false;
  let nudged = false;
  let started = 0;
  const failures: string[] = [];
  const isHungry = async (): Promise<boolean> => {
    const { open, unreleased } = await house.truth.position();
    return nudged || (open < least && unreleased === 0);
  };
  const turn = async (): Promise<void> => {
    if (!(await isHungry().catch(() => false))) return;
    nudged = false;
    const key = `chaos-${(started += 1)}`;
    await start(house, key).catch((error: unknown) => failures.push(`${key}: ${String(error)}`));
  };
  const running = (async () => {
    while (state !== "stopped") {
      if (state === "on") {
        busy = true;
        await turn();
        busy = false;
      }
      await sleep(100);
    }
  })();
  const rest = async (): Promise<void> => {
    while (busy) await sleep(20);
  };
  return {
    pause: () => {
      state = "paused";
      return rest();
    },
    resume: () => void (state = "on"),
    nudge: () => void (nudged = true),
    stop: async () => {
      state = "stopped";
      await running;
    },
    started: () => started,
    failures,
  };
}

/** A start that is broken off is carried on, as a person would who presses the button again. */
async function start({ deps }: Pick<ChaosHouse, "deps">, key: string): Promise<void> {
  for (const end = Date.now() + PATIENCE; ; await sleep(200)) {
    try {
      if (await deps.store.plan.campaign(key)) return await carryOn(deps, key);
      return void (await startCampaign(deps, { text: campaign(key), name: key, now: true }));
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}
