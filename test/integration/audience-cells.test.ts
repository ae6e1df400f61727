// The cells that count the audience: whatever is done to people, and by how many at once, they say what the people themselves say.
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import fc from "fast-check";
import pg from "pg";
import { withHouse } from "../support/sample.ts";

let pool: pg.Pool;
afterAll(() => pool.end());
const { house, databaseUrl } = withHouse({ people: 0 });
beforeAll(() => {
  pool = new pg.Pool({ connectionString: databaseUrl(), max: 8 });
});
const rows = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
  (await pool.query<T>(sql, values)).rows;
const amiss = () => rows("SELECT * FROM audience_cells_amiss()");
const counted = async (): Promise<number> =>
  (await rows<{ n: number }>("SELECT coalesce(sum(people), 0)::int AS n FROM audience_cell"))[0]?.n ?? -1;
const clear = () =>
  rows("DELETE FROM suppression").then(() => rows("DELETE FROM subscriber WHERE email LIKE 'cell-%'"));
beforeEach(clear);

const PEOPLE = 5;
const LISTS = ["community-safety-news", "warnings"];
const person = fc.integer({ min: 1, max: PEOPLE });
const several = fc.uniqueArray(person, { minLength: 1, maxLength: PEOPLE });
const list = fc.constantFrom(...LISTS);
const basis = fc.constantFrom("consent", "public-task");
const answers = fc.record({
  area: fc.constantFrom("ALW-01", "ALW-05-1", null),
  groups: fc.subarray(["businesses", "visitors"]),
  interests: fc.subarray(["scams", "~1234"]),
  language: fc.constantFrom("en", "pl"),
  confirmed: fc.constantFrom("2026-01-02", "2026-03-31", "2025-06-30T23:30:00Z"),
});
type Said = {
  area: string | null;
  groups: string[];
  interests: string[];
  language: string;
  confirmed: string;
};
const email = (n: number) => `cell-${n}@example.org`;
const emails = (some: readonly number[]) => some.map(email);
const hashes = (some: readonly number[]) => some.map((n) => `hash-${n}`);

const NOTHING = { area: null, groups: [], interests: [], language: "en", confirmed: "2026-01-02" };
/** A statement changes either people or their consents: both at once cannot be told apart by who counts (the migration says so). */
async function join(some: readonly number[], key: string, on = "consent", said: Said = NOTHING) {
  await rows(
    `INSERT INTO subscriber (email, email_hash, language, area_code, groups, interests, confirmed_at)
     SELECT 'cell-' || n || '@example.org', 'hash-' || n, $2, $3, $4, $5, $6 FROM unnest($1::int[]) n
     ON CONFLICT (email_hash) DO UPDATE SET language = EXCLUDED.language`,
    [some, said.language, said.area, said.groups, said.interests, said.confirmed],
  );
  return rows(
    `INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at)
     SELECT id, $2, $3, '1', 'test', now() FROM subscriber WHERE email = ANY ($1) ON CONFLICT DO NOTHING`,
    [emails(some), key, on],
  );
}

type Step = { readonly what: string; readonly run: () => Promise<unknown> };
const step = <T>(what: string, values: fc.Arbitrary<T>, run: (given: T) => [string, unknown[]]) =>
  values.map((given): Step => {
    const [sql, parameters] = run(given);
    return { what: `${what} ${JSON.stringify(given)}`, run: () => rows(sql, parameters) };
  });

