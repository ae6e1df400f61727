// The pages of holds, decisions and doubts as a person uses them: forms filled in, refusals in words, and the banner everywhere.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import { buildApp } from "../../src/web/app.ts";
import { withDesk } from "../support/desk.ts";

const { house, deps, rows, now, worker, claim, pass, die } = withDesk();
const BY = "tom.ellery@council.example.org";
let app: FastifyInstance;
beforeAll(async () => {
  app = await buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
});
afterAll(() => app.close());

const get = async (url: string): Promise<string> => (await app.inject(url)).body;
/** Sends the form of the page at `page` with these answers, as a browser would. */
async function send(page: string, answers: Record<string, string>, to = page) {
  const form = /name="form" value="(\w+)"/.exec(await get(page))?.[1] ?? "";
  return app.inject({
    method: "POST",
    url: to,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload: new URLSearchParams({ form, ...answers }).toString(),
  });
}
const referenceOf = async (): Promise<string> =>
  (
    await rows<{ reference: string }>("SELECT reference FROM communication WHERE id = $1", [
      now.communicationId,
    ])
  )[0]?.reference ?? "";
const answers = { scope: "everything", reason: "a <wrong> number", who: BY, confirm: "yes" };

test("a person stops everything, sees it on every page, releases it, and decides", async () => {
  const placed = await send("/holds", answers);
  expect(placed.statusCode).toBe(303);
  expect(await get(String(placed.headers.location))).toContain(
    "It keeps back 1 communication under way or due",
  );
  for (const url of [
    "/",
    "/campaigns",
    `/campaigns/${now.key}`,
    "/year",
    "/outbox",
    "/log",
    "/holds",
    "/doubts",
    "/nothing",
  ]) {
    const html = await get(url);
    expect(html).toContain("Everything: nothing leaves");
    expect(html).toContain("a &lt;wrong&gt; number");
    expect(html).toContain("Placed by Tom Ellery, Alderwick Council");
  }
  for (const url of ["/news", "/check", "/stop/x"]) expect(await get(url)).not.toContain("nothing leaves");
  expect(await get(`/campaigns/${now.key}`)).toMatch(/govuk-tag--red">\s*Held/);
  expect(await get(`/campaigns/${now.key}`)).not.toMatch(/govuk-tag--purple">\s*Being sent/);
  const [held] = await deps().store.holds.active();
  const path = `/holds/${held?.id}`;
  expect((await send(path, {})).body).toContain("Choose who you are");
  const released = await send(path, { who: BY });
  expect(released.headers.location).toBe(`/decisions?released=${held?.id}`);
  const reference = await referenceOf();
  const list = await get("/decisions");
  expect(list).toContain(reference);
  expect(list).toContain("None has gone out");
  expect(list).toContain("Priya Nair");
  expect(await get("/")).toContain("wait for somebody");
  expect(await get(`/campaigns/${now.key}`)).toContain(`href="/decisions/${reference}"`);
  expect((await app.inject(path)).statusCode).toBe(404);
  expect((await send(`/decisions/${reference}`, { decision: "go", reason: "", who: BY })).body).toContain(
    "Say why",
  );
  const decided = await send(`/decisions/${reference}`, {
    decision: "go",
    reason: "the number is right",
    who: BY,
  });
  expect(decided.headers.location).toBe(`/decisions?decided=${reference}`);
  expect(await deps().store.holds.undecided()).toEqual([]);
  expect((await app.inject(`/decisions/${reference}`)).statusCode).toBe(404);
});

test.each([
  [{ ...answers, scope: "" }, "Choose what is to stop"],
  [{ ...answers, scope: "agency" }, "Choose an agency"],
  [{ ...answers, scope: "agency", agency: "polcie" }, "Did you mean agency:police"],
  [{ ...answers, reason: "  " }, "Say why"],
  [{ ...answers, who: "" }, "Choose who you are"],
  [{ ...answers, confirm: "" }, "Tick the box"],
  [{ ...answers, form: "0" }, "not sent from a page of ours"],
])("a form that is not whole stops nothing and says what is missing: %j", async (given, words) => {
  const answer = await send("/holds", given);
  expect(answer.statusCode).toBe(422);
  expect(answer.body).toContain(words);
  expect(await deps().store.holds.active()).toEqual([]);
});

test("what became too late goes only with a new time, which has to lie ahead", async () => {
  await rows(
    "UPDATE communication SET state = 'needs_decision', due_at = now() - interval '2 hours', latest_useful_at = now() - interval '1 hour' WHERE id = $1",
    [now.communicationId],
  );
  const reference = await referenceOf();
  const path = `/decisions/${reference}`;
  expect(await get(path)).toContain("This has passed");
  const go = { decision: "go", reason: "still worth it", who: BY };
  expect((await send(path, go)).body).toContain("say until when it is useful now");
  expect((await send(path, { ...go, until: "2020-01-01T10:00" })).body).toContain("has passed: it is now");
  expect((await send(path, { ...go, until: "2026-02-30T10:00" })).body).toContain(
    "February 2026 has only 28 days",
  );
  const inAWeek = new Date(Date.now() + 7 * 86_400_000).toISOString().slice(0, 16);
  expect((await send(path, { ...go, until: inAWeek })).statusCode).toBe(303);
  expect(await deps().store.holds.undecidedOne(reference)).toBeNull();
  expect(await get(`/log?reference=${reference}`)).toContain("It goes on");
});

test("a doubt is ended by what a person found, with how they know", async () => {
  const owner = await worker();
  const { waiting } = await claim(owner);
  await pass(owner, waiting.slice(0, 2));
  await die(owner);
  const [first, second] = await deps().store.doubts.list(10);
  expect(await get("/doubts")).toContain(`Delivery ${first?.id}`);
  const path = `/doubts/${first?.id}`;
  expect((await send(path, { sent: "yes", how: "", who: BY })).body).toContain("Say how you know");
  expect((await send(path, { sent: "yes", how: "the relay’s log says so", who: BY })).statusCode).toBe(303);
  expect(
    (await send(`/doubts/${second?.id}`, { sent: "no", how: "the log has nothing", who: BY })).statusCode,
  ).toBe(303);
  expect(
    await rows("SELECT state, count(*)::int AS n FROM delivery WHERE id = ANY ($1) GROUP BY 1 ORDER BY 1", [
      [first?.id, second?.id],
    ]),
  ).toEqual([
    { state: "accepted", n: 1 },
    { state: "queued", n: 1 },
  ]);
  expect((await app.inject(path)).statusCode).toBe(404);
  expect(await deps().store.doubts.list(10)).toEqual([]);
});
