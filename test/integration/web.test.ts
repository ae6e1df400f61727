// The pages over a real house: a campaign was sent, so every list has something in it. Nothing listens; requests are injected.
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import pg from "pg";
import { buildApp } from "../../src/web/app.ts";
import { firstCampaign, runWhole, withHouse } from "../support/sample.ts";

const HOSTILE = `<script>alert(1)</script>"'><img src=x onerror=alert(2)>{{ 7*7 }}`;
const { house, databaseUrl } = withHouse({ people: 40 });
let app: FastifyInstance;
let reference = "";

const get = (url: string, headers: Record<string, string> = {}) =>
  app.inject({ method: "GET", url, headers });
const page = async (url: string): Promise<string> => (await get(url)).body;
const renditionLinks = async (): Promise<string[]> =>
  [...(await page("/campaigns/sent")).matchAll(/href="(\/renditions\/[^"]+)"/g)].map(([, href = ""]) => href);

beforeAll(async () => {
  app = await buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
  const title = JSON.stringify(HOSTILE.slice(0, 100));
  await runWhole(
    house(),
    "sent",
    await firstCampaign("sent", (text) => text.replace("  library:", `  title: ${title}\n  library:`)),
  );
  reference = /BM-\w{4}-\w{4}/.exec(await page("/campaigns/sent"))?.[0] ?? "";
}, 120_000);
afterAll(() => app.close());

