// How long a live count of a segment takes over a great many people, against the same count straight from the people.
import { mkdtempSync, rmSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { PROJECT, readSettings } from "../config/env.ts";
import { sayJson, table } from "../src/cli/print.ts";
import type { Deps } from "../src/deps.ts";
import { basesFor } from "../src/domain/basis.ts";
import { bySpecificity, type SegmentRule } from "../src/domain/segment.ts";
import { startPostgres } from "../src/embedded/postgres.ts";
import { joinHouse } from "../src/house.ts";
import { openChance, pick } from "../src/lib/chance.ts";
import { apply } from "../src/partnership/apply.ts";
import type { CountFrom } from "../src/store/segments.ts";
import type { BenchOptions } from "./email.ts";
import { ratio, say } from "./report.ts";

const LIST = "community-safety-news";
/** How often each side counts; the baseline is slow, and its times lie close together. */
const COUNTS = { cells: 200, people: 15 } as const;

export async function benchSegments({ people = 1_000_000, json }: BenchOptions & { people?: number }) {
  const dir = mkdtempSync(join(tmpdir(), "bellman-bench-"));
  say(`Setting up in ${dir} …`);
  const postgres = await startPostgres(join(dir, "postgres"));
  try {
    const settings = { BELLMAN_DATA_DIR: dir, DATABASE_URL: postgres.url, REDIS_URL: "", LOG_LEVEL: "warn" };
    const house = await joinHouse(readSettings({ ...settings, SMTP_URL: "smtp://127.0.0.1:9" }));
    const file = join(PROJECT, "config", "partnership.example.yaml");
    const text = await readFile(file, "utf8");
    await apply(house.deps, { text, name: file, actor: "bellman", dryRun: false });
    const made = await fill(postgres.url, people);
    const cells = await house.deps.store.segments.merge();
    say(`  ${people} people with their consents in ${made.toFixed(1)} s, counted in ${cells} cells`);
    const result = await measure(house.deps, { people, cells });
    if (json) sayJson(result);
    await house.close();
  } finally {
    await postgres.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}

async function measure({ store }: Deps, about: { people: number; cells: number }) {
  const { segments } = await store.partnership.read();
  const all = [...segments].sort(bySpecificity).map(({ rule }) => rule);
  const chance = openChance(1847);
  const timed = async (from: CountFrom, times: number, rules: () => readonly SegmentRule[]) => {
    const asked = () => ({
      listKey: LIST,
      bases: basesFor("public-task-information", "council"),
      rules: rules(),
    });
    await store.segments.count(asked(), from);
    const took: number[] = [];
    for (let i = 0; i < times; i += 1) {
      const began = performance.now();
      await store.segments.count(asked(), from);
      took.push(performance.now() - began);
    }
    return spread(took);
  };
  const one = () => [anyRule(() => chance())];
  const rows = {
    "one segment, from the cells": await timed("cells", COUNTS.cells, one),
    "one segment, from the people": await timed("people", COUNTS.people, one),
    [`${all.length} segments with overlaps, from the cells`]: await timed(
      "cells",
      COUNTS.cells / 4,
      () => all,
    ),
    [`${all.length} segments with overlaps, from the people`]: await timed("people", 5, () => all),
  };
  const line = ([name, { p50, p95 }]: [string, { p50: number; p95: number }]) => [
    name,
    round(p50),
    round(p95),
  ];
  process.stderr.write(`\n${table(["count", "median, ms", "p95, ms"], Object.entries(rows).map(line))}\n`);
  const [cells, people, cellsAll, peopleAll] = Object.values(rows).map(({ p95 }) => round(p95)) as Four;
  return {
    ...{ name: "segments", ...about, p95: cells, baselineP95: people, ratio: ratio(people, cells) },
    ...{ segments: all.length, allP95: cellsAll, allBaselineP95: peopleAll },
  };
}
type Four = [number, number, number, number];

const round = (ms: number): number => Math.round(ms * 10) / 10;
function spread(took: readonly number[]): { p50: number; p95: number } {
  const sorted = [...took].sort((a, b) => a - b);
  const at = (share: number) =>
    sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
  return { p50: at(0.5), p95: at(0.95) };
}

const WARDS = Array.from({ length: 21 }, (_, i) => `ALW-${String(i + 1).padStart(2, "0")}`);
/** What somebody at the segments page would tick. */
function anyRule(chance: () => number): SegmentRule {
  const maybe = <T>(share: number, value: T): T | undefined => (chance() < share ? value : undefined);
  const [areas, groups] = [
    maybe(0.6, [pick(chance, WARDS), pick(chance, WARDS)]),
    maybe(0.5, [pick(chance, GROUPS)]),
  ];
  const [interests, heard] = [maybe(0.5, [pick(chance, INTERESTS)]), maybe(0.3, 12)];
  const except = maybe(0.3, { groups: ["businesses"] });
  return {
    ...(areas && { areas }),
    ...(groups && { groups }),
    ...(interests && { interests }),
    ...(heard && { heard_within_months: heard }),
    ...(except && { except }),
  };
}
const GROUPS = ["adult-residents", "over-65", "young-adults", "visitors"];
const INTERESTS = ["family", "night-time-economy", "neighbourhood-watch", "scams"];

/** People who differ in everything a segment asks of, spread over wards and neighbourhoods, five languages and two years. In s. */
async function fill(databaseUrl: string, people: number): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const began = Date.now();
  try {
    await client.query("SELECT setseed(0.1847)");
    await client.query(PEOPLE, [people, GROUPS, INTERESTS]);
    await client.query(CONSENT, [LIST]);
    await client.query("VACUUM ANALYZE subscriber, consent, audience_cell");
  } finally {
    await client.end();
  }
  return (Date.now() - began) / 1_000;
}

const PEOPLE = `
INSERT INTO subscriber (email, email_hash, language, area_code, groups, interests, confirmed_at)
SELECT 'person-' || n || '@example.org', encode(sha256(convert_to('bench' || n, 'UTF8')), 'hex'),
       CASE WHEN random() < 0.9 THEN 'en' ELSE (ARRAY['pl', 'cy', 'bn', 'ro'])[1 + floor(random() * 4)::int] END,
       w.codes[1 + floor(random() * array_length(w.codes, 1))::int],
       ARRAY[($2::text[])[1 + floor(random() * 4)::int]] || CASE WHEN random() < 0.1 THEN ARRAY['businesses'] ELSE '{}'::text[] END,
       CASE WHEN random() < 0.25 THEN ARRAY[($3::text[])[1]] ELSE '{}'::text[] END || CASE WHEN random() < 0.25 THEN ARRAY[($3::text[])[2]] ELSE '{}'::text[] END
         || CASE WHEN random() < 0.25 THEN ARRAY[($3::text[])[3]] ELSE '{}'::text[] END || CASE WHEN random() < 0.25 THEN ARRAY[($3::text[])[4]] ELSE '{}'::text[] END,
       now() - random() * interval '730 days'
  FROM generate_series(1, $1::int) AS n, (SELECT array_agg(code) AS codes FROM area WHERE kind <> 'borough') w`;

const CONSENT = `
INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at)
SELECT id, $1, CASE WHEN random() < 0.9 THEN 'consent' ELSE 'public-task' END, '2026-1', 'generated', now() FROM subscriber`;
