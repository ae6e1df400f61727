// The one-click stop: a flood is honoured whole (H95), mail needs its token (H96), and what is no one-click stops nobody (H94).
import { describe, expect, test } from "@jest/globals";
import { mailStopToken, stopToken } from "../../src/audience/stop-token.ts";
import { stopByToken } from "../../src/audience/stop.ts";
import { withPublic } from "../support/people.ts";

/** Enough to share commits and small enough for every day; `npm run bench -- one-click` is the long form. */
const FLOOD = 600;
const { house, pages, rows } = withPublic({ people: 20 });
const deps = () => house().deps;

const oneClick = (token: string, payload = "List-Unsubscribe=One-Click") =>
  pages().inject({
    method: "POST",
    url: `/stop/${token}`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload,
  });
const secret = () => deps().secret;
const count = async (sql: string, values: unknown[] = []): Promise<number> =>
  (await rows<{ n: number }>(`SELECT count(*)::int AS n FROM ${sql}`, values))[0]?.n ?? NaN;

describe("a flood (H95)", () => {
  test(`${FLOOD} one-clicks at once, with wrong ones and repeats among them, are all honoured and nothing else is`, async () => {
    await rows(
      `INSERT INTO subscriber (email, email_hash) SELECT 'flood' || n || '@example.org', 'flood' || n FROM generate_series(1, $1::int) n ON CONFLICT DO NOTHING`,
      [FLOOD + 5],
    );
    const people = await rows<{ id: string }>(
      "SELECT id FROM subscriber WHERE email_hash LIKE 'flood%' ORDER BY id",
    );
    const stopping = people.slice(0, FLOOD).map(({ id }) => id);
    const before = await count("log_entry WHERE kind = 'subscriber.stopped'");
    const posts = stopping.flatMap((id, i) => [
      oneClick(stopToken(secret(), id, i % 2 ? "community-safety-news" : null)),
      ...(i % 3 === 0 ? [oneClick(`${id}.${"0".repeat(64)}`)] : []),
      ...(i % 5 === 0 ? [oneClick(stopToken(secret(), id))] : []),
    ]);
    const answers = await Promise.all(posts);
    expect(new Set(answers.map(({ statusCode, body }) => `${statusCode} ${body}`))).toEqual(
      new Set(["200 Done.\n"]),
    );
    expect(answers.every(({ headers }) => !headers["set-cookie"] && !headers.location)).toBe(true);
    expect(await count("suppression WHERE email_hash LIKE 'flood%'")).toBe(FLOOD);
    expect(await count("log_entry WHERE kind = 'subscriber.stopped'")).toBe(before + FLOOD);
    expect(await count("audience_cells_amiss()")).toBe(0);
  });

  test("of one token is slowed down after it was honoured; another token is not", async () => {
    const [a, b] = await rows<{ id: string }>(
      "SELECT id FROM subscriber WHERE email_hash LIKE 'flood%' ORDER BY id DESC LIMIT 2",
    );
    const answers = [];
    for (let i = 0; i < 25; i += 1)
      answers.push((await oneClick(stopToken(secret(), a?.id ?? ""))).statusCode);
    expect(answers.slice(0, 20).every((status) => status === 200)).toBe(true);
    expect(answers.at(-1)).toBe(429);
    expect((await oneClick(stopToken(secret(), b?.id ?? ""))).statusCode).toBe(200);
    expect(
      await count("suppression x JOIN subscriber s USING (email_hash) WHERE s.id = ANY ($1::uuid[])", [
        [a?.id, b?.id],
      ]),
    ).toBe(2);
  });
});

describe("a message to the address (H96)", () => {
  test.each(["the token of the address", "in capitals", "the token of a link"])(
    "with %s stops the person",
    async (what) => {
      const [person] = await rows<{ id: string }>(
        "SELECT id FROM subscriber WHERE email_hash NOT IN (SELECT email_hash FROM suppression) ORDER BY id LIMIT 1",
      );
      const id = person?.id ?? "";
      const mail = mailStopToken(secret(), id);
      const token = what.includes("link")
        ? stopToken(secret(), id)
        : what === "in capitals"
          ? mail.toUpperCase()
          : mail;
      expect(await stopByToken(deps(), token, "mail")).toBe(true);
      expect(await count("suppression x JOIN subscriber s USING (email_hash) WHERE s.id = $1", [id])).toBe(1);
    },
  );

  test.each(["", "unsubscribe", "a".repeat(52), "ann@example.org", "2".repeat(51)])(
    "with %j, whoever it says it is from, stops nobody",
    async (token) => {
      const before = await count("suppression");
      expect(await stopByToken(deps(), token, "mail")).toBe(false);
      expect(await count("suppression")).toBe(before);
    },
  );
});

test("what is pressed in the mailbox needs nothing but the token, and what is not a one-click stops nobody", async () => {
  const before = await count("suppression");
  const [person] = await rows<{ id: string }>(
    "SELECT id FROM subscriber WHERE email_hash NOT IN (SELECT email_hash FROM suppression) ORDER BY id LIMIT 1",
  );
  const token = stopToken(secret(), person?.id ?? "", "community-safety-news");
  for (const payload of [
    "",
    "List-Unsubscribe=",
    "List-Unsubscribe=one-click",
    "list-unsubscribe=One-Click",
    "stop=maybe",
  ])
    expect((await oneClick(token, payload)).body).toContain("Stop all messages to me");
  expect(await count("suppression")).toBe(before);
});
