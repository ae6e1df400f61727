// Freezing over more than one stretch: everybody who is to be reached, once, in whole batches, whether they are many or few.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import pg from "pg";
import { BATCH_SIZE, FREEZE_STRETCH } from "../../config/limits.ts";
import { startCampaign } from "../../src/cli/run-campaign.ts";
import { release } from "../../src/journey/release.ts";
import { addPeople } from "../../bench/people.ts";
import { benchCampaign } from "../../bench/campaign.ts";
import { armFailpoints } from "../../src/lib/failpoint.ts";
import { withHouse } from "../support/sample.ts";

/** The first of them are "businesses", the others "young-adults"; every thousandth reads Polish. */
const PEOPLE = FREEZE_STRETCH + 12_000;
const FEW = 1_100;

let client: pg.Client;
afterAll(() => client.end());
const { house, databaseUrl } = withHouse({ people: 0 });
beforeAll(async () => {
  await addPeople(databaseUrl(), PEOPLE, FEW);
  client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
}, 60_000);

const one = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T> => {
  const { rows } = await client.query<T>(sql, values);
  return rows[0] as T;
};

/** Releases a campaign to one segment; what its dispatch froze. */
async function freeze(key: string, segment: string) {
  await startCampaign(house().deps, { text: benchCampaign({ key, segment }), name: key, now: true });
  const campaign = await house().deps.store.plan.campaign(key);
  await release(house().deps, { communicationId: campaign?.communications[0]?.id ?? "" });
  return frozen(key);
}
const frozen = (key: string) =>
  one<{
    people: number;
    distinct: number;
    counted: number;
    batches: number;
    largest: number;
    torn: number;
  }>(
    `SELECT (SELECT count(*) FROM delivery d WHERE d.dispatch_id = p.id)::int AS people,
            (SELECT count(DISTINCT d.subscriber_id) FROM delivery d WHERE d.dispatch_id = p.id)::int AS distinct,
            p.recipient_count::int AS counted,
            (SELECT count(*) FROM batch b WHERE b.dispatch_id = p.id)::int AS batches,
            (SELECT max(total) FROM batch b WHERE b.dispatch_id = p.id)::int AS largest,
            (SELECT count(*) FROM batch b WHERE b.dispatch_id = p.id AND b.total <> (SELECT count(*) FROM delivery d
              WHERE d.dispatch_id = b.dispatch_id AND d.batch_no = b.batch_no))::int AS torn
       FROM dispatch p JOIN communication c ON c.id = p.communication_id JOIN campaign k ON k.id = c.campaign_id WHERE k.key = $1`,
    [key],
  );
const whole = (people: number) => ({
  people,
  distinct: people,
  counted: people,
  largest: BATCH_SIZE,
  torn: 0,
});

test("many, over two stretches: everybody once, no batch larger than it may be", async () => {
  expect(await freeze("many", "young-adults")).toMatchObject(whole(PEOPLE - FEW));
});

test("few, who all came before the second stretch and after it, less those who stopped or never agreed", async () => {
  // The last who came are of that segment, too: they lie in the second stretch.
  await client.query(
    `UPDATE subscriber SET groups = ARRAY['businesses'] WHERE id IN (SELECT id FROM subscriber ORDER BY id DESC LIMIT 900)`,
  );
  await client.query(
    `INSERT INTO suppression (email_hash, reason) SELECT email_hash, 'test' FROM subscriber ORDER BY id DESC LIMIT 40`,
  );
  await client.query(
    `UPDATE consent SET withdrawn_at = now() WHERE subscriber_id IN (SELECT id FROM subscriber ORDER BY id DESC OFFSET 40 LIMIT 60)`,
  );
  expect(await freeze("few", "businesses")).toMatchObject(whole(FEW + 900 - 100));
});

test("a freeze that falls just before its commit has frozen nobody; gone on with, it is whole", async () => {
  armFailpoints("mid_freeze:throw", "sandbox");
  try {
    await expect(freeze("broken-off", "polish-readers")).rejects.toThrow("failpoint mid_freeze");
  } finally {
    armFailpoints(undefined, "sandbox");
  }
  const campaign = await house().deps.store.plan.campaign("broken-off");
  const communicationId = campaign?.communications[0]?.id ?? "";
  expect(await frozen("broken-off")).toMatchObject({ people: 0, counted: 0, batches: 0 });
  await release(house().deps, { communicationId });
  const { people, distinct, counted } = await frozen("broken-off");
  expect(people).toBeGreaterThan(0);
  expect([distinct, counted]).toEqual([people, people]);
});

test("nobody: the first stretch finds none and neither does the rest", async () => {
  await client.query("UPDATE subscriber SET language = 'en'");
  expect(await freeze("none", "polish-readers")).toMatchObject({ people: 0, counted: 0, batches: 0 });
});