describe("staff pages", () => {
  it.each(["/", "/campaigns", "/campaigns/sent", "/year", "/outbox", "/timeline", "/log", "/log/1"])(
    "%s shows a whole page with the sandbox's sign",
    async (url) => {
      const answer = await get(url);
      expect(answer.statusCode).toBe(200);
      expect(answer.headers["content-type"]).toBe("text/html; charset=utf-8");
      expect(answer.body).toContain("Nothing leaves this machine");
      expect(answer.body).toContain("Safer Alderwick Partnership");
      expect(answer.headers["set-cookie"]).toBeUndefined();
    },
  );

  it("a campaign's page says how far it came, who signed it off, and leads to what was published", async () => {
    const html = await page("/campaigns/sent");
    expect(html).toMatch(/\d+ of \d+ messages accepted/);
    expect(html).toContain("Signed off by Tom Ellery, Alderwick Council");
    expect(html).toContain(`href="/news/${reference.toLowerCase()}-en-`);
    expect(html).toContain('href="/timeline/');
    expect(html).not.toContain("data-live-url");
  });

  it("the piece of a campaign's page that changes says when nothing more will", async () => {
    expect(await page("/campaigns/sent/progress")).toContain('data-live-going="no"');
  });

  it("each rendition is shown as its channel shows it", async () => {
    const links = await renditionLinks();
    const shown = await Promise.all(links.map(page));
    expect(links.length).toBeGreaterThan(10);
    expect(shown.filter((html) => html.includes("/body")).length).toBeGreaterThan(5);
    expect(shown.filter((html) => html.includes("of 280 characters")).length).toBeGreaterThan(1);
    expect(shown.filter((html) => html.includes("/page")).length).toBeGreaterThan(1);
    expect(/\{\{ ?(?:first_name|ward|unsubscribe_url)/.test(shown.join(""))).toBe(false);
  });

  it("a message's body comes with its slots filled and may do nothing at all", async () => {
    const body = await get(`${(await renditionLinks())[0] ?? ""}/body`);
    expect(body.body).toContain("Sam");
    expect(body.body).not.toContain("{{");
    const policy = String(body.headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("sandbox");
    expect(policy).toContain("frame-ancestors 'self'");
    expect(policy).not.toContain("script-src");
  });

  it("the outbox can be searched by recipient, and shows one message with its way out", async () => {
    const id = /\/outbox\/(\d+)/.exec(await page("/outbox"))?.[1] ?? "";
    const message = await page(`/outbox/${id}`);
    expect(message).toContain("List-Unsubscribe=One-Click");
    expect((await get(`/outbox/${id}/body`)).body).toContain("<html");
    const to = /[\w.]+@example\.(?:org|com|net)/.exec(message)?.[0] ?? "";
    expect(await page(`/outbox?to=${encodeURIComponent(to.toUpperCase())}`)).toContain(to);
    expect(await page("/outbox?to=nobody-at-all")).toContain("No email to such an address");
  });

  it("the log is filtered by reference as people type it, and an entry can be checked by hand", async () => {
    const list = await page(`/log?reference=${reference.toLowerCase().replaceAll("-", "+")}`);
    expect(list).toContain("Bellman finished: every delivery has ended");
    expect(list).not.toContain("planned a campaign");
    expect(await page("/log?campaign=sent")).toContain("Priya Nair planned a campaign");
    const entry = await page("/log/2");
    expect(entry).toContain("Holds");
    const bytes = (await get("/log/2/bytes")).body;
    expect(bytes.split("\n")[0]).toBe("2");
    expect(entry).toContain(bytes.split("\n")[1]);
  });

  it("says plainly that an entry was changed after it was written", async () => {
    const sql = new pg.Client({ connectionString: databaseUrl() });
    await sql.connect();
    await sql.query("ALTER TABLE log_entry DISABLE TRIGGER log_entry_append_only");
    await sql.query("UPDATE log_entry SET body = replace(body, '\"bellman\"', '\"nobody\"') WHERE seq = 1");
    expect(await page("/log/1")).toContain("Does not hold");
    await sql.query("UPDATE log_entry SET body = replace(body, '\"nobody\"', '\"bellman\"') WHERE seq = 1");
    await sql.query("ALTER TABLE log_entry ENABLE TRIGGER log_entry_append_only");
    await sql.end();
    expect(await page("/log/1")).toContain("Holds");
  });

  it("the year shows what is planned, and seasons nobody has planned, from any month", async () => {
    expect(await page("/year")).toContain("Dark nights: five quick jobs");
    const later = await page("/year?from=2028-01");
    expect(later).toContain("January 2028 to December 2028");
    expect(later).toContain("To plan");
  });
});

describe("what somebody typed", () => {
  it.each([
    ["/log?before=x", "whole number"],
    ["/log?reference=" + "x".repeat(201), "at most 200 characters"],
    ["/outbox?page=-1", "whole number"],
    ["/outbox?page=99999", "at most"],
    ["/outbox?to=a&to=b", "given once"],
    ["/timeline?page=1e3", "whole number"],
    ["/year?from=2026-13", "a month such as"],
    ["/year?from[]=2026-10", null],
  ])("%s is told in plain words, or left aside", async (url, words) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(words === null ? 200 : 400);
    if (words) expect(answer.body).toContain(words);
    expect(answer.body).not.toMatch(/ZodError|at .*\.ts:\d+/);
  });

  it.each([
    ...[
      "/nothing",
      "/campaigns/none",
      "/campaigns/%00",
      "/renditions/x",
      "/log/999999",
      "/log/abc",
      "/outbox/0",
    ],
    ...["/renditions/00000000-0000-0000-0000-000000000000", "/timeline/none", "/news/none", "/media/xyz"],
    ...[
      `/media/${"0".repeat(64)}`,
      "/assets/none.css",
      "/assets/../package.json",
      "/log/99999999999999999999",
    ],
  ])("%s is a page that was not found", async (url) => {
    const answer = await get(url);
    expect(answer.statusCode).toBe(404);
    expect(answer.body).not.toMatch(/at .*\.ts:\d+|Error:/);
  });

  it("a hostile title is shown as it was written, wherever it is shown", async () => {
    for (const url of [
      "/campaigns",
      "/campaigns/sent",
      "/log?campaign=sent",
      "/year",
      (await renditionLinks())[0] ?? "",
    ]) {
      const html = await page(url);
      expect(html).not.toContain("<script>alert");
      expect(html).not.toContain("<img src=x");
      expect(html.includes("{{ 7*7 }}")).toBe(html.includes("alert(1)"));
    }
    expect(await page("/campaigns")).toContain("&lt;script&gt;alert(1)");
  });

  it("only GET is answered, except by the page that stops messages", async () => {
    for (const method of ["POST", "PUT", "DELETE"] as const)
      expect((await app.inject({ method, url: "/campaigns/sent" })).statusCode).toBe(404);
  });
});

describe("security headers", () => {
  it.each([
    "/",
    "/campaigns/sent",
    "/log",
    "/news",
    "/check",
    "/stop/x",
    "/healthz",
    "/news/feed.rss",
    "/nothing",
    "/log?before=x",
  ])("%s allows nothing that it does not need", async (url) => {
    const { headers, body } = await get(url);
    const policy = String(headers["content-security-policy"]);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe-inline");
    expect(policy).not.toContain("upgrade-insecure-requests");
    expect(headers["x-content-type-options"]).toBe("nosniff");
    expect(headers["referrer-policy"]).toBe("no-referrer");
    expect(headers["cross-origin-opener-policy"]).toBe("same-origin");
    expect(headers["strict-transport-security"]).toContain("max-age=31536000");
    expect(headers["x-frame-options"]).toBe("DENY");
    expect(body).not.toMatch(/<script(?![^>]* src=)|<[a-z]+[^>]* (?:style|on[a-z]+)=/);
  });

  it("styles hold neither the GDS typeface nor the crown, and nothing comes from elsewhere", async () => {
    const html = await page("/");
    const css = await page(/\/assets\/app\.\w+\.css/.exec(html)?.[0] ?? "");
    expect(css.length).toBeGreaterThan(10_000);
    expect(/gds transport|crown|url\(["']?https?:|@import/i.test(css)).toBe(false);
    expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  it("built files may be kept for ever, pages not at all", async () => {
    const html = await get("/");
    const css = await get(/\/assets\/app\.\w+\.css/.exec(html.body)?.[0] ?? "");
    expect(css.headers["cache-control"]).toContain("immutable");
    expect(html.headers["cache-control"]).toBe("no-store");
  });
});
