// Who said nothing for two years is asked, some each night; who does not answer is no longer written to, warnings apart (LAW10).
import { beforeEach, expect, test } from "@jest/globals";
import { RECONFIRM_PER_NIGHT } from "../../config/audience-limits.ts";
import { reconfirm } from "../../src/audience/reconfirm.ts";
import { emailHash } from "../../src/audience/stop-token.ts";
import { linkIn, withPublic } from "../support/people.ts";

const { house, rows, one, post, deliver, mailTo, mails } = withPublic({ people: 0 });
const night = () => reconfirm(house().deps);
let count = 0;

/** Somebody who last said so many months ago that they want to hear. */
async function person(monthsAgo: number, lists = ["community-safety-news", "warnings"]) {
  const email = `quiet${(count += 1)}@example.org`;
  const id = await one<string>(
    `INSERT INTO subscriber (email, email_hash, groups, interests, confirmed_at) VALUES ($1, $2, '{}', '{}', now() - make_interval(months => $3)) RETURNING id`,
    [email, emailHash(house().deps.secret, email), monthsAgo],
  );
  await rows(
    `INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at)
     SELECT $1, l, 'consent', '1', 'join page', now() - make_interval(months => $3) FROM unnest($2::text[]) l`,
    [id, lists, monthsAgo],
  );
  return { id, email };
}
const standing = async (id: string) =>
  (
    await rows<{ list_key: string }>(
      "SELECT list_key FROM consent WHERE subscriber_id = $1 AND withdrawn_at IS NULL ORDER BY 1",
      [id],
    )
  ).map((row) => row.list_key);
const longAgo = () =>
  rows(
    "UPDATE letter SET asked_at = asked_at - interval '61 days', ended_at = ended_at - interval '61 days'",
  );

beforeEach(() => rows("DELETE FROM subscriber"));

test("who joined two years ago is asked once, who joined later is not", async () => {
  const [old, recent] = [await person(25), await person(23)];
  expect((await night()).asked).toBe(1);
  expect((await night()).asked).toBe(0);
  await deliver();
  expect([mails(old.email), mails(recent.email)]).toEqual([1, 0]);
  expect((await mailTo(old.email)).subject).toBe("Do you still want our messages?");
});

test("who presses the button stays, and is asked again only after two more years", async () => {
  const { id, email } = await person(30);
  await night();
  await deliver();
  const link = linkIn(await mailTo(email), "confirm");
  expect(
    await one("SELECT confirmed_at < now() - interval '1 day' FROM subscriber WHERE id = $1", [id]),
  ).toBe(true);
  expect((await post(link, { confirm: "yes" })).body).toContain("Thank you: we keep writing");
  await longAgo();
  expect(await night()).toMatchObject({ asked: 0, lapsed: 0 });
  expect(await standing(id)).toHaveLength(2);
});

test("who does not answer in time is written to no more, but is still warned in an emergency", async () => {
  const { id } = await person(30);
  await night();
  await deliver();
  expect((await night()).lapsed).toBe(0);
  await longAgo();
  expect((await night()).lapsed).toBe(1);
  expect(await standing(id)).toEqual(["warnings"]);
  expect(
    await one("SELECT end_reason FROM consent WHERE subscriber_id = $1 AND withdrawn_at IS NOT NULL", [id]),
  ).toBe("lapsed");
  expect(await night()).toMatchObject({ asked: 0, lapsed: 0 });
  expect(
    await one("SELECT body FROM log_entry WHERE kind = 'subscriber.lapsed' ORDER BY seq DESC LIMIT 1"),
  ).toContain('"people":1');
});

test("nobody lapses who was never reached: what is not known to have been sent is asked again", async () => {
  const { id } = await person(30);
  await night();
  await rows("UPDATE letter SET state = 'unknown', ended_at = now() WHERE about = $1", [id]);
  await longAgo();
  expect(await night()).toMatchObject({ asked: 1, lapsed: 0 });
  expect(await standing(id)).toHaveLength(2);
});

test("who stopped after being asked is not written to any more, and a stop to everything is not confirmed away", async () => {
  const { id, email } = await person(30);
  await night();
  await house().deps.store.audience.stop(id, "page", { kind: "subscriber.stopped", actor: "subscriber" });
  await deliver();
  expect(mails(email)).toBe(0);
});

test("who gets nothing but warnings is not asked, and a night asks only so many", async () => {
  await person(40, ["warnings"]);
  expect((await night()).asked).toBe(0);
  const [a, b] = [await person(40), await person(50)];
  const { preferences } = house().deps.store;
  expect(await preferences.askAgain(24, 1, 60)).toBe(1);
  expect(await one("SELECT about FROM letter ORDER BY asked_at DESC LIMIT 1")).toBe(b.id);
  expect(a.id).not.toBe(b.id);
  expect(RECONFIRM_PER_NIGHT).toBeGreaterThan(0);
});

test("sign-ups nobody confirmed in time are forgotten with their addresses", async () => {
  await post("/join", { email: "never@example.org", "list.warnings": "yes" });
  await rows("UPDATE sign_up SET expires_at = now() - interval '1 minute'");
  expect((await night()).forgotten).toBe(1);
  expect(await one("SELECT count(*)::int FROM sign_up")).toBe(0);
});

test("a confirmed sign-up is evidence: no night takes it while its person is there", async () => {
  const email = "evidence@example.org";
  await post("/join", { email, "list.warnings": "yes" });
  await deliver();
  await post(linkIn(await mailTo(email), "confirm"), { confirm: "yes" });
  await rows("UPDATE sign_up SET expires_at = now() - interval '30 days'");
  expect((await night()).forgotten).toBe(0);
  expect(
    await one("SELECT count(*)::int FROM sign_up WHERE email = $1 AND confirmed_at IS NOT NULL", [email]),
  ).toBe(1);
});

// LAW3: re-consent never goes to the suppressed.
test("nobody is asked whose address came back: their consent still stands, and they are suppressed", async () => {
  const { email } = await person(30);
  await rows("INSERT INTO suppression (email_hash, reason) VALUES ($1, 'hard-bounce')", [
    emailHash(house().deps.secret, email),
  ]);
  expect((await night()).asked).toBe(0);
});
