// What everybody may see: news, feeds, the genuine-message page, pictures, and the way out of all messages.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import pg from "pg";
import { stopToken } from "../../src/audience/stop-token.ts";
import { buildApp } from "../../src/web/app.ts";
import { firstCampaign, runWhole, withHouse } from "../support/sample.ts";

const { house, databaseUrl } = withHouse({ people: 20 });
let app: FastifyInstance;
let reference = "";
const get = (url: string, headers: Record<string, string> = {}) =>
  app.inject({ method: "GET", url, headers });
const page = async (url: string): Promise<string> => (await get(url)).body;

beforeAll(async () => {
  app = await buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
  await runWhole(house(), "sent", await firstCampaign("sent"));
  reference = /BM-\w{4}-\w{4}/.exec(await page("/campaigns/sent"))?.[0] ?? "";
}, 120_000);
afterAll(() => app.close());

/** A connection for one question: the database is dropped before hooks of this file could end one. */
async function ask<Row extends pg.QueryResultRow>(
  text: string,
  values: unknown[] = [],
): Promise<Row | undefined> {
  const client = new pg.Client({ connectionString: databaseUrl() });
  await client.connect();
  try {
    return (await client.query<Row>(text, values)).rows[0];
  } finally {
    await client.end();
  }
}

const hostile = {
  id: "hostile:website:post:en",
  slug: "bm-hstl-hstl-en",
  reference: "BM-HSTL-HSTL",
  language: "en",
  title: `]]><script>alert(1)</script>&"'\u0007`,
  summary: "<b>bold</b> & ]]>",
  html: "<p>Words ]]&gt;</p>",
  text: "Words",
  sensitive: true,
};

describe("news", () => {
  it("lists what was published, and shows each page in its own language", async () => {
    const list = await page("/news");
    const slugs = [...list.matchAll(/href="(\/news\/bm-[^"]+)"/g)].map(([, slug = ""]) => slug);
    expect(slugs.length).toBe(2);
    const polish = await page(slugs.find((slug) => slug.includes("-pl-")) ?? "");
    expect(polish).toContain('<html lang="pl" dir="ltr"');
    expect(polish).toContain('<a class="govuk-link" href="/news/');
  });

  it("a sensitive page has a way out, and does not say in its title what it is about", async () => {
    await house().deps.store.site.publish(hostile);
    const html = await page(`/news/${hostile.slug}`);
    expect(html).toContain("Exit this page");
    expect(html).toContain("<title>Safer Alderwick Partnership</title>");
    expect(html).not.toContain("<script>alert");
  });

  it("pictures are kept under their hash for ever, and mailboxes may load them", async () => {
    const path = /\/media\/[0-9a-f]{64}/.exec(await page("/timeline"))?.[0] ?? "";
    const picture = await get(path);
    expect(picture.statusCode).toBe(200);
    expect(picture.headers["content-type"]).toBe("image/png");
    expect(picture.headers["cache-control"]).toContain("immutable");
    expect(picture.headers["cross-origin-resource-policy"]).toBe("cross-origin");
    expect((await get(path, { "if-none-match": String(picture.headers.etag) })).statusCode).toBe(304);
  });
});

describe("feeds", () => {
  const guid = /urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}/g;

  it.each(["rss", "atom", "json"])(
    "feed.%s names its entries by an id that never follows their address",
    async (kind) => {
      const answer = await get(`/news/feed.${kind}`);
      expect(answer.statusCode).toBe(200);
      expect(new Set(answer.body.match(guid)).size).toBeGreaterThanOrEqual(2);
      expect((await get(`/news/feed.${kind}`)).headers.etag).toBe(answer.headers.etag);
      expect(
        (await get(`/news/feed.${kind}`, { "if-none-match": String(answer.headers.etag) })).statusCode,
      ).toBe(304);
    },
  );

  it("a hostile title leaves every feed readable", async () => {
    await house().deps.store.site.publish(hostile);
    for (const kind of ["rss", "atom"]) {
      const xml = await page(`/news/feed.${kind}`);
      expect(brokenXml(xml)).toBeNull();
      expect(xml).not.toContain("\u0007");
    }
    const feed = JSON.parse(await page("/news/feed.json")) as { items: { title: string }[] };
    expect(feed.items.some((item) => item.title === hostile.title.replace("\u0007", ""))).toBe(true);
  });
});

/** Well-formed enough: tags close in order, no bare "&" or "<" outside CDATA. Null when all is well. */
function brokenXml(xml: string): string | null {
  const open: string[] = [];
  const plain = xml.replace(/<!\[CDATA\[[\s\S]*?\]\]>/g, "").replace(/<\?[\s\S]*?\?>/g, "");
  for (const [whole, close, name = "", self] of plain.matchAll(/<(\/?)([\w:.-]+)[^<>]*?(\/?)>/g)) {
    if (close && open.pop() !== name) return `${whole} closes what is not open`;
    if (!close && !self) open.push(name);
  }
  const text = plain.replace(/<[^<>]*>/g, "");
  if (/[<>]|&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-f]+);)/i.test(text)) return "bare markup in text";
  return open.length > 0 ? `left open: ${open.join(", ")}` : null;
}

