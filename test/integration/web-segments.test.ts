// The segments pages and the class helper as a person uses them: counted, built, saved, looked up, and refused in words.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { startCampaign } from "../../src/cli/run-campaign.ts";
import { apply } from "../../src/partnership/apply.ts";
import { release } from "../../src/journey/release.ts";
import { buildApp } from "../../src/web/app.ts";
import { EXAMPLE, firstCampaign, FIRST_CAMPAIGN, withHouse } from "../support/sample.ts";
import { readFile } from "node:fs/promises";
import pg from "pg";

const { house, databaseUrl } = withHouse({ people: 120 });
const BY = "maya.okafor@council.example.org";
let app: FastifyInstance;
beforeAll(async () => {
  app = await buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
});
afterAll(() => app.close());

const ask = async <T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> => {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  return client
    .query<T>(sql, values)
    .then(({ rows }) => rows)
    .finally(() => client.end());
};
const get = async (url: string): Promise<string> => (await app.inject(url)).body;
async function send(page: string, answers: Record<string, string>) {
  const form = /name="form" value="(\w+)"/.exec(await get(page))?.[1] ?? "";
  return app.inject({
    method: "POST",
    url: page,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload: new URLSearchParams({ form, ...answers }).toString(),
  });
}
const CASTLE = { "own.areas.ALW-05": "yes", "own.interests.scams": "yes", "except.groups.businesses": "yes" };

test("all segments are listed in words with how many they reach", async () => {
  const html = await get("/segments");
  expect(html).toContain("People over 65, in Alderwick");
  expect(html).toContain("<strong>120</strong> people");
  expect(html).toContain("Kept in the partnership’s file");
});

test("one is built with boxes alone: counted without being saved, then saved, with its versions and who made them", async () => {
  const counted = await send("/segments/new", { ...CASTLE, do: "count" });
  expect(counted.statusCode).toBe(200);
  expect(counted.body).toContain(
    "Everyone on the list, in Castle, interested in Scams and fraud; except Businesses",
  );
  const [{ n = -1 } = {}] = await ask<{ n: number }>(
    `SELECT count(*)::int AS n FROM subscriber WHERE area_code LIKE 'ALW-05%' AND interests && '{scams}' AND NOT groups && '{businesses}'`,
  );
  expect(counted.body).toContain(`<strong class="reach__number">${n}</strong>`);
  expect(await ask("SELECT 1 FROM segment WHERE origin = 'page'")).toEqual([]);

  const saved = await send("/segments/new", { ...CASTLE, name: "Scams in the Castle", who: BY, do: "save" });
  expect(saved.headers.location).toBe("/segments/scams-in-the-castle?saved=1");
  const changed = await send("/segments/scams-in-the-castle/edit", {
    ...{ "own.areas.ALW-08": "yes", name: "Scams in the Castle", who: BY, do: "save" },
  });
  expect(changed.headers.location).toBe("/segments/scams-in-the-castle?saved=2");
  const page = await get("/segments/scams-in-the-castle");
  expect(page).toContain("Version 2: Scams in the Castle");
  expect(page).toContain("Version 1: Scams in the Castle");
  expect(page).toContain("Maya Okafor, Alderwick Council");
  expect(page).toContain("Also in another segment");
  expect(await get("/log")).toContain("Maya Okafor changed a segment");
});

test("what people built stays when the partnership's file is applied again", async () => {
  const { deps } = house();
  const text = (await readFile(EXAMPLE, "utf8")).replace("name: Businesses, rule", "name: Traders, rule");
  await apply(deps, { text, name: EXAMPLE, actor: "bellman", dryRun: false });
  expect(await get("/segments")).toContain("Scams in the Castle");
  expect(await get("/segments/businesses")).toContain("Version 2: Traders");
});

test.each([
  [{ do: "save", name: "", who: BY }, "Give it a name"],
  [{ do: "save", name: "x", who: "" }, "Choose who you are"],
  [{ do: "save", name: "Scams in the Castle", who: BY }, "already; give this one another name"],
  [{ do: "count", "own.areas.NOWHERE": "yes" }, "there is no area"],
  [
    { do: "count", "own.interests.abuse-support": "yes", "own.interests.hate-crime-support": "yes" },
    "one segment may use only one of them",
  ],
  [
    { do: "save", name: "Left", who: BY, "except.interests.abuse-support": "yes" },
    "who is left out would be known",
  ],
  [{ do: "count", "own.lists.circle-7": "yes" }, "no segment may choose by it"],
  [{ do: "count", "own.areas.ALW": "yes", form: "0" }, "not sent from a page of ours"],
])("what cannot be is told beside the form, and nothing is stored: %j", async (given, words) => {
  const answer = await send("/segments/new", given);
  expect(answer.statusCode).toBe(422);
  expect(answer.body).toContain(words);
});

test("a segment of the file is not changed on its page, but one is built from it", async () => {
  const page = await get("/segments/older-residents");
  expect(page).toContain("/segments/new?from=older-residents");
  const answer = await send("/segments/older-residents/edit", { name: "Mine", who: BY, do: "save" });
  expect(answer.body).toContain("is kept in the partnership&#39;s file");
  expect(await get("/segments/new?from=older-residents")).toMatch(
    /name="own.groups.over-65" value="yes" checked/,
  );
});

