// A complaint from the public form to its answer: reference, acknowledgement, the register's 30 days, the outcome, the table (LAW12).
import { describe, expect, test } from "@jest/globals";
import { withPublic } from "../support/people.ts";

const { rows, one, get, post, deliver, mailTo, mails } = withPublic({ people: 0 });
const BY = "maya.okafor@council.example.org";
let count = 0;
const mine = { about: "after-stop", words: "=HYPERLINK(1)\nI said stop <b>in May</b>.", email: "" };

async function made(fields: Partial<typeof mine> = {}): Promise<{ reference: string; email: string }> {
  const email = `complainer${(count += 1)}@example.org`;
  const { body } = await post("/complain", { ...mine, email, ...fields });
  return { reference: /C-\w{4}-\w{4}/.exec(body)?.[0] ?? "", email };
}
/** Sends a form of the staff page, as a browser would. */
async function decide(reference: string, answers: Record<string, string>) {
  const form = /name="form" value="(\w+)"/.exec((await get("/holds")).body)?.[1] ?? "";
  return post(`/complaints/${reference}`, { form, ...answers });
}
const age = (reference: string, days: number) =>
  rows(
    `UPDATE complaint SET made_at = now() - make_interval(days => $2), acknowledge_by = now() + make_interval(days => 30 - $2) WHERE reference = $1`,
    [reference, days],
  );

test("whoever complains gets a reference at once and by email, and staff see it with 30 days to go", async () => {
  const { reference, email } = await made();
  expect(reference).toMatch(/^C-/);
  await deliver();
  const mail = await mailTo(email);
  expect(mail.subject).toContain(reference);
  expect(mail.text).not.toContain("I said stop");
  const list = (await get("/complaints")).body;
  expect(list).toContain(reference);
  expect(list).toContain("30 days left to acknowledge");
  expect(list).not.toContain(email);
  const one = (await get(`/complaints/${reference}`)).body;
  expect(one).toContain("I said stop &lt;b&gt;in May&lt;/b&gt;");
  expect(one).toContain(email);
});

test("acknowledged by a named person, then answered: the outcome is kept and sent, once", async () => {
  const { reference, email } = await made();
  expect((await decide(reference, { do: "acknowledge", taker: BY })).statusCode).toBe(303);
  expect((await get(`/complaints/${reference}`)).body).toContain("Maya Okafor");
  const outcome = "We found {{first_name}} and {% the fault %}.\n\nIt was put right on 3 May.";
  const answer = { do: "answer", who: BY, outcome };
  expect((await decide(reference, answer)).statusCode).toBe(303);
  expect((await decide(reference, answer)).statusCode).toBe(409);
  await deliver();
  await deliver();
  expect(mails(email)).toBe(2);
  expect((await mailTo(email)).text).toContain("It was put right on 3 May.");
  expect((await get("/complaints")).body).toContain("Answered");
  expect(
    await one("SELECT string_agg(kind, ' ' ORDER BY seq) FROM log_entry WHERE body LIKE $1", [
      `%${reference}%`,
    ]),
  ).toBe("complaint.made complaint.acknowledged complaint.answered");
  expect(await one("SELECT string_agg(body, '') FROM log_entry")).not.toMatch(/complainer|said stop/);
});

describe("the clock", () => {
  test.each([
    [22, "8 days left to acknowledge", null],
    [24, "6 days left to acknowledge", "within 7 days"],
    [31, "Overdue by", "should have been acknowledged by now"],
  ])("after %i days says %j, and the home page reminds in time", async (days, clock, reminder) => {
    await rows("UPDATE complaint SET state = 'answered'");
    const { reference } = await made();
    await age(reference, days);
    expect((await get("/complaints")).body).toContain(clock);
    const home = (await get("/")).body;
    if (reminder === null) expect(home).not.toContain("See the complaints");
    else expect(home).toContain(reminder);
  });
});

