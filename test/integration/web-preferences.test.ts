// A person's own page: what each link shows, what a change changes, one list or all stopped, and nothing for anybody without the link.
import { beforeEach, describe, expect, test } from "@jest/globals";
import { linkToken } from "../../src/audience/link-token.ts";
import { sealedInterest } from "../../src/audience/sealed-topic.ts";
import { emailHash, stopToken } from "../../src/audience/stop-token.ts";
import { linkIn, withPublic } from "../support/people.ts";

const { house, pages, rows, one, get, post, deliver, mailTo } = withPublic({ people: 0 });
let [id, link, email] = ["", "", ""];
let count = 0;
const secret = () => house().deps.secret;
const lists = async () =>
  (
    await rows<{ list_key: string }>(
      "SELECT list_key FROM consent WHERE subscriber_id = $1 AND withdrawn_at IS NULL ORDER BY 1",
      [id],
    )
  ).map((row) => row.list_key);
const SAVE = { do: "save", language: "en", format: "html", most_per_week: "0", pause: "keep" };

beforeEach(async () => {
  email = `Person${(count += 1)}@example.org`;
  const sealed = sealedInterest(secret(), "abuse-support");
  id = await one<string>(
    `INSERT INTO subscriber (email, email_hash, first_name, groups, interests) VALUES ($1, $2, 'Sam', '{over-65,old-group}', $3) RETURNING id`,
    [email, emailHash(secret(), email), ["scams", sealed]],
  );
  await rows(
    `INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at)
     SELECT $1, l, 'consent', '2026-1', 'join page', '2026-01-05' FROM unnest('{community-safety-news,warnings,circle-7}'::text[]) l`,
    [id],
  );
  link = `/preferences/${linkToken(secret(), "preferences", id)}`;
});

test("the page shows lists with who decides, why, since when and what was agreed, and the address masked", async () => {
  const answer = await get(link);
  const page = answer.body;
  for (const words of [
    ...[
      "P•••@example.org",
      "Community safety news",
      "Emergency warnings",
      "Alderwick Council, Alderwick Police",
    ],
    ...["You asked for it, since", "5 January 2026", "I can stop at any time", "(join page)"],
  ])
    expect(page).toContain(words);
  expect(page).not.toContain(email);
  expect(answer.headers["cache-control"]).toBe("no-store");
  expect(answer.headers["referrer-policy"]).toBe("no-referrer");
  expect(answer.headers["set-cookie"]).toBeUndefined();
});

test("the link in messages shows nothing that says something about the person; the link of an hour does", async () => {
  expect((await get(link)).body).not.toMatch(/abuse|hate crime/i);
  expect((await post(link, { do: "everything" })).body).toContain("Now look into your mailbox");
  await deliver();
  const all = linkIn(await mailTo(email), "preferences");
  const { body } = await get(all);
  expect(body).toContain("Help after abuse at home");
  expect(body).toMatch(/name="interest.abuse-support"[^>]* checked/);
  expect(body).toContain("govuk-exit-this-page");
  const over = linkToken(secret(), "everything", id, Date.now() - 1_000);
  expect((await get(`/preferences/${over}`)).body).toContain("This link shows nothing");
});