test("few of a sensitive segment are never counted, neither alone nor in what they share with others", async () => {
  const { sealRule } = house().deps;
  const [key] = sealRule({ interests: ["abuse-support"] }, new Set(["abuse-support"])).interests ?? [];
  await ask(
    "UPDATE subscriber SET interests = interests || $1::text[] WHERE id IN (SELECT id FROM subscriber LIMIT 4)",
    [[key]],
  );
  const answer = await send("/segments/new", { do: "count", "own.interests.abuse-support": "yes" });
  expect(answer.body).toContain("Fewer than 10");
  expect(answer.body).not.toMatch(/reach__number">\d/);
  expect(answer.body).not.toContain("People in both");
});

test("a campaign says how many it would reach, keeps its rule, and says whom it left out", async () => {
  const { deps } = house();
  await startCampaign(deps, { text: await firstCampaign("counted"), name: FIRST_CAMPAIGN, now: true });
  expect(await get("/campaigns/counted")).toContain("120 now, Community safety news by email");
  expect(await get("/segments/all-residents")).toContain("a change here does not reach it");
  await ask(
    "UPDATE subscriber SET paused_until = now() + interval '1 day' WHERE id IN (SELECT id FROM subscriber LIMIT 3)",
  );
  const campaign = await deps.store.plan.campaign("counted");
  await release(deps, { communicationId: campaign?.communications[0]?.id ?? "" });
  const page = await get("/campaigns/counted");
  expect(page).toContain("Left out: 3 paused for a while");
  expect(await ask("SELECT recipient_count::int AS n FROM dispatch WHERE channel_key = 'email'")).toEqual([
    { n: 117 },
  ]);
  expect(await get("/log")).toContain("left out: 3 paused for a while");
});

test("after an agreement's last day nothing is released: it waits, says why, and goes once the agreement is renewed", async () => {
  const { deps } = house();
  await startCampaign(deps, { text: await firstCampaign("agreed"), name: FIRST_CAMPAIGN, now: true });
  const until = (day: string) =>
    ask("UPDATE list SET agreement_until = $1::date WHERE key = 'community-safety-news'", [day]);
  await until("2020-03-31");
  const [communication] = (await deps.store.plan.campaign("agreed"))?.communications ?? [];
  const communicationId = communication?.id ?? "";
  await release(deps, { communicationId });
  const state = async () => (await deps.store.plan.communication(communicationId))?.state;
  expect(await state()).toBe("needs_decision");
  expect(await get("/decisions")).toContain("ended on 2020-03-31");
  const planned = startCampaign(deps, { text: await firstCampaign("late"), name: FIRST_CAMPAIGN, now: true });
  await expect(planned).rejects.toMatchObject({ faults: [expect.stringContaining("ended on 2020-03-31")] });
  await until("2099-03-31");
  const decide = {
    decision: "go",
    reason: "the agreement is renewed",
    who: "tom.ellery@council.example.org",
  };
  expect((await send(`/decisions/${communication?.reference ?? ""}`, decide)).statusCode).toBe(303);
  await release(deps, { communicationId });
  expect(await state()).toBe("released");
});

test("six questions find the class, with the reason and the lines for a file", async () => {
  const no = {
    life_at_risk: "no",
    staff_only: "no",
    asks_views: "no",
    promotes: "no",
    feels_like_marketing: "no",
  };
  const answer = await send("/class-helper", { ...no, public_task: "yes", who: BY });
  expect(answer.body).toContain("Public information");
  expect(answer.body).toContain("class: public-task-information");
  expect(answer.body).toContain(`answered_by: ${BY}`);
  expect((await send("/class-helper", { ...no, who: BY })).body).toContain("Answer yes or no");
});

test("a campaign keeps the answers that lead to its class, and is refused where they lead elsewhere", async () => {
  const { deps } = house();
  const helper = (task: string) =>
    `  class_helper: { life_at_risk: "no", staff_only: "no", asks_views: "no", promotes: "no", public_task: "${task}", feels_like_marketing: "no", answered_by: ${BY} }\n  due: now`;
  const with_ = async (key: string, task: string) =>
    firstCampaign(key, (text) => text.replace("  due: now", helper(task)));
  const wrong = startCampaign(deps, { text: await with_("helped", "no"), name: FIRST_CAMPAIGN, now: true });
  await expect(wrong).rejects.toMatchObject({
    faults: [expect.stringContaining('lead to the class "direct-marketing"')],
  });
  await startCampaign(deps, { text: await with_("helped", "yes"), name: FIRST_CAMPAIGN, now: true });
  expect(await deps.store.plan.campaign("helped")).toMatchObject({
    classAnswers: { public_task: "yes", answered_by: BY },
  });
  const [line] = await ask<{ body: string }>(
    "SELECT body FROM log_entry WHERE kind = 'campaign.planned' ORDER BY seq DESC LIMIT 1",
  );
  expect(line?.body).toContain(`"answeredBy":"${BY}"`);
});
