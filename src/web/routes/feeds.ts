// /news/feed.rss, .atom and .json: what is published, for readers and other websites. An entry's id never follows its address.
import type { FastifyInstance } from "fastify";
import { Feed } from "feed";
import { sha256 } from "../../lib/hash.ts";
import { openNames } from "../models/names.ts";
import type { WebDeps } from "../web-deps.ts";

const NEWEST = 50;
const FORMS = {
  rss: { type: "application/rss+xml", write: (feed: Feed) => feed.rss2() },
  atom: { type: "application/atom+xml", write: (feed: Feed) => feed.atom1() },
  json: { type: "application/feed+json", write: (feed: Feed) => feed.json1() },
} as const;

/** A UUID (RFC 9562, version 8: our own making) from the article's id, the same for ever. */
export function entryId(articleId: string): string {
  const hex = sha256(articleId);
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export function feedRoutes(app: FastifyInstance, deps: Pick<WebDeps, "store" | "settings">): void {
  for (const [name, { type, write }] of Object.entries(FORMS))
    app.get(`/news/feed.${name}`, async ({ headers }, reply) => {
      const body = write(await openFeed(deps));
      const etag = `"${sha256(body)}"`;
      void reply.headers({ etag, "cache-control": "public, max-age=60" });
      if (headers["if-none-match"] === etag) return reply.code(304).send();
      return reply.type(`${type}; charset=utf-8`).send(body);
    });
}

async function openFeed({
  store,
  settings: { publicUrl },
}: Pick<WebDeps, "store" | "settings">): Promise<Feed> {
  const [names, articles] = [await openNames({ store }), await store.site.newest(NEWEST)];
  const feed = new Feed({
    title: `News from ${names.partnershipName}`,
    description: names.partnership?.strapline ?? "Community safety news",
    id: `${publicUrl}/news`,
    link: `${publicUrl}/news`,
    language: "en-GB",
    // Of the newest entry, not of now: the same entries are the same bytes, so that a reader's 304 is true.
    updated: articles[0]?.publishedAt ?? new Date(0),
    generator: false,
    copyright: names.partnershipName,
    feedLinks: {
      rss: `${publicUrl}/news/feed.rss`,
      atom: `${publicUrl}/news/feed.atom`,
      json: `${publicUrl}/news/feed.json`,
    },
  });
  for (const { id, slug, title, summary, html, publishedAt } of articles)
    feed.addItem({
      ...{ title: noControls(title), description: noControls(summary), content: noControls(html) },
      ...{ id: entryId(id), link: `${publicUrl}/news/${slug}`, date: publishedAt, published: publishedAt },
    });
  return feed;
}

/** XML has no way to write these; one would make the whole feed unreadable. */
const noControls = (text: string): string =>
  text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "");