test("a change is kept, what the link does not show stays, and no name reaches the log", async () => {
  const answer = await post(link, {
    ...{ ...SAVE, first_name: "Samira", area: "ALW-05", language: "pl", format: "plain", most_per_week: "2" },
    ...{
      pause: "30",
      "group.businesses": "yes",
      "interest.family": "yes",
      "interest.hate-crime-support": "yes",
    },
  });
  expect(answer.body).toContain("Your choices are saved");
  const [row] = await rows("SELECT * FROM subscriber WHERE id = $1", [id]);
  expect(row).toMatchObject({
    ...{ first_name: "Samira", area_code: "ALW-05", language: "pl", format: "plain", most_per_week: 2 },
    groups: ["old-group", "businesses"],
    interests: [sealedInterest(secret(), "abuse-support"), "family"],
  });
  expect(
    await one("SELECT paused_until > now() + interval '29 days' FROM subscriber WHERE id = $1", [id]),
  ).toBe(true);
  expect(await one("SELECT string_agg(body, '') FROM log_entry")).not.toMatch(/Samira|example\.org"/);
  await post(link, { ...SAVE, pause: "0" });
  expect(await one("SELECT paused_until FROM subscriber WHERE id = $1", [id])).toBeNull();
});

test("over the link of an hour a sensitive interest is taken, and kept sealed", async () => {
  const all = `/preferences/${linkToken(secret(), "everything", id, Date.now() + 60_000)}`;
  await post(all, { ...SAVE, "interest.hate-crime-support": "yes" });
  expect(await one("SELECT interests FROM subscriber WHERE id = $1", [id])).toEqual([
    sealedInterest(secret(), "hate-crime-support"),
  ]);
});

test("young people are asked for no group and no interest, and what they are on stays as it is", async () => {
  await rows("UPDATE subscriber SET age_band = '13-17' WHERE id = $1", [id]);
  const standing = () => one("SELECT groups || interests FROM subscriber WHERE id = $1", [id]);
  const before = await standing();
  for (const url of [link, `/preferences/${linkToken(secret(), "everything", id, Date.now() + 60_000)}`]) {
    expect((await get(url)).body).not.toMatch(/name="(group|interest)\./);
    await post(url, { ...SAVE, "interest.family": "yes", "group.businesses": "yes" });
    expect(await standing()).toEqual(before);
  }
});

test.each([
  ["a language we do not write", { language: "xx" }],
  ["a name too long for one", { first_name: "x".repeat(81) }],
  ["an odd number of messages", { most_per_week: "many" }],
  ["a pause of years", { pause: "99999" }],
])("with %s nothing is changed", async (_what, fields) => {
  const before = await one("SELECT to_jsonb(s) FROM subscriber s WHERE id = $1", [id]);
  const answer = await post(link, { ...SAVE, ...fields });
  expect(answer.statusCode).toBe(422);
  expect(answer.body).toContain("There is a problem");
  expect(await one("SELECT to_jsonb(s) FROM subscriber s WHERE id = $1", [id])).toEqual(before);
});

test("a fault stands beside its field too, and what was ticked is still ticked", async () => {
  const typed = { ...SAVE, first_name: "x".repeat(81), area: "ALW-05", language: "pl", pause: "30" };
  const { body } = await post(link, { ...typed, "interest.family": "yes" });
  expect(body).toContain('id="first_name-error"');
  expect(body).toMatch(/name="interest\.family"[^>]* checked/);
  expect(body).not.toMatch(/name="interest\.scams"[^>]* checked/);
  for (const value of ["ALW-05", "pl", "30"]) expect(body).toContain(`<option value="${value}" selected`);
  expect((await post(link, { ...SAVE, language: "!" })).statusCode).toBe(422);
});

test("who had the link sent finds the way back", async () => {
  const main = /<main[^]*<\/main>/.exec((await post(link, { do: "everything" })).body)?.[0] ?? "";
  expect(main).toContain(`href="${link}"`);
});

describe("stopping", () => {
  test("one list leaves an objection that outlives the consent, and the others as they are", async () => {
    const { body } = await post(link, { do: "stop-list", list: "community-safety-news" });
    expect(body).toContain("You get no more of “Community safety news”");
    expect(body).toContain("you stopped it");
    expect(await lists()).toEqual(["circle-7", "warnings"]);
    expect(
      await one("SELECT count(*)::int FROM objection WHERE email_hash = $1", [emailHash(secret(), email)]),
    ).toBe(1);
  });

  test("a list the link does not show cannot be stopped over it", async () => {
    await post(link, { do: "stop-list", list: "circle-7" });
    expect(await lists()).toContain("circle-7");
  });

  test("all of it works from the same page, and the page says so from then on", async () => {
    expect((await post(link, { do: "stop-all" })).body).toContain("You get no more messages from us");
    expect(await lists()).toEqual([]);
    expect((await get(link)).body).toContain("You said stop on");
  });

  test("the stop link of a message stops its own list alone where that is pressed, or leads to the choices", async () => {
    const stop = `/stop/${stopToken(secret(), id, "warnings")}`;
    expect((await post(stop, { stop: "list" })).body).toContain("You will get no more of this list");
    expect(await lists()).toEqual(["circle-7", "community-safety-news"]);
    expect((await post(stop, { stop: "choose" })).body).toContain("What you get from us");
    // A link from before lists were in them.
    const old = `/stop/${stopToken(secret(), id)}`;
    expect((await post(old, { stop: "list" })).body).toContain("What you get from us");
    expect(await lists()).toHaveLength(2);
  });
});

test("erasing asks once more, then nothing of the person is left but the mark that keeps us from writing", async () => {
  expect((await post(link, { do: "erase" })).body).toContain("This cannot be undone");
  expect(await one("SELECT count(*)::int FROM subscriber WHERE id = $1", [id])).toBe(1);
  expect((await post(link, { do: "erase-yes" })).body).toContain("You are erased");
  expect(await one("SELECT count(*)::int FROM subscriber WHERE id = $1", [id])).toBe(0);
  expect(
    await one("SELECT count(*)::int FROM suppression WHERE email_hash = $1", [emailHash(secret(), email)]),
  ).toBe(1);
  expect((await get(link)).body).toContain("This link shows nothing");
});

describe("without the right link (H94)", () => {
  const state = () =>
    one(
      `SELECT jsonb_build_array((SELECT jsonb_agg(to_jsonb(s) ORDER BY id) FROM subscriber s), (SELECT jsonb_agg(to_jsonb(c) ORDER BY id) FROM consent c),
              (SELECT count(*) FROM suppression), (SELECT count(*) FROM objection), (SELECT count(*) FROM letter), (SELECT count(*) FROM log_entry))`,
    );
  const DOINGS = [
    { ...SAVE, first_name: "Eve" },
    { do: "stop-all" },
    { do: "erase-yes" },
    { do: "everything" },
  ];

  test("one bit turned at any place of any token: a neutral page, 200, nothing changed", async () => {
    const before = await state();
    const neutral = (await get("/preferences/nonsense")).body.replace(/nonce="[^"]*"/g, "");
    for (const token of [
      linkToken(secret(), "preferences", id),
      linkToken(secret(), "everything", id, Date.now() + 60_000),
    ])
      for (let at = 0; at < token.length; at += 1) {
        const turned = Buffer.from(token, "latin1");
        turned[at] = (turned[at] ?? 0) ^ 1;
        const answer = await post(
          `/preferences/${encodeURIComponent(turned.toString("latin1"))}`,
          DOINGS[at % DOINGS.length] ?? {},
        );
        expect(answer.statusCode).toBe(200);
        expect(answer.body.replace(/nonce="[^"]*"/g, "")).toBe(neutral);
      }
    expect(await state()).toEqual(before);
  });

  test.each(["stop", "confirm", "other"])("a token made to %s opens no preferences", async (purpose) => {
    const token =
      purpose === "stop"
        ? stopToken(secret(), id)
        : linkToken(
            purpose === "other" ? "another secret" : secret(),
            purpose === "other" ? "preferences" : "confirm",
            id,
          );
    expect((await get(`/preferences/${token}`)).body).toContain("This link shows nothing");
  });

  test("looking with GET or HEAD changes nothing, on any of these pages", async () => {
    const before = await state();
    for (const method of ["GET", "HEAD"] as const)
      for (const url of [
        ...[link, `/stop/${stopToken(secret(), id, "warnings")}`, "/join", "/complain"],
        `/confirm/${linkToken(secret(), "still", id)}`,
      ])
        expect((await pages().inject({ method, url })).statusCode).toBe(200);
    expect(await state()).toEqual(before);
  });
});
