// People join: a page that tells strangers nothing, one letter, a link that only a person's press uses, and evidence of exactly that (H8).
import { describe, expect, test } from "@jest/globals";
import { linkToken } from "../../src/audience/link-token.ts";
import { emailHash } from "../../src/audience/stop-token.ts";
import { hold, releaseHold } from "../../src/journey/hold.ts";
import { linkIn, withPublic } from "../support/people.ts";

const { house, rows, one, get, post, deliver, mailTo, mails } = withPublic({ people: 3 });
const NEWS = { "list.community-safety-news": "yes" };
const BY = "tom.ellery@council.example.org";
let count = 0;
const somebody = (): string => `joiner${(count += 1)}@example.net`;
const hashOf = (email: string) => emailHash(house().deps.secret, email);
/** Nonces and what was typed apart, as a stranger would compare two answers. */
const bare = (html: string): string => html.replace(/nonce="[^"]*"/g, "");

async function joined(email: string, fields: Record<string, string> = NEWS, page = "/join"): Promise<string> {
  expect((await post(page, { email, ...fields })).statusCode).toBe(200);
  await deliver();
  const link = linkIn(await mailTo(email), "confirm");
  expect((await post(link, { confirm: "yes" })).statusCode).toBe(200);
  return link;
}
const consents = (email: string) =>
  rows<{ list_key: string; basis: string; wording: string; source: string }>(
    `SELECT c.list_key, c.basis, c.wording, c.source FROM consent c JOIN subscriber s ON s.id = c.subscriber_id
      WHERE s.email_hash = $1 AND c.withdrawn_at IS NULL ORDER BY 1`,
    [hashOf(email)],
  );

test("who joins, reads the letter and presses its button is on the list, with the evidence of it", async () => {
  const email = somebody();
  await rows("INSERT INTO postcode VALUES ('AL1 2CD', 'ALW-05') ON CONFLICT DO NOTHING");
  await joined(email, {
    ...{
      ...NEWS,
      "list.warnings": "yes",
      first_name: " Ann ",
      postcode: "al12cd",
      language: "pl",
      format: "plain",
    },
    ...{
      "group.over-65": "yes",
      "group.made-up": "yes",
      "interest.scams": "yes",
      "interest.abuse-support": "yes",
    },
  });
  expect(await consents(email)).toEqual([
    { list_key: "community-safety-news", basis: "consent", wording: "2026-1", source: "join page" },
    { list_key: "warnings", basis: "consent", wording: "2026-1", source: "join page" },
  ]);
  const [person] = await rows("SELECT * FROM subscriber WHERE email_hash = $1", [hashOf(email)]);
  expect(person).toMatchObject({ first_name: "Ann", area_code: "ALW-05", language: "pl", format: "plain" });
  // Nothing is kept that the page did not offer.
  expect(person).toMatchObject({ groups: ["over-65"], interests: ["scams"] });
  expect(
    await one("SELECT string_agg(body, '') FROM log_entry WHERE kind = 'subscriber.joined'"),
  ).not.toContain("joiner");
  expect((await mailTo(email)).text).toContain("Community safety news");
});

describe("a stranger learns nothing", () => {
  test("the answer is the same for an address that is new, known, suppressed, or had its letters", async () => {
    const [known, suppressed] = [somebody(), somebody()];
    await joined(known);
    await rows("INSERT INTO suppression (email_hash, reason) VALUES ($1, 'page')", [hashOf(suppressed)]);
    const answers = await Promise.all(
      [somebody(), known, suppressed].map(async (email) =>
        bare((await post("/join", { email, ...NEWS })).body),
      ),
    );
    const tired = somebody();
    for (let i = 0; i < 5; i += 1) answers.push(bare((await post("/join", { email: tired, ...NEWS })).body));
    expect(new Set(answers).size).toBe(1);
    await deliver();
    expect(mails(tired)).toBe(3);
  });

  test("what a machine filled in is answered alike and kept nowhere", async () => {
    const email = somebody();
    const honest = bare((await post("/join", { email: somebody(), ...NEWS })).body);
    expect(bare((await post("/join", { email, ...NEWS, website: "https://x" })).body)).toBe(honest);
    expect(await one("SELECT count(*)::int FROM sign_up WHERE email = $1", [email])).toBe(0);
  });

  test("the confirming page is the same for every token, and looking at it changes nothing", async () => {
    const email = somebody();
    await post("/join", { email, ...NEWS });
    await deliver();
    const link = linkIn(await mailTo(email), "confirm");
    expect(bare((await get(link)).body)).toBe(bare((await get("/confirm/nonsense")).body));
    expect((await post(link, {})).body).toContain("Yes, I want these messages");
    expect(await consents(email)).toEqual([]);
  });
});

