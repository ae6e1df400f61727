// A relay that dies in the middle, loses connections, is slow, or knows somebody is not there: who is served, and how often (X3, X6, X8, X19).
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, test } from "@jest/globals";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { benchCampaign } from "../../bench/campaign.ts";
import { standing, startCampaign, watch } from "../../src/cli/run-campaign.ts";
import { startSmtpLab } from "../chaos/smtp-lab.ts";
import { FIRST_CAMPAIGN, firstCampaign, quietly, runWhole, withHouse, working } from "../support/sample.ts";
import { until } from "../support/waiting.ts";
import { openWire } from "../support/wire.ts";

const PEOPLE = 600;
const LIMIT_MS = 90_000;
const folder = mkdtempSync(join(tmpdir(), "bellman-relay-"));
const ledger = join(folder, "ledger");
const relay = await startSmtpLab(ledger);
const wire = await openWire(relay.smtpUrl);
afterAll(async () => {
  await wire.cut();
  await relay.stop();
  rmSync(folder, { recursive: true, force: true });
});
const { house, databaseUrl } = withHouse({
  people: PEOPLE,
  env: { SMTP_URL: wire.url.replace(/\/$/, ""), SMTP_LOOKUP_URL: relay.lookupUrl },
});
afterEach(() => relay.play({ rules: [], greet421: 0, delayMs: 0 }));

let read = 0;
/** What the relay took since the last look: message and recipient of each. */
function taken(): string[] {
  const all = readFileSync(ledger, "utf8").trim().split("\n").filter(Boolean);
  const fresh = all.slice(read).map((line) => line.split("\t").slice(1, 3).join());
  read = all.length;
  return fresh;
}
const ask = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T> => {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  const { rows } = await client.query<T>(sql, values);
  await client.end();
  return rows[0] as T;
};
const bulk = (key: string, segment = "all-residents") =>
  quietly(() => startCampaign(house().deps, { text: benchCampaign({ key, segment }), name: key, now: true }));

test(
  "a relay that dies after a part of a batch and comes back has everybody once",
  async () => {
    await relay.play({ delayMs: 300 });
    const before = (await relay.counts()).accepted;
    await working(house(), async () => {
      await bulk("halved");
      await until(async () => (await relay.counts()).accepted - before >= 0.3 * PEOPLE, LIMIT_MS);
      await wire.cut();
      await sleep(3_000);
      await wire.mend();
      await quietly(() => watch(house().deps, "halved", AbortSignal.timeout(LIMIT_MS)));
    });
    const found = await standing(house().deps, "halved");
    expect(found).toMatchObject({ waiting: 0, inDoubt: 0, refused: 0, accepted: found.recipients });
    const all = taken();
    expect(all).toHaveLength(found.recipients);
    expect(new Set(all).size).toBe(found.recipients);
  },
  2 * LIMIT_MS,
);

test(
  "a connection lost before any of the body left is no doubt: those are sent again, soon, and nobody's attempt counts",
  async () => {
    await relay.play({ rules: [{ programme: "drop-at-DATA", share: 0.1, seed: 3 }] });
    const began = Date.now();
    const found = await runWhole(house(), "dropped", benchCampaign({ key: "dropped" }));
    expect(Date.now() - began).toBeLessThan(60_000);
    expect(found).toMatchObject({ waiting: 0, inDoubt: 0, refused: 0, accepted: found.recipients });
    expect(await house().deps.store.log.sum("dropped", "deliveries.recorded", "in_doubt")).toBe(0);
    expect(await ask("SELECT count(*)::int AS n FROM delivery WHERE tries > 0")).toEqual({ n: 0 });
    expect(taken()).toHaveLength(found.recipients);
  },
  2 * LIMIT_MS,
);

test(
  "a slow relay holds up no other channel",
  async () => {
    await relay.play({ delayMs: 20_000 });
    const text = await firstCampaign("slow");
    await working(house(), async () => {
      await quietly(() => startCampaign(house().deps, { text, name: FIRST_CAMPAIGN, now: true }));
      await until(async () => (await standing(house().deps, "slow")).pages.length === 2, LIMIT_MS);
      await until(async () => (await standing(house().deps, "slow")).posts.length === 2, LIMIT_MS);
      expect((await standing(house().deps, "slow")).waiting).toBeGreaterThan(0);
      await relay.play({ delayMs: 0 });
      await quietly(() => watch(house().deps, "slow", AbortSignal.timeout(LIMIT_MS)));
    });
    const ends = await ask<{ others: Date; emails: Date }>(
      `SELECT max(d.settled_at) FILTER (WHERE p.channel_key <> 'email') AS others, min(d.settled_at) FILTER (WHERE p.channel_key = 'email') AS emails
         FROM delivery d JOIN dispatch p ON p.id = d.dispatch_id JOIN communication c ON c.id = p.communication_id
         JOIN campaign k ON k.id = c.campaign_id WHERE k.key = 'slow'`,
    );
    expect(ends.others.getTime()).toBeLessThan(ends.emails.getTime());
    taken();
  },
  2 * LIMIT_MS,
);

test(
  "an emergency overtakes a large dispatch that fills every connection",
  async () => {
    await relay.play({ delayMs: 6_000 });
    await working(house(), async () => {
      await bulk("large");
      await until(async () => (await standing(house().deps, "large")).waiting > 0, LIMIT_MS);
      const text = benchCampaign({ key: "warning", segment: "polish-readers", urgent: true });
      await quietly(() => startCampaign(house().deps, { text, name: "warning", now: true }));
      await until(async () => {
        const { recipients, accepted } = await standing(house().deps, "warning");
        return recipients > 0 && accepted === recipients;
      }, LIMIT_MS);
      expect((await standing(house().deps, "large")).waiting).toBeGreaterThan(0);
      await relay.play({ delayMs: 0 });
      await quietly(() => watch(house().deps, "large", AbortSignal.timeout(LIMIT_MS)));
    });
    taken();
  },
  2 * LIMIT_MS,
);

test(
  "who the relay says is not there is refused, suppressed once as a hard bounce, and not written to again",
  async () => {
    await relay.play({ rules: [{ programme: "reject550", share: 0.02, seed: 11 }] });
    const found = await runWhole(house(), "gone", benchCampaign({ key: "gone" }));
    expect(found.refused).toBeGreaterThan(0);
    expect(
      await ask("SELECT count(*)::int AS n, min(reason) AS reason, max(reason) AS other FROM suppression"),
    ).toEqual({ n: found.refused, reason: "hard-bounce", other: "hard-bounce" });
    await relay.play({ rules: [] });
    const again = await runWhole(house(), "again", benchCampaign({ key: "again" }));
    expect(again.recipients).toBe(found.recipients - found.refused);
  },
  2 * LIMIT_MS,
);
