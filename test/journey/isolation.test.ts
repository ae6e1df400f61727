// One bad thing harms only itself (G11): poison addresses, a dead relay and a slow account all at once, and everybody else is served.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import pg from "pg";
import { startSmtpLab } from "../chaos/smtp-lab.ts";
import { runWhole, withHouse } from "../support/sample.ts";

const PEOPLE = 600;
const folder = mkdtempSync(join(tmpdir(), "bellman-isolation-"));
const ledger = join(folder, "second");
const [first, second] = await Promise.all([startSmtpLab(join(folder, "first")), startSmtpLab(ledger)]);
afterAll(async () => {
  await second.stop();
  rmSync(folder, { recursive: true, force: true });
});
const { house, databaseUrl } = withHouse({
  people: PEOPLE,
  env: {
    SMTP_URL: first.smtpUrl,
    SMTP_LOOKUP_URL: first.lookupUrl,
    SMTP_SECOND_URL: second.smtpUrl,
    SMTP_SECOND_LOOKUP_URL: second.lookupUrl,
  },
});

test("with 1 % poison, a dead relay and a slow account at once, every healthy recipient is served", async () => {
  await first.stop();
  await second.play({ rules: [{ programme: "reject550", share: 0.01, seed: 7 }] });
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  // A bucket of one: the second post waits half a minute.
  await client.query("UPDATE channel SET most_per_minute = 2 WHERE key = 'social'");

  const finished = await runWhole(house(), "isolated");
  const { rows } = await client.query<{ state: string; n: number; tries: number }>(
    `SELECT d.state, count(*)::int AS n, max(d.tries)::int AS tries FROM delivery d
       JOIN dispatch p ON p.id = d.dispatch_id WHERE p.channel_key = 'email' GROUP BY 1 ORDER BY 1`,
  );
  const { rows: posts } = await client.query<{ gap: number; emails: Date; last: Date }>(
    `SELECT extract(epoch FROM max(d.settled_at) - min(d.settled_at))::float8 AS gap, max(d.settled_at) AS last,
            (SELECT max(e.settled_at) FROM delivery e JOIN dispatch q ON q.id = e.dispatch_id WHERE q.channel_key = 'email') AS emails
       FROM delivery d JOIN dispatch p ON p.id = d.dispatch_id WHERE p.channel_key = 'social'`,
  );
  await client.end();

  expect(posts[0]?.gap).toBeGreaterThan(25); // it was slow indeed …
  expect(posts[0]?.emails.getTime()).toBeLessThan(posts[0]?.last.getTime() ?? 0); // … and nobody waited for it
  const refused = rows.find(({ state }) => state === "refused")?.n ?? 0;
  expect(refused).toBeGreaterThan(0);
  expect(rows).toEqual([
    // No attempt was counted against anybody for the relay that was not there.
    { state: "accepted", n: PEOPLE - refused, tries: 0 },
    { state: "refused", n: refused, tries: 0 },
  ]);
  expect(finished).toMatchObject({ waiting: 0, inDoubt: 0, held: 0, refused });
  expect(finished.posts.length).toBeGreaterThan(0);
  const taken = readFileSync(ledger, "utf8").trim().split("\n");
  expect(taken).toHaveLength(PEOPLE - refused);
  expect(new Set(taken.map((line) => line.split("\t").slice(1).join())).size).toBe(PEOPLE - refused);
});
