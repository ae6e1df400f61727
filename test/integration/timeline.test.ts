import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { startTimeline, type Timeline } from "../../src/embedded/timeline.ts";
import { startHost } from "../support/child.ts";
import { folders } from "../support/folder.ts";

const newFolder = folders();
const draft = { account: "@riverside", text: "Lock your windows tonight.", language: "en" };

const post = (url: string, key: string | null, body: unknown) =>
  fetch(`${url}/posts`, {
    method: "POST",
    headers: { "content-type": "application/json", ...(key ? { "idempotency-key": key } : {}) },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
const withTimeline = async (work: (timeline: Timeline) => Promise<void>): Promise<void> => {
  const timeline = await startTimeline({ dir: newFolder() });
  try {
    await work(timeline);
  } finally {
    await timeline.stop();
  }
};

test("a post appears once, however often it is sent with its key", () =>
  withTimeline(async (timeline) => {
    const answers = await Promise.all([1, 2, 3].map(() => post(timeline.url, "k1", draft)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 200, 201]);
    const bodies = (await Promise.all(answers.map((answer) => answer.json()))) as {
      id: string;
      url: string;
    }[];
    expect(new Set(bodies.map((body) => body.id)).size).toBe(1);
    expect(timeline.count()).toBe(1);
    expect((await fetch(bodies[0]?.url ?? "")).status).toBe(200);
  }));

test("the same key with other words is refused", () =>
  withTimeline(async (timeline) => {
    await post(timeline.url, "k1", draft);
    expect((await post(timeline.url, "k1", { ...draft, text: "Other words." })).status).toBe(409);
    expect(timeline.list({ offset: 0, limit: 10 }).map(({ text }) => text)).toEqual([draft.text]);
  }));

test("a lost answer can be asked for by the key", () =>
  withTimeline(async (timeline) => {
    await post(timeline.url, "a/b c", {
      ...draft,
      imageUrl: "https://example.org/p.png",
      imageAlt: "A locked door",
    });
    const found = await fetch(`${timeline.url}/posts?key=${encodeURIComponent("a/b c")}`);
    expect(await found.json()).toMatchObject({ id: "1", imageAlt: "A locked door", length: 26, limit: 280 });
    expect((await fetch(`${timeline.url}/posts?key=other`)).status).toBe(404);
  }));

test("the length is weighted as X weighs it", () =>
  withTimeline(async (timeline) => {
    const status = async (text: string) =>
      (await post(timeline.url, text.slice(0, 20) + text.length, { ...draft, text })).status;
    expect(await status("a".repeat(280))).toBe(201);
    expect(await status("a".repeat(281))).toBe(422);
    expect(await status(`${"a".repeat(256)} https://example.org/${"x".repeat(300)}`)).toBe(201);
    const tooLong = await post(timeline.url, "emoji", { ...draft, text: "bcdefg".repeat(46) + "😀😀😀" });
    expect(await tooLong.json()).toEqual({ problem: "The post counts 282 characters, and 280 are allowed." });
    expect(await status("  ")).toBe(422);
  }));

test("what is not understood is refused in plain words", () =>
  withTimeline(async ({ url }) => {
    expect((await post(url, "k", "{not json")).status).toBe(400);
    expect((await post(url, "k", { account: "a" })).status).toBe(400);
    expect((await post(url, null, draft)).status).toBe(400);
    expect((await post(url, "k", { ...draft, text: "x".repeat(70_000) })).status).toBe(413);
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
  }));

test("posts survive kill -9, and a torn line is cut off", async () => {
  const dir = newFolder();
  const host = await startHost("timeline", dir);
  for (const key of ["1", "2"]) await post(String(host.said.url), key, { ...draft, text: `Post ${key}` });
  await host.kill();
  appendFileSync(join(dir, "timeline.jsonl"), '{"id":"3","key"');
  const timeline = await startTimeline({ dir });
  expect((await post(timeline.url, "2", { ...draft, text: "Post 2" })).status).toBe(200);
  expect((await post(timeline.url, "3", { ...draft, text: "Post 3" })).status).toBe(201);
  expect(timeline.list({ offset: 0, limit: 2 }).map(({ text }) => text)).toEqual(["Post 3", "Post 2"]);
  timeline.clear();
  await timeline.stop();
  const again = await startTimeline({ dir });
  expect(again.count()).toBe(0);
  await again.stop();
});