test.each([
  ["no address", { email: "" }, "Enter your email address"],
  ["two addresses", { email: "a@example.org, b@example.org" }, "must be one address, not several"],
  ["an address of our own", { email: "bellman@safer-alderwick.example.org" }, "our own messages come from"],
  ["no list", { email: "a@example.org", "list.community-safety-news": "" }, null],
  [
    "a postcode nobody knows",
    { email: "a@example.org", postcode: "ZZ9 9ZZ" },
    "We do not know this postcode",
  ],
  [
    "something that is no postcode",
    { email: "a@example.org", postcode: "'; --" },
    "We do not know this postcode",
  ],
  ["a language we do not write", { email: "a@example.org", language: "xx" }, "Choose a language"],
  ["what is no language at all", { email: "a@example.org", language: "!" }, "Choose a language"],
])("with %s it says what is wrong and keeps nothing", async (_what, fields, said) => {
  const before = await one("SELECT count(*)::int FROM sign_up");
  const answer = await post("/join", said === null ? { email: "a@example.org" } : { ...NEWS, ...fields });
  expect(answer.statusCode).toBe(422);
  expect(answer.body).toContain(said ?? "Choose at least one list");
  expect(answer.body).toContain("There is a problem");
  expect(await one("SELECT count(*)::int FROM sign_up")).toBe(before);
});

describe("lists apart", () => {
  test("the ordinary page names no sensitive list or interest, and takes neither", async () => {
    const { body } = await get("/join");
    expect(body).not.toMatch(/abuse|hate crime|Young Alderwick/i);
    expect((await post("/join", { email: somebody(), "list.circle-7": "yes" })).statusCode).toBe(422);
  });

  test("the private page has a way out, seals what is chosen, and the letter does not say what it is about", async () => {
    const { body } = await get("/join/private");
    expect(body).toContain("govuk-exit-this-page");
    expect(body).toMatch(/<title>\s*Safer Alderwick Partnership\s*<\/title>/);
    const email = somebody();
    await joined(email, { "list.circle-7": "yes", "interest.abuse-support": "yes" }, "/join/private");
    const mail = await mailTo(email);
    expect(`${mail.subject ?? ""} ${mail.text ?? ""} ${mail.html ?? ""}`).not.toMatch(/abuse|circle/i);
    expect(await one("SELECT interests[1] FROM subscriber WHERE email_hash = $1", [hashOf(email)])).toMatch(
      /^~/,
    );
  });

  test.each([
    ["under-13", "from 13"],
    ["adult", "people under 18"],
    ["", "Choose your age"],
  ])("a young people's list is not for %j", async (age, said) => {
    const answer = await post("/join/young", { email: somebody(), "list.young-alderwick": "yes", age });
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain(said);
  });

  test("an address is on one side only: children's lists and others never mix", async () => {
    const email = somebody();
    await joined(email, { "list.young-alderwick": "yes", age: "13-17" }, "/join/young");
    expect(await one("SELECT age_band FROM subscriber WHERE email_hash = $1", [hashOf(email)])).toBe("13-17");
    await post("/join", { email, ...NEWS });
    await deliver();
    const answer = await post(linkIn(await mailTo(email), "confirm"), { confirm: "yes" });
    expect(answer.body).toContain("one address can be on one side only");
    expect((await consents(email)).map((c) => c.list_key)).toEqual(["young-alderwick"]);
  });
});

