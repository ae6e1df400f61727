// A version that comes out differently than it was approved: nothing of it leaves, the rest does, and a person decides.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import pg from "pg";
import { standing, startCampaign } from "../../src/cli/run-campaign.ts";
import { decideWaiting } from "../../src/journey/hold.ts";
import { FIRST_CAMPAIGN, firstCampaign, withHouse, working } from "../support/sample.ts";
import { until } from "../support/waiting.ts";

let client: pg.Client;
afterAll(() => client.end());
const { house, databaseUrl } = withHouse({ people: 80 });
beforeAll(async () => {
  client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
});
const by = "tom.ellery@council.example.org";
const LIMIT_MS = 60_000;

/** Starts a campaign one of whose email versions was approved as something else; returns that version's id and true hash. */
async function startWithOneAltered(key: string): Promise<{ id: string; hash: string }> {
  await startCampaign(house().deps, { text: await firstCampaign(key), name: FIRST_CAMPAIGN, now: true });
  const { rows } = await client.query<{ id: string; hash: string }>(
    `UPDATE rendition r SET approved_hash = repeat('0', 64)
       FROM (SELECT r.id, r.approved_hash AS hash FROM rendition r JOIN communication c ON c.id = r.communication_id
               JOIN campaign k ON k.id = c.campaign_id
              WHERE k.key = $1 AND r.channel_key = 'email' AND r.language = 'en' ORDER BY r.segment_key LIMIT 1) old
      WHERE r.id = old.id RETURNING r.id, old.hash`,
    [key],
  );
  return rows[0] ?? { id: "", hash: "" };
}
const waiting = async () => (await house().deps.store.holds.undecided())[0];
const refusedOnce = async () => (await waiting())?.partly === true;

test(
  "the rest goes; once what was approved can be made again it goes, too, and everything is complete",
  async () => {
    const { id, hash } = await startWithOneAltered("altered");
    await working(house(), async () => {
      await until(
        async () => (await refusedOnce()) && (await standing(house().deps, "altered")).waiting === 0,
        LIMIT_MS,
      );
      const before = await standing(house().deps, "altered");
      expect(before.held).toBeGreaterThan(0);
      expect(before.accepted).toBeGreaterThan(0);
      const { reference = "", why = "" } = (await waiting()) ?? {};
      expect(why).toContain("it could not be made as it was approved (email ");
      const go = { reference, decision: "go", by, why: "the template is as it was" } as const;
      // Not mended yet: it is refused again, and asks again.
      await decideWaiting(house().deps, go);
      await until(refusedOnce, LIMIT_MS);
      await client.query("UPDATE rendition SET approved_hash = $2 WHERE id = $1", [id, hash]);
      await decideWaiting(house().deps, go);
      await until(async () => (await standing(house().deps, "altered")).held === 0, LIMIT_MS);
      await until(async () => (await standing(house().deps, "altered")).waiting === 0, LIMIT_MS);
      const after = await standing(house().deps, "altered");
      expect(after.accepted).toBe(before.accepted + before.held);
      expect(await waiting()).toBeUndefined();
    });
  },
  3 * LIMIT_MS,
);

test(
  "cancelled, what was held never leaves, and nothing waits any more",
  async () => {
    await startWithOneAltered("given-up");
    await working(house(), async () => {
      await until(
        async () => (await refusedOnce()) && (await standing(house().deps, "given-up")).waiting === 0,
        LIMIT_MS,
      );
      const { held, accepted, stopped } = await standing(house().deps, "given-up");
      await decideWaiting(house().deps, {
        reference: (await waiting())?.reference ?? "",
        decision: "cancel",
        by,
        why: "too late",
      });
      const after = await standing(house().deps, "given-up");
      expect(after).toMatchObject({ held: 0, accepted, stopped: stopped + held });
      expect(await waiting()).toBeUndefined();
    });
  },
  2 * LIMIT_MS,
);
