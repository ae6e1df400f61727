// What was kept for its time goes, exactly that, and pages say the same numbers before and after.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import pg from "pg";
import { RETENTION } from "../../config/audience-limits.ts";
import { retainNow, retainTonight } from "../../src/audience/retention.ts";
import { standing } from "../../src/cli/run-campaign.ts";
import { KEPT_RECORDS, type KeptRecord } from "../../src/domain/retention.ts";
import { faultIn, type StoredEntry } from "../../src/domain/log-entry.ts";
import { sha256 } from "../../src/lib/hash.ts";
import { buildApp } from "../../src/web/app.ts";
import { runWhole, withHouse } from "../support/sample.ts";

let client: pg.Client;
// Before the house's own hooks: they drop the database.
afterAll(() => client.end());
const { house, databaseUrl } = withHouse({ people: 30 });
const rows = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
  (await client.query<T>(sql, values)).rows;
/** The clock of the house, so much later. */
const later = (span: string) =>
  rows(`CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE AS
    'SELECT now() + interval ''${span}'''`);
const count = async (table: string): Promise<number> =>
  (await rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`))[0]?.n ?? 0;
const lines = () =>
  rows<{ body: string }>("SELECT body FROM log_entry WHERE kind = 'retention.done' ORDER BY seq");

beforeAll(async () => {
  client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  await runWhole(house(), "kept");
});
afterEach(() => later("0 seconds"));

/** Two rows of each kind: one that was over a minute ago, one that is in a minute. Each with where it lies. */
const SEEDS: Readonly<Record<Exclude<KeptRecord, "deliveries">, readonly [table: string, insert: string]>> = {
  uploads: [
    "import_row",
    `WITH i AS (INSERT INTO import (list_key, file_name, made_by, started_at)
       VALUES ('warnings', 'people.csv', 'bellman', $1::timestamptz) RETURNING id)
     INSERT INTO import_row (import_id, row_no, email, email_hash, language, groups, interests)
     SELECT id, 1, 'a@example.org', 'x', 'en', '{}', '{}' FROM i`,
  ],
  sign_ups: [
    "sign_up",
    `INSERT INTO sign_up (email, email_hash, lists, answers, source, expires_at) VALUES ('a@example.org', 'x', '{}', '{}', 'test', $1)`,
  ],
  letters: [
    "letter",
    `INSERT INTO letter (kind, about, email_hash, state, useful_until, ended_at)
     VALUES ('everything', gen_random_uuid(), 'x', 'sent', $1::timestamptz, $1::timestamptz)`,
  ],
  bounces: [
    "bounce",
    "INSERT INTO bounce (report_id, kind, status, source, at) VALUES ($1::text, 'hard', '5.1.1', 'test', $1::timestamptz)",
  ],
  consents: [
    "consent",
    `WITH s AS (INSERT INTO subscriber (email, email_hash, groups, interests) VALUES ($1::text || '@example.org', $1::text, '{}', '{}') RETURNING id)
     INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at, withdrawn_at, end_reason)
     SELECT id, 'warnings', 'consent', '2026-1', 'test', $1::timestamptz, $1::timestamptz, 'withdrawn' FROM s`,
  ],
  former_consents: [
    "former_consent",
    `INSERT INTO former_consent (email_hash, list_key, basis, wording, source, given_at, withdrawn_at, end_reason)
     VALUES ('x', 'warnings', 'consent', '1', 'test', $1, $1, 'withdrawn')`,
  ],
  complaints: [
    "complaint",
    `INSERT INTO complaint (reference, email, about, words, acknowledge_by, answered_at) VALUES ($1::text, 'a@example.org', 'x', 'x', $1::timestamptz, $1::timestamptz)`,
  ],
  link_counts: [
    "link_count",
    `WITH l AS (INSERT INTO link (code, communication_id, channel_key, url) SELECT $1::text, id, 'email', 'https://a.example.org/' FROM communication LIMIT 1 RETURNING code)
     INSERT INTO link_count (code, day, times) SELECT code, ($1::timestamptz)::date, 3 FROM l`,
  ],
};

describe("the clock of", () => {
  test.each(Object.keys(SEEDS) as (keyof typeof SEEDS)[])(
    "%s: what is over goes, what is not stays",
    async (kind) => {
      const [table, insert] = SEEDS[kind];
      const before = await count(table);
      // Days are whole: a count goes the day after its last one.
      const step = kind === "link_counts" ? "1 day" : "1 minute";
      const at = async (sign: "+" | "-") =>
        (
          await rows<{ at: string }>(`SELECT (now() - $1::interval ${sign} $2::interval)::text AS at`, [
            RETENTION[kind],
            step,
          ])
        )[0]?.at;
      await rows(insert, [await at("-")]);
      await rows(insert, [await at("+")]);
      expect((await house().deps.store.retention.over())[kind]).toBe(1);
      expect(await retainNow(house().deps, "tom.ellery@council.example.org")).toMatchObject({ [kind]: 1 });
      expect(await count(table)).toBe(before + 1);
      expect(await retainNow(house().deps, "bellman")).toEqual({});
      expect(await count(table)).toBe(before + 1);
    },
  );

  test("every record there is", () => {
    expect([...Object.keys(SEEDS), "deliveries"].sort()).toEqual(Object.keys(KEPT_RECORDS).sort());
    expect(Object.keys(RETENTION).sort()).toEqual(Object.keys(KEPT_RECORDS).sort());
  });
});

describe("what has no end yet", () => {
  test("stays: sign-ups whose person is there, complaints without an answer, standing consents and their people", async () => {
    await rows(
      `INSERT INTO sign_up (email, email_hash, lists, answers, source, expires_at, confirmed_at) 
       SELECT email, email_hash, '{}', '{}', 't', now() - interval '3 years', now() - interval '3 years' FROM subscriber ORDER BY id LIMIT 1`,
    );
    await rows(
      `INSERT INTO sign_up (email, email_hash, lists, answers, source, expires_at, confirmed_at) VALUES ('b@example.org', 'nobody', '{}', '{}', 't', now(), now())`,
    );
    await rows(
      `INSERT INTO complaint (reference, email, about, words, made_at, acknowledge_by) VALUES ('open', 'a@example.org', 'x', 'x', now() - interval '9 years', now())`,
    );
    const standingNow = "consent WHERE withdrawn_at IS NULL";
    const [people, consents] = [await count("subscriber"), await count(standingNow)];
    await later("20 years");
    await retainNow(house().deps, "bellman");
    expect(await count(standingNow)).toBe(consents);
    expect(await count("complaint WHERE reference = 'open'")).toBe(1);
    expect(await count("sign_up WHERE confirmed_at IS NOT NULL")).toBe(1);
    // Gone with their last consent are those the rows above were about, and nobody else.
    expect(await count("subscriber")).toBeGreaterThanOrEqual(30);
    expect(people - (await count("subscriber"))).toBeLessThanOrEqual(2);
    expect(
      await count("subscriber s WHERE NOT EXISTS (SELECT 1 FROM consent c WHERE c.subscriber_id = s.id)"),
    ).toBe(0);
  });
});

describe("deliveries", () => {
  const people = "delivery WHERE subscriber_id IS NOT NULL";
  test("become counts after 13 months; page, status and log say what they said before", async () => {
    await runWhole(house(), "kept-2");
    const app = await buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
    const seen = async () => ({
      status: await standing(house().deps, "kept-2"),
      page: (await app.inject("/campaigns/kept-2")).body.replace(/nonce="[^"]*"/g, ""),
    });
    const before = await seen();
    expect(before.status).toMatchObject({ recipients: 34, accepted: 34, waiting: 0 });
    await later("12 months");
    expect(await retainNow(house().deps, "bellman")).toEqual({});
    await later("13 months 1 day");
    expect(await retainNow(house().deps, "bellman")).toEqual({ deliveries: 30 });
    expect(await count(people)).toBe(0);
    await later("0 seconds");
    expect(await seen()).toEqual(before);
    expect(await count("delivery WHERE recipient_key LIKE 'post:%'")).toBeGreaterThan(0);
    const whole: StoredEntry[] = [];
    for await (const entry of house().deps.store.log.all()) whole.push(entry);
    whole.forEach((entry, i) => expect(faultIn(entry, whole[i - 1] ?? null, sha256)).toBeNull());
    expect(await house().deps.store.holds.undecided()).toEqual([]);
    await app.close();
  });

  test("in doubt stay with their whole batch until they are settled", async () => {
    await runWhole(house(), "doubted");
    const [one] = await rows<{ id: string }>(
      `UPDATE delivery SET state = 'in_doubt' WHERE id = (SELECT min(id) FROM ${people}) RETURNING id`,
    );
    await rows("INSERT INTO doubt (delivery_id) VALUES ($1)", [one?.id]);
    const batch = await count(
      `delivery d WHERE (dispatch_id, batch_no) = (SELECT dispatch_id, batch_no FROM delivery WHERE id = ${one?.id ?? 0})`,
    );
    await later("14 months");
    await retainNow(house().deps, "bellman");
    expect(await count(people)).toBe(batch);
    expect((await house().deps.store.retention.over()).deliveries).toBe(0);
    await rows("DELETE FROM doubt");
    await rows("UPDATE delivery SET state = 'accepted' WHERE id = $1", [one?.id]);
    await retainNow(house().deps, "bellman");
    expect(await count(people)).toBe(0);
  });
});

describe("a night", () => {
  const all = async () => {
    let steps = 0;
    while (await retainTonight(house().deps)) steps += 1;
    return steps;
  };
  test("has one line, however often it is asked, also when nothing went", async () => {
    const before = (await lines()).length;
    expect(await all()).toBe(0);
    expect(await all()).toBe(0);
    const said = await lines();
    expect(said).toHaveLength(before + 1);
    expect(JSON.parse(said.at(-1)?.body ?? "")).toMatchObject({ actor: "bellman", facts: { deleted: {} } });
    await later("1 day");
    await all();
    expect(await lines()).toHaveLength(before + 2);
  });

  test("that was broken off is gone on with, and its line counts what went before", async () => {
    const insert = SEEDS.bounces[1];
    for (let i = 0; i < 3; i += 1) await rows(insert, [`2020-01-0${i + 1} 12:00+00`]);
    await rows(SEEDS.complaints[1], ["2015-01-01 12:00+00"]);
    await later("2 days");
    // One step, then whoever did it is gone: bounces have gone, complaints have not, and there is no line yet.
    expect(await retainTonight(house().deps)).toBe(true);
    const before = (await lines()).length;
    expect(await count("bounce WHERE at < '2021-01-01'")).toBe(0);
    await later("3 days");
    await all();
    const said = await lines();
    expect(
      said.slice(before).map(({ body }) => (JSON.parse(body) as { facts: unknown }).facts),
    ).toContainEqual({
      deleted: { bounces: 3, complaints: 1 },
    });
  });

  test("and a run by hand at the same time delete nothing twice and count everything once", async () => {
    const insert = SEEDS.bounces[1];
    for (let i = 10; i < 30; i += 1) await rows(insert, [`2020-01-${i} 12:00+00`]);
    const before = (await lines()).length;
    await later("10 days");
    await Promise.all([all(), retainNow(house().deps, "bellman"), all(), retainNow(house().deps, "bellman")]);
    const counted = (await lines())
      .slice(before)
      .map(
        ({ body }) =>
          (JSON.parse(body) as { facts: { deleted: { bounces?: number } } }).facts.deleted.bounces ?? 0,
      );
    expect(counted.reduce((sum, n) => sum + n, 0)).toBe(20);
    expect(await rows("SELECT 1 FROM retention_run WHERE finished_at IS NULL")).toEqual([]);
  });

  test("killed inside a step has deleted nothing of that step", async () => {
    for (let i = 1; i < 6; i += 1) await rows(SEEDS.bounces[1], [`2020-02-0${i} 12:00+00`]);
    await rows("BEGIN");
    await rows("SELECT 1 FROM bounce WHERE at < '2021-01-01' FOR UPDATE");
    const running = retainNow(house().deps, "bellman").then(
      () => "ended",
      () => "killed",
    );
    let killed = 0;
    for (let tries = 0; killed === 0 && tries < 100; tries += 1) {
      await new Promise((done) => setTimeout(done, 50));
      killed = (
        await rows(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'DELETE FROM bounce%' AND pid <> pg_backend_pid()",
        )
      ).length;
    }
    expect(await running).toBe("killed");
    await rows("ROLLBACK");
    expect(await count("bounce WHERE at < '2021-01-01'")).toBe(5);
    expect(await retainNow(house().deps, "bellman")).toEqual({ bounces: 5 });
  });
});

test("the page says what is kept for how long, what goes tonight and what went", async () => {
  const app = await buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
  const html = (await app.inject("/retention")).body;
  expect(html).toContain("13 months after the last of its batch has ended");
  expect(html).toContain("Consents that ended");
  expect(html).toContain("rows deleted");
  expect((await app.inject("/log")).body).toContain("deleted what had been kept for its time");
  await app.close();
});
