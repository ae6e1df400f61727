// The house's own conventions, held by a machine: who imports whom, sizes, settings, states, codes and documents that say what is so.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { promisify } from "node:util";
import { describe, expect, test } from "@jest/globals";
import { PROJECT, SETTING_NAMES } from "../../config/env.ts";
import { buildProgram } from "../../src/cli/main.ts";
import { cliReference } from "../../src/cli/reference.ts";
import { COMMUNICATION_STATES } from "../../src/domain/communication.ts";
import { DELIVERY_STATES, OPEN_STATES } from "../../src/domain/delivery.ts";
import { type StoredEntry, faultIn, LOG_KINDS } from "../../src/domain/log-entry.ts";
import { sha256 } from "../../src/lib/hash.ts";

const run = promisify(execFile);
const read = (path: string) => readFileSync(join(PROJECT, path), "utf8");

/** Every file below a folder of the project, as paths from its root. What is generated is nobody's hand. */
function filesIn(folder: string): string[] {
  return readdirSync(join(PROJECT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(PROJECT, join(entry.parentPath, entry.name)).replaceAll("\\", "/"))
    .filter((path) => !path.startsWith("src/generated/"));
}
const sources = ["src", "workers", "config"].flatMap(filesIn).filter((path) => path.endsWith(".ts"));
const matches = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, found = ""]) => found);

test("every import keeps the house's rules", async () => {
  const binary = join(PROJECT, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs");
  const options = [
    "--config",
    ".dependency-cruiser.cjs",
    "--output-type",
    "json",
    "src",
    "workers",
    "config",
  ];
  const { stdout } = await run(process.execPath, [binary, ...options], {
    cwd: PROJECT,
    maxBuffer: 200_000_000,
  }).catch((error: { stdout: string }) => error);
  const { summary } = JSON.parse(stdout) as {
    summary: { totalCruised: number; violations: { rule: { name: string }; from: string; to: string }[] };
  };
  expect(summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`)).toEqual([]);
  expect(summary.totalCruised).toBeGreaterThan(100);
});

describe("a source file", () => {
  const tooLong = (paths: readonly string[], most: number) =>
    paths
      .map((path) => ({ path, lines: read(path).trimEnd().split("\n").length }))
      .filter(({ lines }) => lines > most);

  test("has at most 200 lines", () => {
    expect(tooLong(sources, 200)).toEqual([]);
  });

  test("of workers/ has at most 25, but for the one that starts them", () => {
    const workers = sources.filter((path) => path.startsWith("workers/") && path !== "workers/main.ts");
    expect(workers.length).toBeGreaterThanOrEqual(4);
    expect(tooLong(workers, 25)).toEqual([]);
  });

  test("begins with a line that says what it is for", () => {
    const silent = sources.filter((path) => !/^\/\/ \S.{9,}/.test(read(path)));
    expect(silent).toEqual([]);
  });

  test("has a name in small letters and hyphens", () => {
    expect(sources.filter((path) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.d)?\.ts$/.test(basename(path)))).toEqual([]);
  });

  test("reads no environment outside config/", () => {
    const reading = sources.filter((path) => /process\s*\.\s*env\b/.test(read(path)));
    expect(reading.filter((path) => !path.startsWith("config/"))).toEqual([]);
    expect(reading).toEqual(["config/env.ts"]);
  });
});

test("every setting is explained in .env.example, and nothing else is", () => {
  const named = matches(read(".env.example"), /^#?\s?([A-Z][A-Z0-9_]+)=/gm);
  expect([...new Set(named)].sort()).toEqual([...SETTING_NAMES].sort());
});

describe("SQL", () => {
  test.each(
    [...filesIn("src/store/sql"), ...filesIn("prisma/migrations")].filter((path) => path.endsWith(".sql")),
  )("in %s says first what it does", (path) => {
    expect(read(path)).toMatch(/^-- \S.{19,}/);
  });

  const migrations = filesIn("prisma/migrations")
    .filter((path) => path.endsWith(".sql"))
    .sort()
    .map(read)
    .join("\n");
  /** The states a CHECK of that name allows, as the last migration that names it has it. */
  const checked = (name: string): string[] => {
    const [, list = ""] =
      [...migrations.matchAll(new RegExp(`"${name}" CHECK \\("state" IN\\s*\\(([^)]*)\\)`, "g"))].at(-1) ??
      [];
    return matches(list, /'([a-z_]+)'/g).sort();
  };

  test("allows a communication exactly the states of its table of moves", () => {
    expect(checked("communication_state")).toEqual([...COMMUNICATION_STATES].sort());
  });

  test("allows a delivery exactly the states of its table of moves", () => {
    expect(checked("delivery_state")).toEqual([...DELIVERY_STATES].sort());
  });

  test("calls a batch done by exactly the states in which somebody still has something to do", () => {
    const [list = ""] = matches(read("src/store/sql/close-batches.sql"), /d\.state IN \(([^)]*)\)/g);
    expect(matches(list, /'([a-z_]+)'/g).sort()).toEqual([...OPEN_STATES, "in_doubt", "held"].sort());
  });
});

describe("docs/errors.md", () => {
  const code = sources.map(read).join("\n");
  const thrown = matches(code, /new DomainError\(\s*"([a-z-]+)"/g);
  const listed = matches(read("docs/errors.md"), /^\| `([a-z-]+)` \|/gm);

  test("lists every code that is thrown, and no other, in order and once", () => {
    expect(listed).toEqual([...new Set(thrown)].sort());
  });

  test("can know them all: each DomainError is given its code as a literal", () => {
    expect(thrown).toHaveLength(matches(code, /(new DomainError\()/g).length);
  });
});

describe("docs/log.md", () => {
  const text = read("docs/log.md");

  test("lists every kind of entry with its meaning, and no other", () => {
    const rows = [...text.matchAll(/^\| `([a-z]+\.[a-z]+)` \| (.+) \|$/gm)].map(([, kind, said]) => [
      kind,
      said,
    ]);
    expect(rows).toEqual(Object.entries(LOG_KINDS));
  });

  test("shows an example whose numbers are right", () => {
    const [example = ""] = matches(text, /```tsv\n([\s\S]*?)\n```/g);
    const entries = example.split("\n").map((line): StoredEntry => {
      const [seq, at = "", body = "", prevHash = "", hash = ""] = line.split("\t");
      return { seq: Number(seq), at, body, prevHash, hash };
    });
    expect(entries).toHaveLength(3);
    entries.forEach((entry, i) => expect(faultIn(entry, entries[i - 1] ?? null, sha256)).toBeNull());
    expect(text).toContain(`Their head is \`${entries[2]?.hash}\``);
    expect(text).toContain(`gives \`${entries[1]?.hash}\``);
  });
});

