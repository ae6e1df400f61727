// kill -9 of an import, at named places and at any moment: nothing of it is ever seen, and the next one clears up and succeeds (H13).
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "@jest/globals";
import { PROJECT } from "../../config/env.ts";
import { BY, HEAD, LIST, personRow, withImports } from "../support/importing.ts";
import { until } from "../support/waiting.ts";

const { house, databaseUrl, file, rows, newFolder } = withImports();
const PEOPLE = 20_000;
const content = `${HEAD}\n${Array.from({ length: PEOPLE }, (_, i) => personRow(`p${i}@example.org`)).join("\n")}\nnobody,,,,,\n`;

/** `bellman subscribers import` in a process of its own, on a data folder of its own and this database. */
function start(path: string, env: Record<string, string> = {}) {
  const args = ["subscribers", "import", path, "--list", LIST, "--by", BY, "--json"];
  const child = spawn(process.execPath, [join(PROJECT, "tools", "bellman.mjs"), ...args], {
    env: {
      PATH: process.env.PATH ?? "",
      BELLMAN_DATA_DIR: newFolder(),
      DATABASE_URL: databaseUrl(),
      LOG_LEVEL: "error",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let out = "";
  child.stdout.on("data", (data: Buffer) => (out += data.toString()));
  const gone = once(child, "exit");
  return { child, gone, out: () => out };
}

const seen = () =>
  rows(
    `SELECT (SELECT count(*) FROM subscriber)::int AS people, (SELECT count(*) FROM consent)::int AS consents,
            (SELECT count(*) FROM audience_cell)::int AS cells, (SELECT count(*) FROM import WHERE state = 'done')::int AS done,
            (SELECT count(*) FROM log_entry WHERE body LIKE '%list.imported%')::int AS lines`,
  ).then(([found]) => found);
const nothing = { people: 0, consents: 0, cells: 0, done: 0 };

/** Its connection is gone once PostgreSQL has noticed. */
const letGo = () =>
  until(
    async () =>
      (await rows("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND classid = 7202")).length === 0,
  );

async function expectWhole(path: string): Promise<void> {
  const before = (await seen())?.lines as number;
  const again = start(path);
  expect((await again.gone)[0]).toBe(0);
  expect(JSON.parse(again.out())).toMatchObject({ kind: "taken", joined: PEOPLE, refused: 1 });
  expect(await seen()).toMatchObject({ people: PEOPLE, consents: PEOPLE, done: 1, lines: before + 1 });
  expect(await rows("SELECT * FROM audience_cells_amiss()")).toEqual([]);
  expect(await rows("SELECT 1 FROM import WHERE state = 'reading'")).toEqual([]);
  expect(await rows("SELECT 1 FROM import_row")).toEqual([]);
  expect(await rows("SELECT 1 FROM import_refusal")).toHaveLength(1);
}

test.each([
  ["all rows are there and nobody is taken", "import_copied:SIGKILL"],
  ["everybody is written and nothing is committed", "import_taken:SIGKILL"],
])(
  "killed where %s: nobody sees anything, and the next import is whole",
  async (_where, failpoint) => {
    const path = file(content);
    const killed = start(path, { BELLMAN_FAILPOINT: failpoint });
    expect((await killed.gone)[1]).toBe("SIGKILL");
    await letGo();
    expect(await seen()).toMatchObject(nothing);
    expect(await rows("SELECT state FROM import")).toEqual([{ state: "reading" }]);
    await expectWhole(path);
    expect(await rows("SELECT state FROM import ORDER BY started_at")).toEqual([
      { state: "failed" },
      { state: "done" },
    ]);
  },
  180_000,
);

test("killed at any moment: all of it or nothing", async () => {
  const path = file(content);
  for (let kill = 0; kill < 3; kill += 1) {
    const killed = start(path);
    await until(async () => (await rows("SELECT 1 FROM import WHERE state = 'reading'")).length > 0, 60_000);
    await sleep(Math.random() * 500);
    killed.child.kill("SIGKILL");
    await killed.gone;
    await letGo();
    const now = await seen();
    if (now?.done === 1) return; // it had just been taken, and that is whole, too
    expect(now).toMatchObject(nothing);
  }
  await expectWhole(path);
}, 300_000);

test("what a killed import left is cleared at night as well, and a running one is left alone", async () => {
  const killed = start(file(content), { BELLMAN_FAILPOINT: "import_copied:SIGKILL" });
  await killed.gone;
  await letGo();
  const session = await house().deps.store.imports.begin({
    listKey: LIST,
    fileName: "x.csv",
    madeBy: BY,
    settings: {},
  });
  expect(await house().deps.store.imports.clear()).toBe(1);
  expect(await rows("SELECT 1 FROM import_row UNION ALL SELECT 1 FROM import_refusal")).toEqual([]);
  expect(await rows("SELECT state, counts FROM import ORDER BY started_at")).toEqual([
    { state: "failed", counts: expect.objectContaining({ why: "interrupted" }) as unknown },
    { state: "reading", counts: {} },
  ]);
  await session.end({ gone: true });
}, 120_000);
