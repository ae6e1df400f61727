// A real browser for tests: the system's Chromium, else the one the npm registry ships. Never skips: without one it fails.
import { afterAll, beforeAll } from "@jest/globals";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { browserPath } from "../../config/env.ts";

const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"],
  ...["--disable-background-networking", "--disable-component-update"],
];
export const DESKTOP = { width: 1280, height: 900 };
export const PHONE = { width: 390, height: 844 };

async function launch(): Promise<Browser> {
  const path = browserPath();
  if (path) return chromium.launch({ executablePath: path, args: FLAGS });
  const { default: shipped } = await import("@sparticuz/chromium");
  return chromium.launch({
    executablePath: await shipped.executablePath(),
    args: [...shipped.args, ...FLAGS],
  });
}

export interface Visit {
  readonly page: Page;
  /** Everything the browser complained of, and every request that left our own site. */
  readonly complaints: string[];
}

/** Opens pages under `base()`; all are closed after the tests of this file. */
export function withBrowser(base: () => string) {
  let browser: Browser | null = null;
  beforeAll(async () => {
    browser = await launch();
  }, 60_000);
  afterAll(() => browser?.close());

  return async function visit(path: string, options: BrowserContextOptions = {}): Promise<Visit> {
    if (!browser) throw new Error("The browser is open inside tests only.");
    const context = await browser.newContext({ viewport: DESKTOP, ...options });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on("console", (said) => {
      if (["error", "warning"].includes(said.type())) complaints.push(said.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("request", (request) => {
      if (!request.url().startsWith(base())) complaints.push(`asked ${request.url()}`);
    });
    await page.goto(base() + path);
    return { page, complaints };
  };
}
