// Bringing a large list in from a file, as `bellman subscribers import` does; the baseline is PostgreSQL's own COPY of the same file into
// a table without indexes, logs or rules: what reading and storing it costs at the very least.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import pg from "pg";
import { from as copyFrom } from "pg-copy-streams";
import { PROJECT, readSettings } from "../config/env.ts";
import { sayJson, table } from "../src/cli/print.ts";
import { startPostgres } from "../src/embedded/postgres.ts";
import { joinHouse } from "../src/house.ts";
import { apply } from "../src/partnership/apply.ts";
import { startChild } from "./child.ts";
import { writePeopleFile } from "./csv.ts";
import type { BenchOptions } from "./email.ts";
import { median, ratio, say } from "./report.ts";

interface Imported {
  readonly seconds: number;
  readonly rssMb: number;
  readonly cpuMs: number;
  readonly longestBlockMs: number;
  readonly joined: number;
  readonly refused: number;
}

export async function benchImport({ rows, runs, json, profile }: BenchOptions): Promise<void> {
  const dir = mkdtempSync(join(tmpdir(), "bellman-bench-"));
  const postgres = await startPostgres(join(dir, "postgres"));
  const env = {
    BELLMAN_DATA_DIR: dir,
    DATABASE_URL: postgres.url,
    SMTP_URL: "smtp://127.0.0.1:9",
    REDIS_URL: "",
    LOG_LEVEL: "warn",
  };
  try {
    say(`Setting up in ${dir} …`);
    const areas = await setUp(env);
    const file = join(dir, "people.csv");
    await writePeopleFile(file, rows, areas);
    const [ours, plain]: [Imported[], number[]] = [[], []];
    for (let run = 1; run <= runs; run += 1) {
      await empty(postgres.url);
      plain.push(await copyPlainly(postgres.url, file));
      const flags = profile && run === runs ? ["--cpu-prof", "--cpu-prof-dir", profile] : [];
      ours.push(await importOnce(env, file, flags));
      say(
        `  run ${run}: ours ${ours.at(-1)?.seconds.toFixed(1)} s, plain COPY ${plain.at(-1)?.toFixed(1)} s`,
      );
    }
    print({ rows, runs, bytes: statSync(file).size, ours, plain }, json === true);
  } finally {
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

/** The example partnership; the codes of its wards. */
async function setUp(env: Record<string, string>): Promise<string[]> {
  const house = await joinHouse(readSettings(env));
  const file = join(PROJECT, "config", "partnership.example.yaml");
  await apply(house.deps, {
    text: await readFile(file, "utf8"),
    name: file,
    actor: "bellman",
    dryRun: false,
  });
  const { areas } = await house.deps.store.partnership.read();
  await house.close();
  return areas.filter(({ kind }) => kind === "ward").map(({ code }) => code);
}

async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return work(client).finally(() => client.end());
}

const empty = (url: string) =>
  withClient(url, async (client) => {
    await client.query(
      "TRUNCATE subscriber, consent, import, import_refusal, import_row, audience_cell CASCADE",
    );
    await client.query("CHECKPOINT");
  });

const copyPlainly = (url: string, file: string): Promise<number> =>
  withClient(url, async (client) => {
    const columns = "a text, b text, c text, d text, e text, f text, g text, h text, i text, j text, k text";
    await client.query(`CREATE UNLOGGED TABLE plain (${columns})`);
    const began = performance.now();
    await pipeline(
      createReadStream(file),
      client.query(copyFrom("COPY plain FROM STDIN (FORMAT csv, HEADER)")),
    );
    const seconds = (performance.now() - began) / 1_000;
    await client.query("DROP TABLE plain");
    return seconds;
  });

/** In a process of its own, whose memory and processor time are its own. */
async function importOnce(
  env: Record<string, string>,
  file: string,
  flags: readonly string[],
): Promise<Imported> {
  const child = await startChild("importer.ts", { env, flags });
  const done = (await child.ask({ file })) as unknown as Omit<Imported, "rssMb" | "cpuMs">;
  return { ...done, ...(await child.stop()) };
}

interface Measured {
  readonly rows: number;
  readonly runs: number;
  readonly bytes: number;
  readonly ours: readonly Imported[];
  readonly plain: readonly number[];
}

function print({ rows, runs, bytes, ours, plain }: Measured, json: boolean): void {
  const of = (name: keyof Imported) => median(ours.map((one) => one[name]));
  const [seconds, copySeconds] = [of("seconds"), median(plain)];
  const result = {
    ...{ name: "import", rows, runs, bytes, seconds, copySeconds, ratio: ratio(seconds, copySeconds) },
    ...{ rssMb: of("rssMb"), cpuMs: Math.round(of("cpuMs")), longestBlockMs: of("longestBlockMs") },
    ...{ perSecond: Math.round(rows / seconds), joined: of("joined"), refused: of("refused") },
  };
  if (json) return sayJson(result);
  const line = [
    rows,
    seconds.toFixed(1),
    result.perSecond,
    result.rssMb,
    (result.cpuMs / 1_000).toFixed(1),
    result.longestBlockMs,
  ];
  process.stdout.write(
    `\n${table(
      ["side", "rows", "seconds", "rows/s", "MB", "CPU s", "longest block ms"],
      [
        ["import", ...line],
        ["plain COPY", rows, copySeconds.toFixed(1), Math.round(rows / copySeconds), "", "", ""],
      ],
    )}\n\nThe import takes ${result.ratio} times as long as a plain COPY of the same ${Math.round(bytes / 1e6)} MB. Median of ${runs}.\n`,
  );
}
