// Every page and the search of the log, over a record and deliveries of years: how long the server takes for each (DESIGN.md section 7).
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { sayJson, table } from "../src/cli/print.ts";
import { startCampaign } from "../src/cli/run-campaign.ts";
import { buildApp } from "../src/web/app.ts";
import { startWorkers } from "../workers/main.ts";
import { benchCampaign } from "./campaign.ts";
import type { BenchOptions } from "./email.ts";
import { openBenchHouse } from "./house.ts";
import { say } from "./report.ts";

/** How often each is asked; and how many copies of the one real communication the deliveries are spread over. */
const TIMES = 100;
const COPIES = 200;

export async function benchPages({
  entries = 1_000_000,
  deliveries = 10_000_000,
  sink,
  json,
}: BenchOptions): Promise<void> {
  const house = await openBenchHouse(1_000, sink);
  const client = new pg.Client({ connectionString: house.databaseUrl });
  try {
    await client.connect();
    const workers = startWorkers(house.deps);
    await startCampaign(house.deps, { text: benchCampaign({ key: "real" }), name: "real", now: true });
    while ((await client.query("SELECT 1 FROM communication WHERE state = 'completed'")).rowCount === 0)
      await sleep(200);
    await workers.close();
    await fill(client, entries, deliveries);
    const found = await measure(house.deps, await pathsOf(client));
    const rows = Object.entries(found).map(([path, { p50, p95 }]) => [path, p50.toFixed(1), p95.toFixed(1)]);
    process.stderr.write(`\n${table(["page", "median, ms", "p95, ms"], rows)}\n`);
    const worst = (only: (path: string) => boolean) =>
      Math.max(
        ...Object.entries(found)
          .filter(([path]) => only(path))
          .map(([, { p95 }]) => p95),
      );
    const isSearch = (path: string) => path.startsWith("/log");
    if (json)
      sayJson({
        name: "pages",
        entries,
        deliveries,
        logP95: worst(isSearch),
        pageP95: worst((path) => !isSearch(path)),
        pages: found,
      });
  } finally {
    await client.end();
    await house.close();
  }
}

/** Copies of what was really sent, and lines about them: the shapes are true, the hashes are only different from each other. */
async function fill(client: pg.Client, entries: number, deliveries: number): Promise<void> {
  const each = Math.ceil(deliveries / COPIES);
  say(`  filling in ${deliveries} deliveries and ${entries} entries …`);
  for (let n = 1; n <= COPIES; n += 1) await client.query(COPY, [n, each]);
  await client.query(LINES, [entries]);
  await client.query("VACUUM ANALYZE delivery, batch, dispatch, communication, campaign, log_entry");
}
const columns = (all: string, but: Readonly<Record<string, string>>) =>
  all
    .split(" ")
    .map((name) => but[name] ?? name)
    .join(", ");
const CAMPAIGN =
  "key title purpose priority_key objective emphasis level place_or_issue class sensitivity lead_agency_key created_at";
const COMMUNICATION =
  "campaign_id key title reference state text audience channels author_email approver_email content_hash due_wall zone due_at latest_useful_wall latest_useful_at released_at completed_at";
const RENDITION = "communication_id channel_key segment_key language state approved_hash body";
const list = (all: string) => all.split(" ").join(", ");
const COPY = `
WITH k AS (INSERT INTO campaign (${list(CAMPAIGN)}) SELECT ${columns(CAMPAIGN, { key: "'copy-' || $1::int", created_at: "now() - make_interval(days => $1::int)" })}
             FROM campaign WHERE key = 'real' RETURNING id),
     c AS (INSERT INTO communication (${list(COMMUNICATION)})
           SELECT ${columns(COMMUNICATION, { campaign_id: "k.id", key: "c.key", reference: "'BM-COPY-' || $1::int", title: "c.title" }).replace(/\bstate\b/, "c.state")}
             FROM communication c, k WHERE c.campaign_id = (SELECT id FROM campaign WHERE key = 'real') RETURNING id),
     r AS (INSERT INTO rendition (${list(RENDITION)}) SELECT ${columns(RENDITION, { communication_id: "c.id" })}
             FROM (SELECT * FROM rendition WHERE body IS NOT NULL ORDER BY id LIMIT 1) r, c RETURNING id),
     p AS (INSERT INTO dispatch (communication_id, channel_key, state, recipient_count, done_at) SELECT id, 'email', 'done', $2, now() FROM c RETURNING id),
     b AS (INSERT INTO batch (dispatch_id, batch_no, rendition_id, segment_key, total, fence, counts, done_at)
           SELECT p.id, n, r.id, 'all-residents', 500, 1, '{"accepted": 500}', now() FROM p, r, generate_series(1, ceil($2::int / 500.0)::int) n)
INSERT INTO delivery (dispatch_id, batch_no, recipient_key, state, attempt, proof, settled_at)
SELECT p.id, 1 + n / 500, $1 || '-' || n, 'accepted', 1, 'x', now() FROM p, generate_series(0, $2::int - 1) n`;
const LINES = `
INSERT INTO log_entry (seq, at, body, prev_hash, hash)
SELECT h.seq + n, h.at, '{"actor":"bellman","agency":"police","campaign":"copy-' || 1 + n % ${COPIES} || '","facts":{"accepted":40,"channel":"email"},"kind":"deliveries.recorded","reference":"BM-COPY-' || 1 + n % ${COPIES} || '"}',
       md5('p' || n), md5('a' || n) || md5('b' || n)
  FROM generate_series(1, $1::int) n, (SELECT seq, at FROM log_entry ORDER BY seq DESC LIMIT 1) h`;

async function pathsOf(client: pg.Client): Promise<string[]> {
  const { rows } = await client.query<{ rendition: string; reference: string; last: number }>(
    "SELECT (SELECT id FROM rendition ORDER BY id LIMIT 1) AS rendition, 'BM-COPY-7' AS reference, (SELECT max(seq) FROM log_entry)::int AS last",
  );
  const { rendition = "", reference = "", last = 1 } = rows[0] ?? {};
  return [
    ...[
      "/",
      "/progress",
      "/campaigns",
      "/campaigns/copy-7",
      "/campaigns/copy-7/progress",
      `/renditions/${rendition}`,
    ],
    ...[
      "/year",
      "/holds",
      "/decisions",
      "/doubts",
      "/lists",
      "/segments",
      "/complaints",
      "/imports",
      "/retention",
      "/news",
      "/check",
    ],
    ...[
      "/log",
      `/log?reference=${reference}`,
      "/log?campaign=copy-7",
      `/log?before=${Math.floor(last / 2)}`,
      `/log/${Math.floor(last / 3)}`,
    ],
    ...["/log?campaign=nobody", "/log?reference=BM-NONE-2222"],
  ];
}

type BenchDeps = Awaited<ReturnType<typeof openBenchHouse>>["deps"];
async function measure(deps: BenchDeps, paths: readonly string[]) {
  const app = await buildApp({ ...deps, outbox: null, timeline: null });
  const found: Record<string, { p50: number; p95: number }> = {};
  for (const path of paths) {
    const took: number[] = [];
    for (let n = 0; n <= TIMES; n += 1) {
      const began = performance.now();
      const { statusCode } = await app.inject(path);
      if (statusCode >= 500) throw new Error(`${path} answered ${statusCode}`);
      if (n > 0) took.push(performance.now() - began); // the first reads its templates
    }
    took.sort((a, b) => a - b);
    found[path] = {
      p50: took[Math.floor(took.length / 2)] ?? 0,
      p95: took[Math.ceil(took.length * 0.95) - 1] ?? 0,
    };
  }
  await app.close();
  return found;
}