describe("was this message really from us?", () => {
  it("says yes, with what, when and which agencies, however the reference is typed", async () => {
    const typed = await get(
      `/check?reference=${encodeURIComponent(` ${reference.toLowerCase().replaceAll("-", " ")} `)}`,
    );
    expect(typed.statusCode).toBe(303);
    expect(typed.headers.location).toBe(`/check/${reference}`);
    const html = await page(`/check/${reference}`);
    for (const words of [
      "Yes, this message is from us",
      "Alderwick Police",
      "Alderwick Council",
      "Dark nights: five quick jobs",
    ])
      expect(html).toContain(words);
  });

  it("says plainly that it is not ours, also of what is planned and not sent yet", async () => {
    const [, later = ""] = [...new Set((await page("/campaigns/sent")).match(/BM-\w{4}-\w{4}/g))];
    expect(later).not.toBe(reference);
    for (const other of ["BM-AAAA-2222", "nonsense", "%3Cscript%3E", later])
      expect(await page(`/check/${other}`)).toContain("We did not send a message with this reference");
  });

  it("asks for a reference where there is none, with the fault beside the field", async () => {
    expect(await page("/check")).not.toContain("There is a problem");
    expect(await page("/check?reference=")).toContain("Enter a reference");
    expect(await page("/check?reference=xx")).toContain("such as BM-7F3K-2QXR");
  });
});

describe("the way out of all messages", () => {
  let token = "";
  let id = "";
  const post = (url: string, payload: string, type = "application/x-www-form-urlencoded") =>
    app.inject({ method: "POST", url, payload, headers: { "content-type": type } });
  const stopped = async (): Promise<boolean> => {
    const found = await ask<{ consents: number; suppressed: number }>(
      `SELECT (SELECT count(*)::int FROM consent WHERE subscriber_id = $1 AND withdrawn_at IS NULL) AS consents,
              (SELECT count(*)::int FROM suppression JOIN subscriber USING (email_hash) WHERE id = $1) AS suppressed`,
      [id],
    );
    const { consents, suppressed } = found ?? { consents: NaN, suppressed: NaN };
    expect([1, 0]).toContain(suppressed);
    expect(suppressed).toBe(1 - consents);
    return suppressed === 1;
  };
  beforeEach(async () => {
    const someone = await ask<{ id: string }>(
      "SELECT id FROM subscriber WHERE email_hash NOT IN (SELECT email_hash FROM suppression) ORDER BY id LIMIT 1",
    );
    id = someone?.id ?? "";
    token = stopToken(house().deps.secret, id);
  });

  it("looking at the link changes nothing, whoever looks and whatever the token", async () => {
    const mine = await get(`/stop/${token}`);
    const wrong = await get("/stop/nonsense");
    const nonceless = (html: string) => html.replace(/nonce="[^"]*"/g, "");
    expect(mine.statusCode).toBe(200);
    expect(nonceless(mine.body)).toBe(nonceless(wrong.body));
    expect((await app.inject({ method: "HEAD", url: `/stop/${token}` })).statusCode).toBe(200);
    expect(await stopped()).toBe(false);
  });

  it("the page's button stops, without a cookie, and says so", async () => {
    const answer = await post(`/stop/${token}`, "stop=yes");
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain("You will get no more messages");
    expect(answer.headers["set-cookie"]).toBeUndefined();
    expect(await stopped()).toBe(true);
    expect((await post(`/stop/${token}`, "stop=yes")).statusCode).toBe(200);
  });

  it("a mailbox's one-click stops, as a form of either kind, without a redirect", async () => {
    const answer = await post(`/stop/${token}`, "List-Unsubscribe=One-Click");
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.location).toBeUndefined();
    expect(await stopped()).toBe(true);
  });

  it("the same in a multipart body, which RFC 8058 prefers", async () => {
    const body =
      '--b\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--b--\r\n';
    expect((await post(`/stop/${token}`, body, "multipart/form-data; boundary=b")).statusCode).toBe(200);
    expect(await stopped()).toBe(true);
  });

  it("a wrong, cut or changed token changes nothing and looks like any other page", async () => {
    const flipped = token.slice(0, -1) + (token.endsWith("0") ? "1" : "0");
    for (const wrong of [flipped, token.slice(0, -2), "nonsense", "%00", `${id}.${"0".repeat(64)}`])
      for (const body of ["stop=yes", "List-Unsubscribe=One-Click"])
        expect((await post(`/stop/${wrong}`, body)).statusCode).toBe(200);
    expect((await post(`/stop/${flipped}`, "stop=yes")).body).toContain("Nothing was changed");
    expect(await stopped()).toBe(false);
  });

  it("a POST that says nothing stops nobody, and one that is too large is refused", async () => {
    expect((await post(`/stop/${token}`, "")).body).toContain("Stop all messages to me");
    expect((await post(`/stop/${token}`, "{}", "application/json")).statusCode).toBe(415);
    expect((await post(`/stop/${token}`, `stop=yes&x=${"x".repeat(20_000)}`)).statusCode).toBe(413);
    expect(await stopped()).toBe(false);
  });
});
