// Bringing a list in with a real browser: without JavaScript, on a phone, by keyboard; axe finds nothing on the way, and a running import tells how far it is.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { FastifyInstance } from "fastify";
import type { Page } from "playwright-core";
import { buildApp } from "../../src/web/app.ts";
import { BY, HEAD, personRow, withImports } from "../support/importing.ts";
import { DESKTOP, PHONE, withBrowser } from "./browser.ts";

const { house, rows, taken, newFolder } = withImports();
let app: FastifyInstance;
let base = "";
const visit = withBrowser(() => base);
beforeAll(async () => {
  app = await buildApp({ ...house().deps, outbox: house().outbox, timeline: house().timeline });
  base = await app.listen({ host: "127.0.0.1", port: 0 });
}, 60_000);
afterAll(() => app.close());

const findings = async (page: Page): Promise<string[]> =>
  (await new AxeBuilder({ page }).setLegacyMode(true).analyze()).violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`,
  );
async function expectFine(page: Page): Promise<void> {
  expect(await findings(page)).toEqual([]);
  expect(await page.evaluate("document.documentElement.scrollWidth - window.innerWidth")).toBeLessThanOrEqual(
    0,
  );
}

/** Windows-1252, semicolons, a broken row, long words. */
const FILE = Buffer.from(
  `Email Address;Forename;Ward;Notes about them that are rather long to read\nsian@example.org;Siân;Harbour;${"x".repeat(80)}\nbob@example.org;"Bob "";""";Ashcombe;\n"x"y;1\n`,
  "latin1",
);
function file(): string {
  const path = join(newFolder(), "a-rather-long-name-of-a-file-from-the-newsletter-tool-2026-11-22.csv");
  writeFileSync(path, FILE);
  return path;
}

describe.each([
  ["desktop", DESKTOP],
  ["phone", PHONE],
])("at %s width", (_name, viewport) => {
  it("each step is accessible and whole, from the first page to the report", async () => {
    const { page, complaints } = await visit("/imports", { viewport });
    await expectFine(page);
    await page.getByRole("button", { name: "Send the file" }).click();
    expect(await page.getByRole("alert").textContent()).toContain("Choose a CSV file");
    await expectFine(page);
    await page.getByLabel("Into which list?").selectOption("community-safety-news");
    await page.getByLabel("Who are you?").selectOption(BY);
    await page.getByLabel("CSV file").setInputFiles(file());
    await page.getByRole("button", { name: "Send the file" }).click();
    expect(await page.getByText("WINDOWS-1252 is a guess").count()).toBe(1);
    await expectFine(page);
    await page.getByRole("button", { name: /^Import into/ }).click();
    expect(await page.getByRole("alert").textContent()).toContain("Say that you have looked at the rows");
    await expectFine(page);
    await page.getByLabel(/I have looked at the first rows/).check();
    await page.getByRole("button", { name: /^Import into/ }).click();
    await page.getByText("Row by row").or(page.getByText("The report, row by row")).first().waitFor();
    await page.reload();
    await expectFine(page);
    expect(complaints.filter((text) => !/status of 422/.test(text))).toEqual([]);
  });
});

it("without JavaScript, on a phone and by keyboard, a list comes in", async () => {
  const { page } = await visit("/imports", { viewport: PHONE, javaScriptEnabled: false });
  await page.getByLabel("Into which list?").focus();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Tab");
  await page.getByLabel("CSV file").setInputFiles(file());
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/imports\/files\//);
  await page.getByLabel("Consent", { exact: true }).focus();
  await page.keyboard.press("Space");
  await page.getByLabel("Which words they agreed to").fill("2026-1");
  await page.getByLabel("Where they agreed").fill("the summer fair");
  await page.getByLabel("When they agreed").last().fill("31/3/2026");
  await page.getByLabel(/I have looked at the first rows/).focus();
  await page.keyboard.press("Space");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByText("Joined the list").waitFor({ timeout: 20_000 });
  expect(await rows("SELECT count(*)::int AS n FROM consent")).toEqual([{ n: 2 }]);
});

it("an import under way says how far it is, and by itself what came of it", async () => {
  const session = await house().deps.store.imports.begin({
    listKey: "warnings",
    fileName: "w.csv",
    madeBy: BY,
    settings: {},
  });
  await session.progress({ bytes: 420, of: 1_000, rows: 4_211 });
  const { page, complaints } = await visit(`/imports/${session.id}`);
  expect(await page.getByText("42% read, 4,211 rows so far.").count()).toBeGreaterThan(0);
  await expectFine(page);
  await session.end({ gone: false, why: "failed" });
  await page.getByText("Nothing of the file was taken in").waitFor({ timeout: 15_000 });
  expect(await page.locator("[data-live-status]").textContent()).toContain("Nothing was taken in");
  expect(complaints).toEqual([]);
});

it("a long report has pages", async () => {
  const bad = Array.from({ length: 120 }, () => personRow("nobody")).join("\n");
  const { importId } = await taken(`${HEAD}\n${bad}\n`);
  const { page } = await visit(`/imports/${importId}`, { javaScriptEnabled: false });
  await page.getByRole("link", { name: "More rows" }).click();
  expect(await page.getByText("Row 52", { exact: true }).count()).toBe(1);
  await page.getByRole("link", { name: "First rows" }).click();
  expect(await page.getByText("Row 2", { exact: true }).count()).toBe(1);
});