/** Everything that ever happens to an audience, as one statement each, also to many at once and to nobody. */
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(several, list, basis, answers).map(([some, key, on, said]) => ({
    what: `joins ${JSON.stringify([some, key, on, said])}`,
    run: () => join(some, key, on, said),
  })),
  step("ends", fc.tuple(several, list), ([some, key]) => [
    `UPDATE consent SET withdrawn_at = now(), end_reason = 'withdrawn'
      WHERE withdrawn_at IS NULL AND list_key = $2 AND subscriber_id IN (SELECT id FROM subscriber WHERE email = ANY ($1))`,
    [emails(some), key],
  ]),
  step("is replaced", fc.tuple(several, list, basis), ([some, key, on]) => [
    `WITH ended AS (
       UPDATE consent SET withdrawn_at = now(), end_reason = 'superseded'
        WHERE withdrawn_at IS NULL AND list_key = $2 AND subscriber_id IN (SELECT id FROM subscriber WHERE email = ANY ($1))
       RETURNING id, subscriber_id)
     INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at, withdrawn_at, end_reason)
     SELECT subscriber_id, $2, $3, '2', 'test', now(), now(), 'lapsed' FROM ended`,
    [emails(some), key, on],
  ]),
  step("is suppressed", several, (some) => [
    "INSERT INTO suppression (email_hash, reason) SELECT unnest($1::text[]), 'test' ON CONFLICT DO NOTHING",
    [hashes(some)],
  ]),
  step("is suppressed no longer", several, (some) => [
    "DELETE FROM suppression WHERE email_hash = ANY ($1)",
    [hashes(some)],
  ]),
  step("says something else", fc.tuple(several, answers), ([some, said]) => [
    "UPDATE subscriber SET language = $2, area_code = $3, groups = $4, interests = $5, confirmed_at = $6 WHERE email = ANY ($1)",
    [emails(some), said.language, said.area, said.groups, said.interests, said.confirmed],
  ]),
  step("has another address", person, (one) => [
    "UPDATE subscriber SET email_hash = $2 || md5(random()::text) WHERE email = $1",
    [email(one), "moved-"],
  ]),
  step("is erased", several, (some) => ["DELETE FROM subscriber WHERE email = ANY ($1)", [emails(some)]]),
  step("loses its evidence", several, (some) => [
    "DELETE FROM consent WHERE subscriber_id IN (SELECT id FROM subscriber WHERE email = ANY ($1))",
    [emails(some)],
  ]),
  step("adds up", fc.constant(0), () => ["SELECT merge_audience_cells()", []]),
);

test("any sequence of changes leaves the cells as the people are, after each of them", async () => {
  await fc.assert(
    fc
      .asyncProperty(fc.array(anyStep, { minLength: 1, maxLength: 14 }), async (steps) => {
        for (const one of steps) {
          await one.run();
          expect(await amiss()).toEqual([]);
        }
      })
      .beforeEach(clear),
    { numRuns: 60 },
  );
}, 120_000);

test("a change that is taken back changes no count", async () => {
  await join([1, 2, 3], "warnings");
  const before = await counted();
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query("DELETE FROM subscriber WHERE email = ANY ($1)", [emails([1, 2])]);
    await client.query("ROLLBACK");
  } finally {
    client.release();
  }
  expect(await counted()).toBe(before);
  expect(await amiss()).toEqual([]);
});

test.each([
  ["a consent's list", "UPDATE consent SET list_key = 'warnings'"],
  ["its basis", "UPDATE consent SET basis = 'public-task'"],
  ["its number", "UPDATE consent SET id = -id"],
  ["an end that was given", "UPDATE consent SET withdrawn_at = NULL, end_reason = NULL"],
  ["whom a suppression is of", "UPDATE suppression SET email_hash = 'another'"],
])("%s cannot be changed", async (_, sql) => {
  await join([1], "community-safety-news");
  await rows("UPDATE consent SET withdrawn_at = now(), end_reason = 'withdrawn'");
  await rows("INSERT INTO suppression (email_hash, reason) VALUES ('hash-1', 'test')");
  await expect(rows(sql)).rejects.toThrow(/evidence|of one address/);
  expect(await amiss()).toEqual([]);
});

