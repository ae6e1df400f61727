// Gives a test file a database of its own: a copy of the one that global-setup.mjs filled with our tables.
import { afterAll, beforeAll } from "@jest/globals";
import { copyDatabase, dropDatabase } from "./databases.ts";

export interface TestDatabase {
  readonly url: string;
  /** Drops it; end your own connections first. */
  readonly close: () => Promise<void>;
}

/** A fresh copy, for a test that wants to open and close it itself. */
export async function openTestDatabase(): Promise<TestDatabase> {
  const template = process.env.BELLMAN_TEST_TEMPLATE;
  if (!template)
    throw new Error("There is no test database: run with `node tools/test.mjs`, and not only test/unit.");
  const url = await copyDatabase(template);
  return { url, close: () => dropDatabase(url) };
}

/**
 * One database for the tests of this file; call it at the top and read `url` inside tests and hooks. It is dropped when
 * all tests passed, and kept with its name printed when one failed.
 */
export function withDatabase(): { readonly url: string } {
  let database: TestDatabase | null = null;
  beforeAll(async () => {
    database = await openTestDatabase();
  });
  afterAll(async () => {
    if (!database) return;
    if (!aTestFailed()) return database.close();
    const name = new URL(database.url).pathname.slice(1);
    const where = process.env.BELLMAN_TEST_DIR
      ? `, whose server's files stay in ${process.env.BELLMAN_TEST_DIR}`
      : "";
    process.stderr.write(`A test failed: its database ${name} is kept${where}.\n`);
  });
  return {
    get url(): string {
      if (!database) throw new Error("The test database is open inside tests and hooks only.");
      return database.url;
    },
  };
}

interface Block {
  readonly type: "describeBlock" | "test";
  readonly children?: readonly Block[];
  readonly errors?: readonly unknown[];
}

/** Jest tells its hooks nothing of the outcome; its own record of the file does. Unknown counts as failed: nothing is lost. */
function aTestFailed(): boolean {
  const key = Object.getOwnPropertySymbols(globalThis).find(
    (symbol) => symbol.description === "JEST_STATE_SYMBOL",
  );
  const state = key && (globalThis as unknown as Record<symbol, { rootDescribeBlock?: Block }>)[key];
  return state?.rootDescribeBlock ? failedIn(state.rootDescribeBlock) : true;
}

const failedIn = (block: Block): boolean =>
  (block.errors ?? []).length > 0 || (block.children ?? []).some((child) => failedIn(child));