test("docs/cli.md says what the program says of itself (UPDATE_DOCS=1 writes it)", () => {
  const said = cliReference(buildProgram());
  const file = join(PROJECT, "docs", "cli.md");
  if (process.env.UPDATE_DOCS === "1") writeFileSync(file, said);
  expect(readFileSync(file, "utf8")).toBe(said);
});

describe("a package we depend on", () => {
  const { dependencies } = JSON.parse(read("package.json")) as { dependencies: Record<string, string> };
  const names = Object.keys(dependencies);
  /** Packages whose front door is not the one we use. */
  const DOORS: Readonly<Record<string, string>> = {
    "@prisma/client": "@prisma/client/runtime/client", // its root wants a client generated into node_modules; ours is in src/generated
    prisma: "prisma/config", // a command; its library part is what prisma.config.ts reads
  };

  test("can be imported", async () => {
    const doors = names.map((name) => DOORS[name] ?? name);
    const script = `const failed = [];
      for (const door of ${JSON.stringify(doors)}) await import(door).catch((error) => failed.push(door + ": " + error.message));
      process.stdout.write(JSON.stringify(failed), () => process.exit(0));`;
    const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script], { cwd: PROJECT });
    expect(JSON.parse(stdout)).toEqual([]);
  });

  test("is really used by what runs", () => {
    const used = ["src", "workers", "config", "tools", "bench"].flatMap((folder) =>
      readdirSync(join(PROJECT, folder), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(ts|mjs|scss)$/.test(entry.name))
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8")),
    );
    const code = [...used, read("prisma.config.ts")].join("\n");
    const mentioned = (name: string) => new RegExp(`["'](node_modules/)?${name}["'/]`).test(code);
    expect(names.filter((name) => !mentioned(name))).toEqual([]);
  });
});

test("every kind of work that locks has a number of its own; only the gate and what closes it share one", () => {
  const meetAtTheGate = "3";
  const users = new Map<string, string[]>();
  for (const path of sources)
    for (const number of new Set(matches(read(path), /7201, (\d+)/g)))
      users.set(number, [...(users.get(number) ?? []), path]);
  const shared = [...users].filter(([number, paths]) => number !== meetAtTheGate && paths.length > 1);
  expect(shared).toEqual([]);
});
