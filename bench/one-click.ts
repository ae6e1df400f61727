// One-click stops over HTTP (H95, G5): how long each takes at a steady load, and how many a minute flat out; every one must be honoured.
import { once } from "node:events";
import { Agent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { sayJson, table } from "../src/cli/print.ts";
import { stopToken } from "../src/audience/stop-token.ts";
import { buildApp } from "../src/web/app.ts";
import type { BenchOptions } from "./email.ts";
import { openBenchHouse } from "./house.ts";
import { say } from "./report.ts";

/** Stops a second, four times what a mailing to a million brings in its first hour when one in a hundred stops. */
const STEADY = 200;
/** Connections of the flood. */
const AT_ONCE = 64;
const BODY = "List-Unsubscribe=One-Click";

export async function benchOneClick(options: BenchOptions): Promise<void> {
  const house = await openBenchHouse(options.recipients, "own");
  const app = await buildApp({ ...house.deps, outbox: null, timeline: null });
  const client = new pg.Client({ connectionString: house.databaseUrl });
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  try {
    const base = await app.listen({ host: "127.0.0.1", port: 0 });
    await client.connect();
    const { rows } = await client.query<{ id: string }>("SELECT id FROM subscriber ORDER BY id");
    const urls = rows.map(({ id }) => `${base}/stop/${stopToken(house.deps.secret, id)}`);
    const half = Math.floor(urls.length / 2);
    const steady = await load(agent, urls.slice(0, half), 1_000 / STEADY);
    say(`  steady: ${half} stops`);
    const flood = await load(agent, urls.slice(half), 0);
    const honoured =
      (await client.query<{ n: number }>("SELECT count(*)::int AS n FROM suppression")).rows[0]?.n ?? 0;
    print({ steady, flood, posts: urls.length, honoured }, options);
  } finally {
    agent.destroy();
    await client.end();
    await app.close();
    await house.close();
  }
}

interface Load {
  readonly ms: readonly number[];
  readonly seconds: number;
}

/** Sends them all, each `everyMs` after the one before, or as fast as so many connections carry them. */
async function load(agent: Agent, urls: readonly string[], everyMs: number): Promise<Load> {
  const ms: number[] = [];
  const began = performance.now();
  const one = async (url: string): Promise<void> => {
    const sent = performance.now();
    await post(agent, url);
    ms.push(performance.now() - sent);
  };
  if (everyMs === 0) {
    const queue = urls.values();
    const lane = async () => {
      for (const url of queue) await one(url);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, lane));
  } else {
    const sending: Promise<void>[] = [];
    for (const [i, url] of urls.entries()) {
      const ahead = began + i * everyMs - performance.now();
      if (ahead > 0) await sleep(ahead);
      sending.push(one(url));
    }
    await Promise.all(sending);
  }
  return { ms: ms.sort((a, b) => a - b), seconds: (performance.now() - began) / 1_000 };
}

async function post(agent: Agent, url: string): Promise<void> {
  const headers = { "content-type": "application/x-www-form-urlencoded", "content-length": BODY.length };
  const asked = request(url, { agent, method: "POST", headers });
  asked.end(BODY);
  const [answer] = (await once(asked, "response")) as [NodeJS.ReadableStream & { statusCode?: number }];
  answer.resume();
  await once(answer, "end");
  if (answer.statusCode !== 200)
    throw new Error(`a stop was answered with ${answer.statusCode ?? "nothing"}`);
}

const at = (ms: readonly number[], share: number): number => ms[Math.floor(ms.length * share)] ?? 0;

function print(
  { steady, flood, posts, honoured }: { steady: Load; flood: Load; posts: number; honoured: number },
  { json }: BenchOptions,
): void {
  const row = (name: string, { ms, seconds }: Load) => [
    ...[name, ms.length, at(ms, 0.5).toFixed(1), at(ms, 0.99).toFixed(1)],
    Math.round((ms.length / seconds) * 60),
  ];
  const heads = ["load", "stops", "median ms", "p99 ms", "a minute"];
  const rows = [row(`${STEADY} a second`, steady), row(`${AT_ONCE} at once`, flood)];
  process.stderr.write(`\n${table(heads, rows)}\n${honoured} of ${posts} honoured\n`);
  if (honoured !== posts) throw new Error(`${posts - honoured} stops were not honoured`);
  if (json)
    sayJson({
      ...{ name: "one-click", posts, honoured, steadyPerSecond: STEADY },
      ...{ medianMs: at(steady.ms, 0.5), p99Ms: at(steady.ms, 0.99), floodP99Ms: at(flood.ms, 0.99) },
      perMinute: Math.round((flood.ms.length / flood.seconds) * 60),
    });
}