/** Two transactions: the first changes and waits, the second changes, the first commits, then the second. */
const CHANGES: Readonly<Record<string, string>> = {
  "a new answer": "UPDATE subscriber SET groups = groups || ARRAY['g'] WHERE email = 'cell-1@example.org'",
  "a consent that ends":
    "UPDATE consent SET withdrawn_at = now(), end_reason = 'withdrawn' WHERE withdrawn_at IS NULL AND list_key = 'warnings'",
  "another consent": `INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at)
    SELECT id, 'community-safety-news', 'consent', '1', 'test', now() FROM subscriber WHERE email = 'cell-1@example.org' ON CONFLICT DO NOTHING`,
  "a suppression":
    "INSERT INTO suppression (email_hash, reason) VALUES ('hash-1', 'test') ON CONFLICT DO NOTHING",
  "an end of evidence": "DELETE FROM consent WHERE list_key = 'warnings'",
  "an erasure": "DELETE FROM subscriber WHERE email = 'cell-1@example.org'",
  "adding up": "SELECT merge_audience_cells()",
};
const pairs = Object.keys(CHANGES).flatMap((a) => Object.keys(CHANGES).map((b) => [a, b] as const));
test.each(pairs)("%s and %s of one person at the same moment are both counted", async (first, second) => {
  await join([1], "warnings");
  const [a, b] = [await pool.connect(), await pool.connect()];
  try {
    await a.query("BEGIN");
    await b.query("BEGIN");
    await a.query(CHANGES[first] ?? "");
    // It may have to wait for the first; both go on once that has committed.
    const later = b.query(CHANGES[second] ?? "").then(
      () => b.query("COMMIT"),
      // What is gone cannot be changed any more.
      () => b.query("ROLLBACK"),
    );
    await new Promise((resolve) => setTimeout(resolve, 30));
    await a.query("COMMIT");
    await later;
  } finally {
    a.release();
    b.release();
  }
  expect(await amiss()).toEqual([]);
});

const SUPPRESS = "INSERT INTO suppression (email_hash, reason) SELECT unnest($1::text[]), 'test'";
test.each([
  ["is suppressed", SUPPRESS],
  ["is suppressed no longer", "DELETE FROM suppression WHERE email_hash = ANY ($1)"],
])("an address nobody has yet %s in the moment in which somebody joins with it", async (_, change) => {
  if (change !== SUPPRESS) await rows(SUPPRESS, [hashes([1, 2])]);
  const client = await pool.connect();
  try {
    await client.query("BEGIN");
    await client.query(change, [hashes([1, 2])]);
    const joined = join([1], "warnings");
    // Others are not kept waiting.
    await join([3], "warnings");
    await Promise.race([joined, new Promise((resolve) => setTimeout(resolve, 300))]);
    await client.query("COMMIT");
    await joined;
  } finally {
    client.release();
  }
  expect(await amiss()).toEqual([]);
  expect(await rows("SELECT 1 FROM subscriber WHERE email = ''")).toEqual([]);
});

test("many at once, for some seconds: nothing is counted twice or lost, and nobody waits for ever", async () => {
  const own = Array.from({ length: 6 }, (_, i) => i + 1);
  await join(own, "warnings");
  const turns = fc.sample(anyStep, 240);
  const deadlocks: unknown[] = [];
  await Promise.all(
    Array.from({ length: 6 }, async (_, worker) => {
      for (let i = worker; i < turns.length; i += 6)
        await turns[i]?.run().catch((error: { code?: string }) => {
          // Two statements over several people may take them in another order: PostgreSQL ends one, nothing is half done.
          // And somebody may be erased just before they join.
          if (!["40P01", "23503"].includes(error.code ?? "")) throw error;
          deadlocks.push(error);
        });
    }),
  );
  expect(await amiss()).toEqual([]);
  expect(deadlocks.length).toBeLessThan(turns.length / 4);
}, 60_000);

test("what is wrong all the same is put right, once, and the record says so", async () => {
  await join([1, 2], "warnings");
  await rows(
    "INSERT INTO audience_cell SELECT list_key, basis, area_code, groups, interests, language, confirmed, 7 FROM audience_cell LIMIT 1",
  );
  const { segments, log } = house().deps.store;
  const line = (cells: number) =>
    ({ kind: "audience.recounted", actor: "bellman", facts: { cells } }) as const;
  const entries = await log.count();
  expect(await segments.repair(line)).toBe(1);
  expect(await amiss()).toEqual([]);
  expect(await segments.repair(line)).toBe(0);
  expect(await log.count()).toBe(entries + 1);
});
