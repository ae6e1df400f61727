// Rendering in a thread of its own: what takes too much is named and given up alone; those who wait behind it are not punished (Q6, R3, I9).
import { afterEach, beforeAll, expect, test } from "@jest/globals";
import { RENDER_LIMITS } from "../../config/limits.ts";
import { startCampaign } from "../../src/cli/run-campaign.ts";
import type { Issue } from "../../src/domain/issue.ts";
import { openRenderApart, type RenderApart, type RenderLimits } from "../../src/render/apart.ts";
import type { RenderTask } from "../../src/render/thread.ts";
import { FIRST_CAMPAIGN, firstCampaign, withHouse } from "../support/sample.ts";

const { house } = withHouse({ people: 0 });
let task: RenderTask;
let hash = "";
beforeAll(async () => {
  const { store, library } = house().deps;
  const text = await firstCampaign("apart");
  await startCampaign(house().deps, { text, name: FIRST_CAMPAIGN, now: true });
  const campaign = await store.plan.campaign("apart");
  const communication = await store.plan.communication(campaign?.communications[0]?.id ?? "");
  const version = await store.plan.version(communication?.contentHash ?? "");
  const issue = JSON.parse(version?.body ?? "{}") as Issue;
  const wanted = issue.renditions.find(({ segmentKey }) => segmentKey !== "");
  if (!wanted) throw new Error("no email is wanted");
  const { channelKey, segmentKey, language } = wanted;
  task = { issue, wanted: { channelKey, segmentKey, language }, labels: library.labels(language) };
  hash = wanted.hash;
});
let apart: RenderApart | null = null;
afterEach(async () => {
  await apart?.close();
  apart = null;
});
const open = (limits: Partial<RenderLimits>) => (apart = openRenderApart({ ...RENDER_LIMITS, ...limits }));
const took = async (work: () => Promise<unknown>): Promise<number> => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};

test("comes out as it was approved, and this process hardly notices", async () => {
  const { render } = open({});
  let last = performance.now();
  let longest = 0;
  const timer = setInterval(() => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
  }, 10);
  const made = await render(task);
  clearInterval(timer);
  expect(made.hash).toBe(hash);
  expect(longest).toBeLessThan(1_000); // a lease is five seconds, its heart beats each second
});

test("that takes longer than it may is given up by name, and the next is made", async () => {
  const { render } = open({ ms: 1 });
  await expect(render(task)).rejects.toMatchObject({ code: "render-too-much" });
  await expect(render(task)).rejects.toMatchObject({ code: "render-too-much" }); // not a pool that is broken
  await apart?.close();
  expect((await open({}).render(task)).hash).toBe(hash);
});

test("that takes more memory than it may is given up by name", async () => {
  await expect(open({ megabytes: 12 }).render(task)).rejects.toMatchObject({ code: "render-too-much" });
});

test("waits its turn without its time running: many at once are all made", async () => {
  const first = open({});
  const cold = await took(() => first.render(task));
  const warm = await took(() => first.render(task));
  await first.close();
  const ms = Math.ceil(2 * cold) + 500;
  // Together they take longer than any one of them may.
  const many = Math.min(400, Math.ceil(ms / Math.max(warm, 5)) + 10);
  const { render } = open({ ms });
  const all = await Promise.allSettled(Array.from({ length: many }, () => render(task)));
  expect(all.filter(({ status }) => status === "rejected")).toEqual([]);
}, 120_000);
