// A whole campaign with its queue on Redis, which loses everything it knows in the middle: everyone is reached once all the same.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { setTimeout as sleep } from "node:timers/promises";
import { startCampaign, watch } from "../../src/cli/run-campaign.ts";
import { NO_REDIS, redisHalf, startRedis, type TestRedis } from "../support/redis.ts";
import { FIRST_CAMPAIGN, firstCampaign, quietly, withHouse, working } from "../support/sample.ts";

if (redisHalf() === "skip") test.skip(`a campaign over Redis: ${NO_REDIS}`, () => undefined);
else describe("with the queue on Redis", campaigns);

function campaigns(): void {
  const env: Record<string, string> = { BELLMAN_QUEUE_PREFIX: "bellman-journey-test" };
  let redis: TestRedis | null = null;
  beforeAll(async () => {
    redis = await startRedis();
    env.REDIS_URL = redis.url;
  });
  const { house } = withHouse({ people: 3_000, env });
  afterAll(() => redis?.stop());

  test("everyone is reached once although Redis is emptied in the middle", async () => {
    const { deps } = house();
    expect(deps.backendName).toBe("redis");
    const finished = await working(house(), async () => {
      const text = await firstCampaign("over-redis");
      await startCampaign(deps, { text, name: FIRST_CAMPAIGN, now: true });
      let flushed = 0;
      const flushing = (async () => {
        for (const end = Date.now() + 60_000; Date.now() < end && house().outbox?.count() === 0;)
          await sleep(20);
        await redis?.flushAll();
        flushed = house().outbox?.count() ?? 0;
      })();
      const watched = await quietly(() => watch(deps, "over-redis", AbortSignal.timeout(110_000)));
      await flushing;
      expect(flushed).toBeLessThan(watched.recipients);
      return watched;
    });

    const people = finished.rows.filter((row) => row.channelKey === "email");
    const recipients = people.reduce((sum, row) => sum + row.recipients, 0);
    expect(recipients).toBeGreaterThan(2_500);
    expect(finished).toMatchObject({
      waiting: 0,
      inDoubt: 0,
      refused: 0,
      held: 0,
      accepted: finished.recipients,
    });
    expect(finished.acceptedInLog).toBe(finished.accepted);
    const mails = house().outbox?.list({ offset: 0, limit: 10_000 }) ?? [];
    expect(mails).toHaveLength(recipients);
    expect(new Set(mails.map((mail) => mail.to)).size).toBe(recipients);
  }, 120_000);
}
