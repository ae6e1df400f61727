// Runs one side of a benchmark in a process of its own and speaks with it; what it runs is none of its business.
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { isAbsolute, join } from "node:path";
import { PROJECT } from "../config/env.ts";

export interface Cost {
  /** The most memory it ever held, in MB. */
  readonly rssMb: number;
  /** Processor time since it was ready, in ms: other than the clock's time it does not grow when the machine is busy with others. */
  readonly cpuMs: number;
}

export interface Child {
  /** What it said when it was ready. */
  readonly said: Readonly<Record<string, unknown>>;
  /** Sends and waits for the next word. */
  readonly ask: (message: object) => Promise<Readonly<Record<string, unknown>>>;
  /** Asks it to end in order; says what it cost. */
  readonly stop: () => Promise<Cost>;
}

/** As docker-compose.yml starts a worker (docs/scaling.md): sending leaves little behind, so a small heap costs nothing. */
const WORKER_FLAGS = ["--max-old-space-size=128"];

/** Starts bench/FILE as translated by tools/build-code.mjs, which is how Bellman runs, or a source of another place; it says when it is ready. */
export async function startChild(
  file: string,
  { env = {}, flags = [] }: { env?: Record<string, string>; flags?: readonly string[] } = {},
): Promise<Child> {
  const own = isAbsolute(file);
  const child = fork(own ? file : join(PROJECT, "build/code/bench", file.replace(/\.ts$/, ".mjs")), {
    env: { ...process.env, ...env },
    execArgv: own ? ["--import", "tsx"] : [...WORKER_FLAGS, ...flags],
  });
  const said = await word(child);
  return {
    said,
    ask: (message) => {
      const answer = word(child);
      child.send(message);
      return answer;
    },
    stop: async () => {
      const gone = once(child, "exit");
      const answer = word(child);
      child.send({ stop: true });
      const { rssMb, cpuMs } = await answer;
      child.disconnect();
      await gone;
      return { rssMb: Number(rssMb), cpuMs: Number(cpuMs) };
    },
  };
}

async function word(child: ChildProcess): Promise<Record<string, unknown>> {
  const heard = new AbortController();
  const { signal } = heard;
  const gone = once(child, "exit", { signal }).then(([code]) => {
    throw new Error(`a process of the benchmark ended by itself (${String(code)})`);
  });
  const said = once(child, "message", { signal });
  for (const one of [gone, said]) one.catch(() => undefined);
  try {
    const [message] = (await Promise.race([said, gone])) as [Record<string, unknown>];
    if (typeof message.failed === "string") throw new Error(message.failed);
    return message;
  } finally {
    heard.abort();
  }
}

/** The other end: says `ready`, answers what it is asked, and ends when it is told to or when its parent is gone. */
export function beChild(
  ready: object,
  { ask, stop }: { ask?: (message: never) => Promise<object>; stop: () => Promise<unknown> },
): void {
  const say = (what: object) => process.send?.(what);
  const since = process.cpuUsage();
  const cost = (): Cost => {
    const { user, system } = process.cpuUsage(since);
    return { rssMb: Math.round(process.resourceUsage().maxRSS / 1024), cpuMs: (user + system) / 1_000 };
  };
  process.on("disconnect", () => process.exit());
  process.on("message", (message: { stop?: true }) => {
    const answer = message.stop ? stop().then(cost) : ask?.(message as never);
    answer?.then(say, (error: unknown) => say({ failed: String(error) }));
  });
  say(ready);
}
