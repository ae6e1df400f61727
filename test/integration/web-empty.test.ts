// The pages before anything was set up: each says what to do next, and none fails.
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { buildApp, type WebDeps } from "../../src/web/app.ts";
import { withHouse } from "../support/sample.ts";

const { house } = withHouse({ setUp: false });
let app: FastifyInstance;
const with_ = (over: Partial<WebDeps> = {}): WebDeps => ({
  ...house().deps,
  outbox: house().outbox,
  timeline: house().timeline,
  ...over,
});
beforeAll(async () => {
  app = await buildApp(with_());
});
afterAll(() => app.close());

describe("an empty house", () => {
  it.each([
    ["/", "Nothing is planned"],
    ["/campaigns", "No campaigns yet"],
    ["/year", "to plan"],
    ["/outbox", "The outbox is empty"],
    ["/timeline", "Nothing has been posted yet"],
    ["/log", "The log is empty"],
    ["/news", "There is no news yet"],
    ["/check", "Was this message really from us?"],
    ["/check/BM-AAAA-2222", "We did not send"],
    ["/stop/x", "Stop all messages to me"],
    ["/news/feed.rss", "<rss"],
    ["/news/feed.atom", "<feed"],
    ["/news/feed.json", "jsonfeed.org"],
  ])("%s says: %s", async (url, words) => {
    const answer = await app.inject(url);
    expect(answer.statusCode).toBe(200);
    expect(answer.body.toLowerCase()).toContain(words.toLowerCase());
  });

  it("says on the health page that the database answers", async () => {
    expect((await app.inject("/healthz")).json()).toEqual({ status: "ok", database: "ok" });
  });
});

describe("a process of its own", () => {
  it("says where emails and posts are, when another process keeps them", async () => {
    const alone = await buildApp(with_({ outbox: null, timeline: null }));
    expect((await alone.inject("/outbox")).body).toContain("kept by another process");
    expect((await alone.inject("/timeline")).body).toContain("kept by another process");
    await alone.close();
  });

  it("tells in plain words that a page failed, and keeps the cause to the running log", async () => {
    const { store } = house().deps;
    const broken = {
      ...store,
      pages: { ...store.pages, campaigns: () => Promise.reject(new Error("relation secret_table")) as never },
    };
    const failing = await buildApp(
      with_({
        store: { ...broken, pages: { ...broken.pages, ping: () => Promise.reject(new Error("gone")) } },
      }),
    );
    const answer = await failing.inject("/campaigns");
    expect(answer.statusCode).toBe(500);
    expect(answer.body).toContain("Sorry, there is a problem with this page");
    expect(answer.body).not.toContain("secret_table");
    expect((await failing.inject("/healthz")).statusCode).toBe(503);
    await failing.close();
  });
});
