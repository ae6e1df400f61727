// The pages in a real browser: accessible at desktop and phone width, by keyboard, live, and without JavaScript.
import { AxeBuilder } from "@axe-core/playwright";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import pg from "pg";
import type { Page } from "playwright-core";
import { stopToken } from "../../src/audience/stop-token.ts";
import { startCampaign } from "../../src/cli/run-campaign.ts";
import { buildApp } from "../../src/web/app.ts";
import { hold, releaseHold } from "../../src/journey/hold.ts";
import { firstCampaign, FIRST_CAMPAIGN, runWhole, withHouse } from "../support/sample.ts";
import { DESKTOP, PHONE, withBrowser } from "./browser.ts";

const { house, databaseUrl } = withHouse({ people: 40 });
let app: FastifyInstance;
let base = "";
const paths: Record<string, string> = {};
const visit = withBrowser(() => base);

const ask = async (sql: string, values: unknown[] = []): Promise<pg.QueryResult<{ id: string }>> => {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  return client.query<{ id: string }>(sql, values).finally(() => client.end());
};

beforeAll(async () => {
  app = await buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
  base = await app.listen({ host: "127.0.0.1", port: 0 });
  await runWhole(house(), "sent", await firstCampaign("sent"));
  const html = async (path: string) => (await app.inject(path)).body;
  const campaign = await html("/campaigns/sent");
  const found = (name: string, text: string, pattern: RegExp) => {
    const [, path] = pattern.exec(text) ?? [];
    if (!path) throw new Error(`the pages have no ${name}`);
    paths[name] = path;
  };
  found("email", campaign, /href="(\/renditions\/[^"]+)"[^]*?by email, Everyone/);
  found("post", campaign, /href="(\/renditions\/[^"]+)"><span[^>]*>[^<]*social media/);
  found("article", campaign, /href="(\/renditions\/[^"]+)"><span[^>]*>[^<]*council website/);
  found("message", await html("/outbox"), /href="(\/outbox\/\d+)"/);
  found("on the timeline", campaign, /href="(\/timeline\/\w+)"/);
  found("news page", campaign, /href="(\/news\/[^"]+)"/);
  await standStill();
  paths["genuine"] = `/check/${/BM-\w{4}-\w{4}/.exec(campaign)?.[0] ?? ""}`;
}, 180_000);
afterAll(() => app.close());

/** One campaign paused by a hold that was lifted, one too late, a delivery in doubt, and a hold in force: every page says so. */
async function standStill(): Promise<void> {
  const by = "tom.ellery@council.example.org";
  const { deps } = house();
  for (const key of ["paused", "late"])
    await startCampaign(deps, { text: await firstCampaign(key), name: FIRST_CAMPAIGN, now: true });
  const scope = { kind: "campaign", key: "paused" } as const;
  const id = await hold(deps, { scope, reason: "Wrong date in the second paragraph", by });
  const [paused] = await releaseHold(deps, { id, by });
  await ask(`UPDATE communication SET state = 'needs_decision', due_at = now() - interval '2 hours', latest_useful_at = now() - interval '1 hour'
    WHERE state = 'scheduled' AND due_at <= now() AND campaign_id = (SELECT id FROM campaign WHERE key = 'late')`);
  const late = (await deps.store.holds.undecided()).find((one) => one.late);
  const { rows } = await ask(
    `UPDATE delivery SET state = 'in_doubt' WHERE id = (SELECT min(id) FROM delivery WHERE recipient_key LIKE 'post:%') RETURNING id`,
  );
  await ask("INSERT INTO doubt (delivery_id) VALUES ($1)", [rows[0]?.id]);
  const reason =
    "A major incident in the town centre: only the police speak until the silver commander says otherwise.";
  const held = await hold(deps, { scope: { kind: "channel", key: "social" }, reason, by });
  paths["hold"] = `/holds/${held}`;
  paths["paused"] = `/decisions/${paused ?? ""}`;
  paths["too late"] = `/decisions/${late?.reference ?? ""}`;
  paths["doubt"] = `/doubts/${rows[0]?.id ?? ""}`;
}

