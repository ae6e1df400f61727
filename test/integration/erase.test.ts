// Somebody who was written to is forgotten: what was sent stays counted, what waits never leaves, and nothing says who it was (LAW5, LAW10).
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import pg from "pg";
import { accessPerson, eraseOneself, erasePerson } from "../../src/audience/person-data.ts";
import { runWhole, withHouse } from "../support/sample.ts";

const BY = "tom.ellery@council.example.org";
let client: pg.Client;
afterAll(() => client.end());
const { house, databaseUrl } = withHouse({ people: 12 });
const rows = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
  (await client.query<T>(sql, values)).rows;

interface Person extends pg.QueryResultRow {
  id: string;
  email: string;
}
/** Those who were written to, in the order of their ids. */
let people: Person[];
const states = () =>
  rows<{ state: string; n: number }>(
    "SELECT state, count(*)::int AS n FROM delivery GROUP BY state ORDER BY state",
  ).then((all) => Object.fromEntries(all.map(({ state, n }) => [state, n])));
const traces = async ({ id, email }: Person): Promise<number> => {
  const tables = await rows<{ name: string }>(
    "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'",
  );
  let found = 0;
  for (const { name } of tables) {
    const [one] = await rows<{ n: number }>(
      `SELECT count(*)::int AS n FROM "${name}" t WHERE strpos(t::text, $1) > 0 OR strpos(t::text, $2) > 0`,
      [id, email],
    );
    found += one?.n ?? 0;
  }
  return found;
};

beforeAll(async () => {
  client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  await runWhole(house(), "erased");
  people = await rows<Person>(
    "SELECT s.id, s.email FROM subscriber s WHERE EXISTS (SELECT 1 FROM delivery d WHERE d.recipient_key = s.id::text) ORDER BY s.id",
  );
  expect(people.length).toBeGreaterThanOrEqual(4);
});

test("what was sent to them stays counted and no longer says to whom; no table has a trace of them", async () => {
  const [person] = people as [Person];
  const before = await states();
  expect(await traces(person)).toBeGreaterThan(1);
  const held = await accessPerson(house().deps, { address: person.email, by: BY });
  expect(held?.messages).toContainEqual(expect.objectContaining({ outcome: "accepted" }));
  const erased = await erasePerson(house().deps, { address: person.email.toUpperCase(), by: BY });
  expect(erased).toMatchObject({ profile: true, underWay: 0 });
  expect(erased?.deliveries).toBeGreaterThan(0);
  expect(await states()).toEqual(before);
  expect(await traces(person)).toBe(0);
  expect(await rows("SELECT * FROM audience_cells_amiss()")).toEqual([]);
  expect(await erasePerson(house().deps, { address: person.email, by: BY })).toBeNull();
});

test("by their own link: what still waits never leaves, what is under way or in doubt keeps its number", async () => {
  const [, waits, doubtful] = people as [Person, Person, Person];
  const put = (state: string, { id }: Person) =>
    rows("UPDATE delivery SET state = $1, settled_at = NULL WHERE recipient_key = $2", [state, id]);
  await put("deferred", waits);
  expect(await eraseOneself(house().deps, waits.id)).toMatchObject({ underWay: 0 });
  expect(await states()).toMatchObject({ suppressed: expect.any(Number) });
  expect(await traces(waits)).toBe(0);

  await put("in_doubt", doubtful);
  const erased = await eraseOneself(house().deps, doubtful.id);
  expect(erased).toMatchObject({ deliveries: 0 });
  expect(erased?.underWay).toBeGreaterThan(0);
  expect(await rows("SELECT 1 FROM delivery WHERE state = 'in_doubt'")).toHaveLength(erased?.underWay ?? -1);
  expect(await rows("SELECT 1 FROM subscriber WHERE id = $1", [doubtful.id])).toEqual([]);
  expect(await eraseOneself(house().deps, doubtful.id)).toBeNull();
});

test("letters that were sent to them go with them, also those that still wait", async () => {
  const person = people[3] as Person;
  for (const [kind, state] of [
    ["everything", "sent"],
    ["still", "waiting"],
  ])
    await rows(
      `INSERT INTO letter (kind, about, email_hash, state, useful_until)
       SELECT $2, id, email_hash, $3, now() + interval '1 day' FROM subscriber WHERE id = $1`,
      [person.id, kind, state],
    );
  await eraseOneself(house().deps, person.id);
  expect(await traces(person)).toBe(0);
});
