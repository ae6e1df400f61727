// Join, confirm, change, stop one list, stop all, complain: in a real browser without JavaScript, 390 px wide, by keyboard alone; axe on every page.
import { AxeBuilder } from "@axe-core/playwright";
import { beforeAll, expect, test } from "@jest/globals";
import type { Page } from "playwright-core";
import { linkToken } from "../../src/audience/link-token.ts";
import { emailHash } from "../../src/audience/stop-token.ts";
import { linkIn, withPublic } from "../support/people.ts";
import { PHONE, withBrowser } from "./browser.ts";

const { house, pages, rows, one, deliver, mailTo } = withPublic({ people: 0 });
let base = "";
const visit = withBrowser(() => base);
beforeAll(async () => {
  base = await pages().listen({ host: "127.0.0.1", port: 0 });
});
/** Where a few presses of Tab do not lead, no keyboard gets. */
const MOST_TABS = 80;
const EMAIL = "keyboard.only@example.org";

/** Goes on with Tab until the control of this name has the focus, as a person without a mouse does. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let i = 0; i < MOST_TABS; i += 1) {
    await page.keyboard.press("Tab");
    const said = await page.evaluate<string>(
      `(() => { const e = document.activeElement; return [e.labels?.[0]?.textContent, e.textContent, e.getAttribute("aria-label")].filter(Boolean)[0]?.trim().replace(/\\s+/g, " ") ?? ""; })()`,
    );
    if (name.test(said)) return;
  }
  throw new Error(`Tab never came to ${String(name)} on ${page.url()}`);
}
async function press(page: Page, name: RegExp, key: "Enter" | "Space"): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.press(key);
}
async function type(page: Page, name: RegExp, text: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.type(text);
}
async function send(page: Page, name: RegExp): Promise<void> {
  await tabTo(page, name);
  // The event is of the page that comes: the one that was there has loaded long ago.
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("Enter")]);
}

/** Axe runs its own script, which a page without scripts cannot: the same html is looked at where scripts run. */
async function isClean(page: Page): Promise<void> {
  expect(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")).toBeLessThanOrEqual(
    0,
  );
  const { page: twin } = await visit("/healthz", { viewport: PHONE });
  await twin.route("**/twin", async (route) =>
    route.fulfill({ body: await page.content(), contentType: "text/html; charset=utf-8" }),
  );
  await twin.goto(`${base}/twin`);
  const { violations } = await new AxeBuilder({ page: twin }).setLegacyMode(true).analyze();
  expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`)).toEqual(
    [],
  );
  await twin.context().close();
}
const heading = (page: Page) => page.locator("h1").innerText();
const standing = () =>
  one<number>("SELECT count(*)::int FROM consent WHERE withdrawn_at IS NULL AND list_key <> 'never'");

test("a person joins, confirms, changes, stops one list, stops all and complains", async () => {
  const { page, complaints } = await visit("/news", { viewport: PHONE, javaScriptEnabled: false });

  await send(page, /^Get our messages$/);
  await isClean(page);
  await send(page, /^Send me the confirming message$/);
  expect(await page.getByRole("alert").innerText()).toContain("Choose at least one list");
  await isClean(page);
  await press(page, /^Community safety news$/, "Space");
  await press(page, /^Emergency warnings$/, "Space");
  await type(page, /^Your email address$/, EMAIL);
  await send(page, /^Send me the confirming message$/);
  expect(await heading(page)).toBe("Now look into your mailbox");
  await isClean(page);

  await deliver();
  await page.goto(base + linkIn(await mailTo(EMAIL), "confirm"));
  await isClean(page);
  expect(await standing()).toBe(0);
  await send(page, /^Yes, I want these messages$/);
  expect(await heading(page)).toBe("You are on the list");
  await isClean(page);
  expect(await standing()).toBe(2);

  await send(page, /^See or change what you get$/);
  await isClean(page);
  await type(page, /^First name$/, "Kay");
  await press(page, /^Scams and fraud$/, "Space");
  await tabTo(page, /^Pause$/);
  await page.keyboard.press("ArrowDown");
  await send(page, /^Save my choices$/);
  expect(await page.locator("main").innerText()).toContain("Your choices are saved");
  await isClean(page);
  const [person] = await rows(
    "SELECT first_name, interests, paused_until IS NOT NULL AS paused FROM subscriber",
  );
  expect(person).toEqual({ first_name: "Kay", interests: ["scams"], paused: true });

  await send(page, /^Stop this list Emergency warnings$/);
  expect(await page.locator("main").innerText()).toContain("You get no more of “Emergency warnings”");
  expect(await standing()).toBe(1);
  await isClean(page);
  await send(page, /^Stop all messages to me$/);
  expect(await standing()).toBe(0);
  await isClean(page);

  await send(page, /^Complain about what we do with your details$/);
  await isClean(page);
  await press(page, /^I get messages I did not ask for$/, "Space");
  await type(page, /^What happened/, "I never asked.");
  await type(page, /^Where do we send the answer/, EMAIL);
  await send(page, /^Send the complaint$/);
  expect(await heading(page)).toBe("We have your complaint");
  await isClean(page);
  await deliver();
  expect((await mailTo(EMAIL)).subject).toContain(await page.locator(".verdict__reference").innerText());

  expect(complaints.filter((text) => !/status of 422/.test(text))).toEqual([]);
  expect(await page.context().cookies()).toEqual([]);
}, 180_000);

test("over the stop link of a message a person stops its list, then everything, or goes to their choices", async () => {
  const { stopLink } = house().deps;
  const id = await one<string>("SELECT id FROM subscriber");
  const link = new URL(stopLink(id, "community-safety-news")).pathname;
  const { page } = await visit(link, { viewport: PHONE, javaScriptEnabled: false });
  await isClean(page);
  await send(page, /^Stop only the list this message came from$/);
  expect(await heading(page)).toBe("You will get no more of this list");
  await isClean(page);
  await page.goto(base + link);
  await send(page, /^Choose what you get$/);
  expect(await heading(page)).toBe("What you get from us");
  await send(page, /^Erase me$/);
  await isClean(page);
  await send(page, /^Yes, erase me$/);
  expect(await heading(page)).toBe("You are erased");
  await isClean(page);
}, 120_000);

test.each(["/join/young", "/join/private", "/preferences/nonsense", "/complaints", "/stop/nonsense"])(
  "%s: axe finds nothing and nothing is cut off",
  async (path) => {
    const { page } = await visit(path, { viewport: PHONE, javaScriptEnabled: false });
    await isClean(page);
  },
);

test("a complaint's page for staff: axe finds nothing", async () => {
  const { page } = await visit("/complaints", { viewport: PHONE });
  await page.locator("a.row__title").first().click();
  await isClean(page);
});

// What goes wrong, what is over, and the link of an hour.
test("what goes wrong on the way is told as accessibly as what goes well", async () => {
  const { secret } = house().deps;
  const email = "axe@example.org";
  const id = await one<string>(
    "INSERT INTO subscriber (email, email_hash, groups, interests) VALUES ($1, $2, '{}', '{}') RETURNING id",
    [email, emailHash(secret, email)],
  );
  await rows(
    `INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at)
     SELECT $1, l, 'consent', '2026-1', 'join page', now() FROM unnest('{warnings,circle-7}'::text[]) l`,
    [id],
  );
  const open = async (path: string) =>
    (await visit(path, { viewport: PHONE, javaScriptEnabled: false })).page;

  const complaint = await open("/complain");
  await send(complaint, /^Send the complaint$/);
  expect(await complaint.getByRole("alert").innerText()).toContain("Choose what it is about");
  await isClean(complaint);

  const confirm = await open("/confirm/nonsense");
  await send(confirm, /^Yes, I want these messages$/);
  expect(await heading(confirm)).toBe("Nothing was changed");
  await isClean(confirm);

  const stop = await open("/stop/nonsense");
  await send(stop, /^Stop all messages to me$/);
  expect(await heading(stop)).toBe("Nothing was changed");
  await isClean(stop);

  const all = await open(`/preferences/${linkToken(secret, "everything", id, Date.now() + 600_000)}`);
  expect(await all.locator("main").innerText()).toContain("Help after abuse at home");
  await isClean(all);
  await type(all, /^First name$/, "x".repeat(81));
  await send(all, /^Save my choices$/);
  expect(await all.getByRole("alert").innerText()).toContain("at most 80 characters");
  expect(await all.locator("#first_name-error").count()).toBe(1);
  await isClean(all);

  const some = await open(`/preferences/${linkToken(secret, "preferences", id)}`);
  await send(some, /^Send me that link$/);
  expect(await heading(some)).toBe("Now look into your mailbox");
  await isClean(some);
}, 180_000);