const ADDRESSES = [
  ...[
    "/",
    "/campaigns",
    "/campaigns/sent",
    "/year",
    "/outbox",
    "/timeline",
    "/log",
    "/log/3",
    "/news",
    "/check",
  ],
  ...[
    "/check?reference=xx",
    "/check/BM-AAAA-2222",
    "/stop/x",
    "/nothing",
    "/log?before=x",
    "/outbox?to=nobody",
  ],
  ...[
    "/lists",
    "/lists?kind=internal",
    "/lists/community-safety-news",
    "/lists/circle-7",
    "/retention",
    "/l/x",
  ],
  ...[
    "/sender",
    "/holds",
    "/decisions",
    "/doubts",
    "hold",
    "paused",
    "too late",
    "doubt",
    "/campaigns/paused",
  ],
  ...["/segments", "/segments/older-residents", "/segments/new?from=town-centre-evening", "/class-helper"],
  ...["email", "post", "article", "message", "on the timeline", "news page", "genuine"],
];
/** The browser itself notes an answer of 400 or 404 of the page asked for. */
const expected = (text: string): boolean => /status of 40[04]/.test(text);

const WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
/** A sandboxed frame runs no scripts, axe's neither: what is in frames is looked at by itself. */
async function findings(page: Page, tags?: string[]): Promise<string[]> {
  const axe = new AxeBuilder({ page }).setLegacyMode(true).exclude("iframe");
  const { violations } = await (tags ? axe.withTags(tags) : axe).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`);
}

describe.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])("at %s width", (_name, viewport) => {
  it.each(ADDRESSES)(
    "%s: axe finds nothing, nothing is cut off, nothing comes from elsewhere",
    async (name) => {
      const { page, complaints } = await visit(paths[name] ?? name, { viewport });
      expect(await findings(page)).toEqual([]);
      expect(
        await page.evaluate("document.documentElement.scrollWidth - window.innerWidth"),
      ).toBeLessThanOrEqual(0);
      expect(complaints.filter((text) => !expected(text))).toEqual([]);
      await page.context().close();
    },
  );
});

describe("by keyboard", () => {
  it("the first stop skips to the content, the next ones are the navigation", async () => {
    const { page } = await visit("/");
    await page.keyboard.press("Tab");
    expect(await page.locator(":focus").textContent()).toContain("Skip to main content");
    await page.keyboard.press("Enter");
    expect(await page.evaluate("document.activeElement.id")).toBe("main-content");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.closest('main') !== null")).toBe(true);
  });

  it("on a phone the menu opens with Enter", async () => {
    const { page } = await visit("/campaigns", { viewport: PHONE });
    const log = page.getByRole("link", { name: "Log", exact: true });
    expect(await log.isVisible()).toBe(false);
    await page.getByRole("button", { name: "Menu" }).focus();
    await page.keyboard.press("Enter");
    expect(await log.isVisible()).toBe(true);
  });
});

describe("previews", () => {
  it("axe finds nothing in an email either", async () => {
    const { page } = await visit("/healthz");
    await page.goto("about:blank");
    const { body } = await app.inject(`${paths.email ?? ""}/body`);
    await page.setContent(body.replaceAll('src="/', `src="${base}/`));
    // Landmarks are for pages: a message has its mailbox around it.
    expect(await findings(page, WCAG)).toEqual([]);
  });

  it("a message is drawn in its frame with its picture, and can do nothing from there", async () => {
    const { page, complaints } = await visit(paths.email ?? "");
    const frame = page.frameLocator("iframe");
    expect(await frame.locator("body").innerText()).toContain("Hello Sam");
    const width = await frame
      .locator("img")
      .first()
      .evaluate((image) => (image as unknown as { naturalWidth: number }).naturalWidth);
    expect(width).toBeGreaterThan(100);
    const link = frame.locator("a[href]").first();
    await link.click();
    await page.waitForTimeout(200);
    expect(page.url()).toBe(base + (paths.email ?? ""));
    expect(await frame.locator("body").innerText()).toContain("Hello Sam");
    expect(complaints.filter((text) => text.startsWith("asked"))).toEqual([]);
  });

  it("a message shows how it looks on a phone at the press of a link", async () => {
    const { page } = await visit(paths.email ?? "", { javaScriptEnabled: false });
    await page.getByRole("link", { name: "Phone width" }).click();
    expect((await page.locator("iframe").boundingBox())?.width).toBeLessThanOrEqual(390);
  });
});