test.each([
  ["/join/young", { "list.young-alderwick": "yes", age: "13-17" }],
  ["/join/private", { "list.circle-7": "yes" }],
])("who gets no letter after %s tries again on that page", async (page, fields) => {
  const { body } = await post(page, { email: somebody(), ...fields });
  const main = /<main[^]*<\/main>/.exec(body)?.[0];
  expect(main).toContain(`<a class="govuk-link" href="${page}">try once more</a>`);
});

test("who cannot stop over a broken link is told what else to do", async () => {
  const { body } = await post("/stop/nonsense", { stop: "yes" });
  expect(/<main[^]*<\/main>/.exec(body)?.[0]).toContain('href="/complain"');
});

describe("the link", () => {
  test("used twice says the same and gives one consent; too old it gives none", async () => {
    const email = somebody();
    const link = await joined(email);
    expect((await post(link, { confirm: "yes" })).body).toContain("You are on the list");
    expect(await consents(email)).toHaveLength(1);
    const late = somebody();
    await post("/join", { email: late, ...NEWS });
    await deliver();
    const old = linkIn(await mailTo(late), "confirm");
    await rows("UPDATE sign_up SET expires_at = now() - interval '1 second' WHERE email = $1", [late]);
    expect((await post(old, { confirm: "yes" })).body).toContain("too old");
    expect(await consents(late)).toEqual([]);
  });

  test("of another purpose opens nothing", async () => {
    const id = await one<string>("SELECT id FROM subscriber LIMIT 1");
    for (const purpose of ["preferences", "everything"] as const)
      expect(
        (await post(`/confirm/${linkToken(house().deps.secret, purpose, id)}`, { confirm: "yes" })).body,
      ).toContain("Nothing was changed");
  });
});

test("a fresh opt-in lifts an earlier stop for exactly the lists asked for (H8)", async () => {
  const email = somebody();
  await joined(email, { ...NEWS, "list.warnings": "yes" });
  const id = await one<string>("SELECT id FROM subscriber WHERE email_hash = $1", [hashOf(email)]);
  await house().deps.store.audience.stop(id, "page", { kind: "subscriber.stopped", actor: "subscriber" });
  expect(await consents(email)).toEqual([]);
  await joined(email, { "list.warnings": "yes" });
  expect((await consents(email)).map((c) => c.list_key)).toEqual(["warnings"]);
  expect(await one("SELECT count(*)::int FROM suppression WHERE email_hash = $1", [hashOf(email)])).toBe(0);
  const objected = await rows<{ list_key: string }>("SELECT list_key FROM objection WHERE email_hash = $1", [
    hashOf(email),
  ]);
  expect(objected.map((row) => row.list_key).sort()).toEqual([
    "circle-7",
    "community-safety-news",
    "young-alderwick",
  ]);
  await expect(one("SELECT count(*)::int FROM audience_cells_amiss()")).resolves.toBe(0);
});

describe("a letter", () => {
  test("waits while everything is on hold, and leaves once when the hold is lifted", async () => {
    const email = somebody();
    const id = await hold(house().deps, { scope: { kind: "everything", key: "" }, reason: "x", by: BY });
    await post("/join", { email, ...NEWS });
    await deliver();
    expect(mails(email)).toBe(0);
    await releaseHold(house().deps, { id, by: BY });
    await Promise.all([deliver(), deliver(), deliver()]);
    expect(mails(email)).toBe(1);
  });

  test("holds no address, and is of no use after its time", async () => {
    const email = somebody();
    await post("/join", { email, ...NEWS });
    const letter = await one<object>("SELECT to_jsonb(l) FROM letter l ORDER BY asked_at DESC LIMIT 1");
    expect(JSON.stringify(letter)).not.toContain("joiner");
    await rows("UPDATE letter SET useful_until = now() - interval '1 second' WHERE state = 'waiting'");
    await deliver();
    expect(mails(email)).toBe(0);
  });
});