test.each([
  ["no words", { words: " " }, "Say what happened"],
  ["no subject", { about: "" }, "Choose what it is about"],
  ["no address", { email: "" }, "Enter your email address"],
  ["an address of our own", { email: "no-reply@safer-alderwick.example.org" }, "our own mail system"],
  ["a whole book", { words: "x".repeat(4_001) }, "at most 4,000 characters"],
])(
  "with %s it says what is wrong, keeps what was typed and registers nothing",
  async (_what, fields, said) => {
    const before = await one("SELECT count(*)::int FROM complaint");
    const answer = await post("/complain", { ...mine, email: "x@example.org", ...fields });
    expect(answer.statusCode).toBe(422);
    expect(answer.body).toContain(said);
    expect(await one("SELECT count(*)::int FROM complaint")).toBe(before);
  },
);

test("whose form-filler wrote into the hidden field keeps what they typed", async () => {
  const before = await one("SELECT count(*)::int FROM complaint");
  const { body } = await post("/complain", { ...mine, email: "filled@example.org", website: "https://x" });
  expect(body).toContain("I said stop");
  expect(body).toContain("filled@example.org");
  expect(await one("SELECT count(*)::int FROM complaint")).toBe(before);
});

test("an answer without an outcome, or from nobody, is refused beside its field", async () => {
  const { reference } = await made();
  const { statusCode, body } = await decide(reference, { do: "answer", outcome: " ", who: "" });
  expect(statusCode).toBe(422);
  expect(body).toContain("Say what you found and did");
  expect((await post(`/complaints/${reference}`, { do: "acknowledge", taker: BY })).statusCode).toBe(422);
  expect((await get("/complaints/C-AAAA-2222")).statusCode).toBe(404);
  expect((await get("/complaints/%27--")).statusCode).toBe(404);
});

test("the register as a table has no address, and no cell that a spreadsheet would run", async () => {
  const { reference } = await made();
  const { headers, body } = await get("/complaints.csv");
  expect(headers["content-type"]).toContain("text/csv");
  expect(headers["cache-control"]).toBe("no-store");
  expect(body).toContain(reference);
  expect(body).toContain("'=HYPERLINK(1)");
  expect(body).not.toContain("complainer");
});

test("4,000 characters in any script arrive whole, from the public and from staff", async () => {
  const words = "আমি".repeat(1_333); // three bytes a character: 36 kB on the way
  const { reference } = await made({ words });
  expect(await one("SELECT char_length(words) FROM complaint WHERE reference = $1", [reference])).toBe(3_999);
  expect((await decide(reference, { do: "answer", who: BY, outcome: words })).statusCode).toBe(303);
});

test("the outcome is sent however many letters the address has had today", async () => {
  const email = "often@example.org";
  const { reference } = await made({ email });
  for (let more = 0; more < 2; more += 1) await made({ email });
  await decide(reference, { do: "answer", who: BY, outcome: "We put it right." });
  await deliver();
  expect(mails(email)).toBe(4);
  expect((await mailTo(email)).text).toContain("We put it right.");
});

test("staff are told where no acknowledgement of receipt has left: then they write it themselves", async () => {
  const email = "seldom@example.org";
  const first = await made({ email });
  for (let more = 0; more < 2; more += 1) await made({ email });
  const fourth = await made({ email });
  await deliver();
  const sent = (await get(`/complaints/${first.reference}`)).body;
  expect(sent).toContain("An acknowledgement of receipt went out");
  const { body } = await get(`/complaints/${fourth.reference}`);
  expect(body).not.toContain("An acknowledgement of receipt went out");
  expect(body).toContain("No acknowledgement of receipt has left");
});

test("the register as a table is whole, however many have been answered", async () => {
  await rows(
    `INSERT INTO complaint (reference, email, about, words, state, acknowledge_by, answered_at, outcome)
     SELECT 'C-OLD-' || n, 'old@example.org', 'other', 'x', 'answered', now(), now() - n * interval '1 minute', 'y' FROM generate_series(1, 501) n`,
  );
  expect((await get("/complaints.csv")).body.match(/C-OLD-\d+/g)).toHaveLength(501);
});
