// What all sides of the email benchmark share: a PostgreSQL of its own, the sink, the example partnership and its people.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT, readSettings } from "../config/env.ts";
import type { Deps } from "../src/deps.ts";
import { startPostgres } from "../src/embedded/postgres.ts";
import { joinHouse } from "../src/house.ts";
import { apply } from "../src/partnership/apply.ts";
import { readFile } from "node:fs/promises";
import startScheduler from "../workers/scheduler.ts";
import { addPeople } from "./people.ts";
import { type Sink, startSink } from "./sink.ts";
import { say } from "./report.ts";

export interface BenchHouse {
  readonly deps: Deps;
  readonly sink: Sink;
  readonly databaseUrl: string;
  /** What a process of this house is started with. */
  readonly env: Record<string, string>;
  readonly close: () => Promise<void>;
}

/** How many people the small segment has, against which a large dispatch is measured. */
export const SMALL = 10_000;

/** PostgreSQL as it runs in earnest, fsync and all; a Bellman of several processes, of which this one only schedules. */
export async function openBenchHouse(people: number, whichSink: string | undefined): Promise<BenchHouse> {
  const dir = mkdtempSync(join(tmpdir(), "bellman-bench-"));
  say(`Setting up in ${dir} …`);
  const postgres = await startPostgres(join(dir, "postgres"));
  const sink = await startSink(whichSink);
  const env = {
    BELLMAN_DATA_DIR: dir,
    DATABASE_URL: postgres.url,
    REDIS_URL: "",
    SMTP_URL: `smtp://${sink.host}:${sink.port}`,
    LOG_LEVEL: "warn",
  };
  const house = await joinHouse(readSettings(env));
  const file = join(PROJECT, "config", "partnership.example.yaml");
  await apply(house.deps, {
    text: await readFile(file, "utf8"),
    name: file,
    actor: "bellman",
    dryRun: false,
  });
  await addPeople(postgres.url, people, Math.min(people, SMALL));
  const scheduler = startScheduler(house.deps);
  const close = async () => {
    await scheduler.close();
    await house.close();
    await sink.stop();
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  };
  return { deps: house.deps, sink, databaseUrl: postgres.url, env, close };
}
