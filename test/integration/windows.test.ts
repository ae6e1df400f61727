// Windows, repetition and quiet hours as they are stored, shown and kept: what expires, what moves with a zone's rules, what waits.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import pg from "pg";
import { applyFiles } from "../../src/cli/set-up.ts";
import { startCampaign } from "../../src/cli/run-campaign.ts";
import { recheckTimes, wouldMove } from "../../src/journey/recheck-times.ts";
import { schedule } from "../../src/journey/schedule.ts";
import { buildApp } from "../../src/web/app.ts";
import { folders } from "../support/folder.ts";
import { EXAMPLE, firstCampaign, quietly, withHouse } from "../support/sample.ts";

let client: pg.Client | undefined;
afterAll(() => client?.end());
const { house, databaseUrl } = withHouse({ people: 0 });
const newFolder = folders();
beforeAll(async () => {
  client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
});
const sql = async (text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> =>
  (await client?.query<Record<string, unknown>>(text, values))?.rows ?? [];
const year = new Date().getUTCFullYear() + 1;
const plan = async (key: string, lines: string) => {
  const text = await firstCampaign(key, (yaml) => yaml.replace("due: now", lines));
  await startCampaign(house().deps, { text, name: "campaign.yaml", now: false });
  const campaign = await house().deps.store.pages.campaign(key);
  if (!campaign) throw new Error(`${key} was not planned`);
  return campaign;
};

describe("the window of a communication", () => {
  test("is stored as wall times, zone and instants, and shown", async () => {
    const { communications } = await plan(
      "windowed",
      `due: ${year}-06-01 09:00\n  earliest: ${year}-06-01 08:00\n  expires: ${year}-07-01 00:00\n  latest_useful_days: 2`,
    );
    expect(communications[0]).toMatchObject({
      ...{ dueWall: `${year}-06-01T09:00`, zone: "Europe/London", state: "scheduled" },
      dueAt: new Date(`${year}-06-01T08:00:00Z`),
      earliestWall: `${year}-06-01T08:00`,
      earliestAt: new Date(`${year}-06-01T07:00:00Z`),
      latestUsefulWall: `${year}-06-03T09:00`,
      latestUsefulAt: new Date(`${year}-06-03T08:00:00Z`),
      expiresWall: `${year}-07-01T00:00`,
      expiresAt: new Date(`${year}-06-30T23:00:00Z`),
      quietOverride: false,
    });
    const app = await buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
    const page = await app.inject("/campaigns/windowed");
    await app.close();
    expect(page.body).toContain("Not before");
    expect(page.body).toContain("1 July");
  });

  test.each([
    ["earliest_at = due_at + interval '1 minute'", "communication_earliest"],
    ["expires_at = latest_useful_at - interval '1 minute'", "communication_expiry"],
    ["due_at = latest_useful_at + interval '1 minute'", "communication_window"],
    ["earliest_at = NULL", "communication_walls"],
    ["expires_wall = NULL", "communication_walls"],
    ["quiet_override = true", "communication_quiet_override"],
  ])("cannot be stored out of order: %s", async (change, constraint) => {
    await expect(sql(`UPDATE communication SET ${change} WHERE expires_at IS NOT NULL`)).rejects.toThrow(
      constraint,
    );
  });
});

describe("a campaign that repeats", () => {
  test("becomes a communication for each time, with its own window, and says what it leaves out", async () => {
    const campaign = await plan(
      "repeated",
      `due: ${year}-01-31 09:00\n  expires: ${year}-03-01 00:00\n  latest_useful_days: 2\n  repeat: { every: month, on: 31, times: 3 }`,
    );
    expect(campaign).toMatchObject({
      repeats: "Every month on the 31st, 3 times",
      skips: [`February ${year} has no 31st: it is left out.`, `April ${year} has no 31st: it is left out.`],
    });
    // The message has a launch and a reminder; each time has both.
    expect(campaign.communications).toHaveLength(6);
    const rows = campaign.communications
      .filter((row) => row.dueWall.includes("-31T"))
      .map(({ key, dueAt, expiresWall }) => [key, dueAt.toISOString(), expiresWall]);
    expect(rows.map(([key]) => key)).toEqual([
      expect.stringMatching(`-${year}-01-31$`),
      expect.stringMatching(`-${year}-03-31$`),
      expect.stringMatching(`-${year}-05-31$`),
    ]);
    expect(rows[1]?.slice(1)).toEqual([`${year}-03-31T08:00:00.000Z`, `${year}-04-29T00:00`]);
  });
});

describe("when the rules of a zone change (S3)", () => {
  test("what is planned keeps its wall time and its line says so; what is due, and a second time, nothing", async () => {
    const deps = house().deps;
    expect(await wouldMove(deps)).toEqual([]);
    const windowed = "campaign_id = (SELECT id FROM campaign WHERE key = 'windowed')";
    const ends = ["due_at", "earliest_at", "latest_useful_at", "expires_at"];
    const shift = ends.map((end) => `${end} = ${end} + interval '1 hour'`).join(", ");
    await sql(`UPDATE communication SET ${shift} WHERE ${windowed}`);
    // One that is due already, as wrong as the other.
    const past = "state = 'scheduled' AND campaign_id = (SELECT id FROM campaign WHERE key = 'repeated')";
    await sql(
      `UPDATE communication SET due_at = now() - interval '1 hour' WHERE key LIKE '%-01-31' AND ${past}`,
    );
    expect(await recheckTimes(deps)).toHaveLength(2);
    const [row] = await sql(
      `SELECT reference, due_at, earliest_at, latest_useful_at, expires_at FROM communication WHERE ${windowed} ORDER BY due_at`,
    );
    expect(row).toMatchObject({
      due_at: new Date(`${year}-06-01T08:00:00Z`),
      earliest_at: new Date(`${year}-06-01T07:00:00Z`),
      latest_useful_at: new Date(`${year}-06-03T08:00:00Z`),
      expires_at: new Date(`${year}-06-30T23:00:00Z`),
    });
    const lines = await sql("SELECT body FROM log_entry WHERE kind = 'communication.moved' ORDER BY seq");
    expect(lines).toHaveLength(2);
    expect(JSON.parse((lines[0] as { body: string }).body)).toMatchObject({
      actor: "bellman",
      reference: (row as { reference: string }).reference,
      facts: { dueAt: `${year}-06-01T08:00:00Z`, before: { dueAt: `${year}-06-01T09:00:00.000Z` } },
    });
    expect(await recheckTimes(deps)).toEqual([]);
  });
});

describe("news that has expired", () => {
  test("is in no list and no feed, and its own page says so with 410", async () => {
    const [row] = (await sql("SELECT reference FROM communication WHERE expires_at IS NOT NULL LIMIT 1")) as {
      reference: string;
    }[];
    const reference = row?.reference ?? "";
    const { site } = house().deps.store;
    const article = { language: "en", summary: "S", html: "<p>H</p>", text: "T", sensitive: false };
    await site.publish({
      ...article,
      id: "one",
      slug: "stays",
      title: "It stays",
      reference: "BM-2222-2222",
    });
    await site.publish({ ...article, id: "two", slug: "ends", title: "It ends", reference });
    const app = await buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
    const body = async (path: string) => (await app.inject(path)).body;
    expect(await body("/news")).toContain("It ends");
    await sql(
      "UPDATE communication SET due_at = now() - interval '3 h', earliest_at = NULL, earliest_wall = NULL, latest_useful_at = now() - interval '2 h', expires_at = now() - interval '1 h' WHERE reference = $1",
      [reference],
    );
    for (const path of ["/news", "/news/feed.rss", "/news/feed.atom", "/news/feed.json"]) {
      expect(await body(path)).toContain("It stays");
      expect(await body(path)).not.toContain("It ends");
    }
    const page = await app.inject("/news/ends");
    expect(page.statusCode).toBe(410);
    expect(page.body).toContain("This news has expired");
    expect(page.body).not.toContain("<p>H</p>");
    expect((await app.inject("/news/stays")).statusCode).toBe(200);
    expect(await site.byReference(reference)).toEqual([]);
    await app.close();
  });
});

describe("quiet hours", () => {
  const night = `due: ${year}-06-02 22:30`;
  test("refuse an ordinary message at its line, let a warning and a reasoned override pass, and log the reason (S9)", async () => {
    const file = join(newFolder(), "p.yaml");
    const example = await readFile(EXAMPLE, "utf8");
    await writeFile(
      file,
      example
        .replace("  # quiet_hours: { from", "  quiet_hours: { from")
        .replace(/^ {2}# quiet_hours.*$/m, ""),
    );
    await quietly(() => applyFiles(house(), [file], { by: "bellman" }));
    await expect(plan("loud", night)).rejects.toMatchObject({
      code: "file-has-faults",
      faults: [
        expect.stringMatching(
          /^line 9, campaign\.due: .*10:30pm, is in the quiet hours from 21:00 to 08:00, which end .*8am\./,
        ),
      ],
    });
    await plan("calm", `due: ${year}-06-02 20:30`);
    const { communications } = await plan("urgent", `${night}\n  quiet_hours_override: A child is missing`);
    expect(communications[0]).toMatchObject({ quietOverride: true, quietOverrideWhy: "A child is missing" });
    const [line] = (await sql(
      "SELECT body FROM log_entry WHERE kind = 'communication.scheduled' AND campaign_key = 'urgent'",
    )) as { body: string }[];
    expect(JSON.parse(line?.body ?? "{}")).toMatchObject({
      why: "A child is missing",
      facts: { quietOverride: true },
    });
  });

  test("that came after it was planned refuse it when it is scheduled", async () => {
    const [row] = (await sql(
      "UPDATE communication SET state = 'approved', due_at = $1, latest_useful_at = $1::timestamptz + interval '1 day' WHERE campaign_id = (SELECT id FROM campaign WHERE key = 'calm') RETURNING id",
      [`${year}-06-02T21:30:00Z`],
    )) as { id: string }[];
    const communicationId = row?.id ?? "";
    await expect(schedule(house().deps, { communicationId, actor: "bellman" })).rejects.toMatchObject({
      code: "quiet-hours",
    });
    await sql("UPDATE campaign SET class = 'emergency' WHERE key = 'calm'");
    await schedule(house().deps, { communicationId, actor: "bellman" });
  });
});
