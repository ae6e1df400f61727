// The lists on their pages and in JSON: owners, words, numbers, and what is never shown of a sensitive one.
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import pg from "pg";
import { addSubscribers } from "../../src/audience/add.ts";
import { listNow, listsNow } from "../../src/audience/lists.ts";
import { emailHash } from "../../src/audience/stop-token.ts";
import { apply as applyPartnership } from "../../src/partnership/apply.ts";
import { buildApp } from "../../src/web/app.ts";
import { EXAMPLE, withHouse } from "../support/sample.ts";

let client: pg.Client;
// Before the house's own hooks: they drop the database.
afterAll(() => client.end());
const { house, databaseUrl } = withHouse({ people: 60 });
const SENSITIVE = "circle-7";
const TOPIC = "Help after abuse at home";
let app: FastifyInstance;
const get = async (url: string): Promise<string> => (await app.inject(url)).body;

beforeAll(async () => {
  app = await buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
  client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  await join(SENSITIVE, 9, "first");
});
afterAll(() => app.close());

/** New people on a list, their consent of today. */
async function join(listKey: string, count: number, who: string) {
  const { deps } = house();
  const people = Array.from({ length: count }, (_, i) => {
    const email = `${who}${i}@example.org`;
    return {
      ...{ email, emailHash: emailHash(deps.secret, email), firstName: null, language: "en" },
      ...{ areaCode: "ALW-01", groups: [], interests: [] },
    };
  });
  const givenAt = new Date().toISOString();
  await addSubscribers(deps, people, {
    listKey,
    basis: "consent",
    wording: "2026-1",
    source: "test",
    givenAt,
  });
}

describe("the lists", () => {
  test("are shown with agency, basis, channels and how many may be written to", async () => {
    const html = await get("/lists");
    expect(html).toContain("Community safety news");
    expect(html).toContain("Alderwick Council · Consent · Community safety news by email");
    expect(html).toContain("60 people");
    expect(html).toContain("No channel writes to it");
    expect(html).toContain("Emergencies only");
  });

  test.each([
    ["?name=NEWS", ["community-safety-news"]],
    ["?agency=voluntary", ["circle-7"]],
    ["?kind=youth", ["young-alderwick"]],
    ["?kind=youth&agency=voluntary", []],
  ])("%s shows only what fits", async (filter, keys) => {
    const html = await get(`/lists${filter}`);
    const shown = [...html.matchAll(/href="\/lists\/([a-z0-9-]+)"/g)].map(([, key]) => key);
    expect(shown).toEqual(keys);
    if (keys.length === 0) expect(html).toContain("No list fits that");
  });

  test("a kind that does not exist is a mistake in the address, a list that does not exist is not there", async () => {
    expect((await app.inject("/lists?kind=x")).statusCode).toBe(400);
    expect((await app.inject("/lists/nothing")).statusCode).toBe(404);
  });

  test("count at once who stops", async () => {
    const { rows } = await client.query<{ id: string }>(
      "SELECT subscriber_id AS id FROM consent WHERE list_key = 'community-safety-news' ORDER BY id LIMIT 1",
    );
    const line = { kind: "subscriber.stopped", actor: "subscriber", facts: { how: "page" } } as const;
    await house().deps.store.audience.stop(rows[0]?.id ?? "", "page", line);
    const { list, months } = await listNow(house().deps, "community-safety-news");
    expect(list.people).toBe(59);
    expect(months.at(-1)).toMatchObject({ left: 1 });
    expect(months.reduce((sum, month) => sum + (month.joined ?? 0), 0)).toBe(60);
    expect(await get("/lists/community-safety-news")).toContain("60 people joined and 1 person left");
  });

  test("tell no joining where only the words were renewed, and still count who was erased", async () => {
    const { rows } = await client.query<{ id: string }>(
      "SELECT id FROM subscriber WHERE email LIKE 'first0@%'",
    );
    await client.query(
      "UPDATE consent SET withdrawn_at = now(), end_reason = 'superseded' WHERE subscriber_id = $1 AND withdrawn_at IS NULL",
      [rows[0]?.id],
    );
    await client.query(
      "INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at) VALUES ($1, $2, 'consent', '2026-2', 'test', now())",
      [rows[0]?.id, SENSITIVE],
    );
    await client.query(
      `INSERT INTO former_consent (email_hash, list_key, basis, wording, source, given_at, withdrawn_at, end_reason)
       VALUES ('gone', $1, 'consent', '2026-1', 'test', now(), now(), 'withdrawn')`,
      [SENSITIVE],
    );
    const counted = await house().deps.store.listPages.months(SENSITIVE, "Europe/London", "2026-01-01");
    expect(counted.at(-1)).toMatchObject({ joined: 10, gone: 1 });
  });
});