describe("while something is being sent", () => {
  const set = async (waiting: boolean) => {
    const { rows } = await ask(
      "SELECT id FROM communication WHERE released_at IS NOT NULL ORDER BY released_at LIMIT 1",
    );
    const id = rows[0]?.id;
    await ask("UPDATE communication SET state = $2 WHERE id = $1", [id, waiting ? "released" : "completed"]);
    await ask(
      "UPDATE delivery SET state = $2 WHERE dispatch_id IN (SELECT id FROM dispatch WHERE communication_id = $1) AND subscriber_id IS NOT NULL",
      [id, waiting ? "queued" : "accepted"],
    );
    // Counted row by row again: a batch that is done carries its counts.
    await ask(
      "UPDATE batch SET counts = NULL WHERE dispatch_id IN (SELECT id FROM dispatch WHERE communication_id = $1)",
      [id],
    );
  };

  it.each(["/", "/campaigns/sent"])("%s shows progress by itself, and says when it is over", async (path) => {
    await set(true);
    const { page, complaints } = await visit(path);
    await page
      .getByText(/40 waiting/)
      .first()
      .waitFor();
    await page.locator("a.govuk-link:visible").last().focus();
    await set(false);
    await page
      .getByText(/40 waiting/)
      .first()
      .waitFor({ state: "detached", timeout: 10_000 });
    const said = page.locator("[data-live-status]");
    expect(await said.getAttribute("role")).toBe("status");
    expect(await said.textContent()).toMatch(/finished|Nothing is being sent/);
    expect(await page.evaluate("document.activeElement.tagName")).toBe("A");
    expect(complaints).toEqual([]);
  });

  it("without JavaScript the page loads itself again every few seconds, until it is over", async () => {
    await set(true);
    const { page } = await visit("/campaigns/sent", { javaScriptEnabled: false });
    expect(await page.getByText(/40 waiting/).count()).toBeGreaterThan(0);
    await set(false);
    await page
      .waitForFunction("!document.body.innerText.includes('40 waiting')", null, { timeout: 15_000 })
      .catch(() => undefined);
    await page
      .getByText(/40 waiting/)
      .first()
      .waitFor({ state: "detached", timeout: 15_000 });
    expect(await page.locator('meta[http-equiv="refresh"]').count()).toBe(0);
  });
});

describe("without JavaScript", () => {
  it("a person stops a campaign, finds it said, and releases it again", async () => {
    const { page } = await visit("/holds", { javaScriptEnabled: false, viewport: PHONE });
    await page.getByRole("button", { name: "Stop sending" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("Choose what is to stop");
    await page.getByLabel("One campaign").check();
    await page.getByLabel("Campaign", { exact: true }).selectOption("sent");
    await page.getByLabel("Why?").fill("look again");
    await page.getByLabel("Who are you?").selectOption({ index: 1 });
    await page.getByLabel("Yes, stop this at once").check();
    await page.getByRole("button", { name: "Stop sending" }).click();
    expect(await page.getByText("is in force. Nothing in it leaves any more.").count()).toBe(1);
    await page.getByRole("button", { name: "Release" }).last().click();
    await page.getByLabel("Who are you?").selectOption({ index: 1 });
    await page.getByRole("button", { name: "Release this hold" }).click();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe("Decisions");
  });

  it("a person gets from home to a message, and finds the menu open on a phone", async () => {
    const { page } = await visit("/", { javaScriptEnabled: false, viewport: PHONE });
    await page.getByRole("link", { name: "Outbox", exact: true }).click();
    await page.getByLabel("Recipient’s address, or part of it").fill("example");
    await page.getByRole("button", { name: "Filter" }).click();
    await page.locator("td a").first().click();
    expect(await page.getByText("Email, kept and not sent").count()).toBe(1);
  });

  it("a person stops our messages with one press, and the list knows", async () => {
    const { rows } = await ask("SELECT id FROM subscriber ORDER BY id LIMIT 1");
    const { page } = await visit(`/stop/${stopToken(house().deps.secret, rows[0]?.id ?? "")}`, {
      javaScriptEnabled: false,
    });
    await page.getByRole("button", { name: "Stop all messages to me" }).click();
    expect(await page.getByRole("heading", { level: 1 }).textContent()).toBe(
      "You will get no more messages from us",
    );
    expect((await ask("SELECT email_hash AS id FROM suppression")).rows.length).toBe(1);
  });
});
