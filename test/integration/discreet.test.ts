// A sensitive campaign all the way: what left, what is public and what is kept, held against the words that give it away (LAW6).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import pg from "pg";
import { PROJECT } from "../../config/env.ts";
import { startCampaign } from "../../src/cli/run-campaign.ts";
import { tellingIn } from "../../src/domain/discreet-words.ts";
import { buildApp } from "../../src/web/app.ts";
import { runWhole, withHouse } from "../support/sample.ts";

let client: pg.Client;
// Before the house's own hooks: they drop the database.
afterAll(() => client.end());
const { house, databaseUrl } = withHouse({ people: 12 });
let app: FastifyInstance;
const get = async (url: string): Promise<string> => (await app.inject(url)).body;
const rows = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> =>
  (await client.query<T>(sql, values)).rows;
const tell = (text: string) => tellingIn(house().deps.library.discreetWords(), "en")?.(text) ?? null;

const QUIET = `campaign:
  key: quiet
  library: sixteen-days-vawg
  lead_agency: council
  contributing: [police]
  author: maya.okafor@council.example.org
  approver: grace.holloway@police.example.org
  due: now
`;
let mails: string[] = [];
let page = "";
beforeAll(async () => {
  app = await buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
  client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  await runWhole(house(), "quiet", QUIET);
  const sink = house().outbox;
  const entries = sink?.list({ offset: 0, limit: 100 }) ?? [];
  mails = await Promise.all(
    entries.map(async ({ id }) => ((await sink?.read(id)) ?? Buffer.alloc(0)).toString()),
  );
  page = /href="(\/news\/[^"]+)"/.exec(await get("/campaigns/quiet"))?.[1] ?? "";
});
afterAll(() => app.close());

/** Soft line breaks away, and the few encoded signs of an address; enough to look for words. */
const readable = (mail: string) =>
  mail
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)));
const headOf = (mail: string) => mail.slice(0, mail.indexOf("\r\n\r\n"));

describe("what left", () => {
  test("is there, and says inside what it is about", () => {
    expect(mails).toHaveLength(12);
    for (const mail of mails) expect(readable(mail)).toContain("violence against women and girls");
  });

  test.each([
    ["any header, List-Id, From and Subject among them", headOf],
    ["the first 100 characters of the text", (mail: string) => firstText(mail)],
    ["the title of the document", (mail: string) => /<title>([^<]*)/.exec(readable(mail))?.[1] ?? "none"],
    ["any address of ours", (mail: string) => ownAddresses(mail)],
  ])("says nothing of it in %s", (_place, part) => {
    for (const mail of mails) {
      const seen = part(mail);
      expect(seen).not.toBe("");
      expect(tell(seen)).toBeNull();
    }
  });

  test("fetches nothing, counts nothing, and has a way out at its top", () => {
    for (const mail of mails) {
      expect(readable(mail)).not.toMatch(/<img|background=|url\(http/);
      expect(ownAddresses(mail)).not.toMatch(/\/l\//);
      expect(firstText(mail)).toContain("Leave this page");
    }
  });
});

const firstText = (mail: string): string =>
  /text\/plain[^]*?\r\n\r\n([^]{0,100})/.exec(readable(mail))?.[1]?.trim() ?? "";
const ownAddresses = (mail: string): string =>
  [...readable(mail).matchAll(/https?:\/\/[^\s"<>]+/g)]
    .map(([found]) => found)
    .filter((found) => found.startsWith(house().deps.settings.publicUrl))
    .join(" ");

describe("what is public", () => {
  test("has an opaque address, a neutral title and a quick way out", async () => {
    expect(page).toMatch(/^\/news\/bm-[a-z0-9]{4}-[a-z0-9]{4}-en$/);
    const html = await get(page);
    expect(/<title>([^<]*)/.exec(html)?.[1]?.trim()).toBe("Safer Alderwick Partnership");
    expect(html).toContain("govuk-exit-this-page");
    for (const [, src = ""] of html.matchAll(/<img[^>]* src="([^"]*)"/g))
      expect(src).toMatch(/^\/media\/[0-9a-f]{64}$/);
  });

  test("says on the page that it is genuine, and not what it is", async () => {
    const reference = /BM-\w{4}-\w{4}/.exec(await get("/campaigns/quiet"))?.[0] ?? "";
    const main = /<main[^]*<\/main>/.exec(await get(`/check/${reference}`))?.[0] ?? "";
    expect(main).toContain(reference);
    expect(tell(main.replace(/<[^>]*>/g, " "))).toBeNull();
  });
});

describe("what is kept", () => {
  test("holds no line about a person: no address, hash or number of anybody in the log", async () => {
    const lines = (await rows<{ body: string }>("SELECT body FROM log_entry"))
      .map(({ body }) => body)
      .join("\n");
    for (const { id, email, hash } of await rows<{ id: string; email: string; hash: string }>(
      "SELECT id::text, email, email_hash AS hash FROM subscriber",
    ))
      for (const secret of [id, email, hash]) expect(lines).not.toContain(secret);
  });

  test("is sealed where a list or an interest would tell", async () => {
    const tables = await rows<{ whole: string }>(
      "SELECT string_agg(to_jsonb(l)::text, '') AS whole FROM list l UNION ALL SELECT string_agg(to_jsonb(w)::text, '') FROM wording w UNION ALL SELECT string_agg(to_jsonb(s)::text, '') FROM subscriber s",
    );
    for (const { whole } of tables) expect(tell(whole.replace(/[a-z0-9.-]+@[a-z.]+/g, ""))).toBeNull();
  });
});

describe("a small number", () => {
  test("of people is on no page: groups stand together, and fewer than ten are not counted", async () => {
    expect(await get("/campaigns/quiet")).toContain("All groups together");
    await rows("DELETE FROM delivery WHERE subscriber_id IN (SELECT id FROM subscriber ORDER BY id LIMIT 8)");
    await rows(
      "UPDATE batch b SET counts = jsonb_build_object('accepted', 1) WHERE segment_key <> '' AND batch_no < 5",
    );
    await rows("UPDATE batch b SET counts = '{}' WHERE segment_key <> '' AND batch_no >= 5");
    expect(await get("/campaigns/quiet")).toContain(
      "To fewer than 10 people, which is not counted here; besides, 2 of 2 messages accepted",
    );
  });
});

describe("planning a sensitive campaign in a file", () => {
  const folder = join(PROJECT, "templates/library/sixteen-days-vawg");
  const whole = readFileSync(join(folder, "message.yaml"), "utf8").replace(/^/gm, "  ");
  const carriers = QUIET.split("\n").slice(3).join("\n");
  test.each([
    [
      "a telling subject",
      'subject: "Your community update for this week"',
      'subject: "Ending domestic abuse"',
      'says "domestic"',
    ],
    ["a telling preheader", "preheader: ", "preheader: Rape crisis # ", 'says "rape"'],
    [
      "a variant without its safety note",
      "              - callout:\n",
      "              - paragraph: Hello\n              - callout:\n",
      "begins with a safety note",
    ],
  ])("with %s is refused with its line, and nothing is stored", async (_what, from, to, said) => {
    const own = whole.replace("key: sixteen-days-vawg", "key: loud").replace(from, to);
    const text = `campaign:\n${own}\n${carriers}`;
    await expect(
      startCampaign(house().deps, { text, name: join(folder, "loud.yaml"), now: true }),
    ).rejects.toMatchObject({
      code: "file-has-faults",
      faults: [expect.stringMatching(new RegExp(`^line \\d+, campaign.communications.*${said}`))],
    });
    expect(await house().deps.store.plan.campaign("loud")).toBeNull();
  });
});