describe("a sensitive list", () => {
  test("never says more exactly than fewer than 10, on no page and in no JSON", async () => {
    expect(await get("/lists")).toContain("fewer than 10 people");
    const html = await get(`/lists/${SENSITIVE}`);
    expect(html).toContain("Fewer than 10 people");
    expect(html).not.toMatch(/(?<!\d)9 (people|joined)/);
    const one = (await listsNow(house().deps)).find(({ key }) => key === SENSITIVE);
    expect(one?.people).toBeNull();
    const { months } = await listNow(house().deps, SENSITIVE);
    expect(months.filter(({ left }) => left !== null)).toEqual([]);
    await join(SENSITIVE, 1, "second");
    expect(await get("/lists")).toContain("10 people");
  });

  test("is sealed in the table, open on its page, and not in the page's title", async () => {
    const { rows } = await client.query<{ whole: string }>(
      "SELECT to_jsonb(l)::text AS whole FROM list l WHERE key = $1",
      [SENSITIVE],
    );
    expect(rows[0]?.whole).not.toContain("abuse");
    const words = await client.query<{ text: string }>("SELECT text FROM wording WHERE list_key = $1", [
      SENSITIVE,
    ]);
    expect(words.rows.map(({ text }) => text)).toEqual([expect.stringMatching(/^v1\./)]);
    const html = await get(`/lists/${SENSITIVE}`);
    expect(html).toContain("Write to me about help after abuse at home");
    expect(html).toContain(`<h1 class="govuk-heading-xl">${TOPIC}</h1>`);
    expect(/<title>([^<]*)/.exec(html)?.[1]).toContain("List circle-7");
    expect(/<title>([^<]*)/.exec(html)?.[1]).not.toContain("abuse");
  });
});

describe("the words of a list", () => {
  const apply = async (change: (text: string) => string) => {
    const text = change(await readFile(EXAMPLE, "utf8"));
    return applyPartnership(house().deps, {
      text,
      name: "partnership.yaml",
      actor: "bellman",
      dryRun: false,
    });
  };
  const sensitive = (text: string) =>
    text.replace(
      "    name: Community safety news\n",
      "    name: Community safety news\n    sensitive: true\n",
    );
  test("of a sensitive one change nothing when they are applied again, and may not change under their version", async () => {
    expect(
      await apply((text) => text.replace("strapline: Safer together", "strapline: Safer, together")),
    ).toHaveLength(1);
    await expect(
      apply((text) => text.replace("Write to me about help", "Write about help")),
    ).rejects.toMatchObject({
      code: "wording-changed",
    });
  });

  test("are sealed from the day on which the list becomes sensitive", async () => {
    const words = async () =>
      (
        await client.query<{ text: string }>(
          "SELECT text FROM wording WHERE list_key = 'community-safety-news'",
        )
      ).rows[0]?.text;
    const before = await words();
    await apply(sensitive);
    expect(before).toContain("Send me community safety news");
    expect(await words()).toMatch(/^v1\./);
    expect((await listNow(house().deps, "community-safety-news")).list.wordings[0]?.text).toBe(before);
  });
});

describe("a sharing agreement", () => {
  const ends = (days: number) =>
    client.query(
      "UPDATE list SET agreement_until = current_date + $1::int WHERE key = 'community-safety-news'",
      [days],
    );
  test.each([
    [61, null],
    [59, "Agreement ends soon"],
    [-1, "Nothing is sent to this list until it is renewed"],
  ])("that has %i days left says: %s", async (days, words) => {
    await ends(days);
    const html = await get("/lists");
    if (words === null) expect(html).not.toContain("sharing agreement");
    else expect(html).toContain(words);
  });
});
