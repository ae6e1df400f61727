// The email benchmark: ours, the textbook and smtp-source in turn on one machine, one database and one sink.
import { mkdirSync } from "node:fs";
import { table, sayJson } from "../src/cli/print.ts";
import { SENDING_AT_ONCE } from "../config/limits.ts";
import { redisHalf, startRedis } from "../test/support/redis.ts";
import { type BenchHouse, openBenchHouse } from "./house.ts";
import { runOurs } from "./ours.ts";
import { explainProfile } from "./profile.ts";
import { perSecond, ratio, type Run, say, type Side, sideOf } from "./report.ts";
import { programPath } from "./sink.ts";
import { runSmtpSource, writeSample } from "./smtp-source.ts";
import { runTextbook } from "./textbook.ts";
import pg from "pg";

export interface BenchOptions {
  readonly recipients: number;
  /** Of the file that is imported. */
  readonly rows: number;
  readonly runs: number;
  /** Worker processes of ours, where a benchmark lets one choose. */
  readonly workers: number;
  readonly holds: number;
  /** Lines of the log, and deliveries there were. */
  readonly entries: number;
  readonly deliveries: number;
  readonly sink?: string;
  readonly profile?: string;
  readonly json?: true;
}

export async function benchEmail(options: BenchOptions): Promise<void> {
  const redis = redisHalf() === "run" ? await startRedis() : null;
  const house = await openBenchHouse(options.recipients, options.sink);
  try {
    const measured = await measure(house, options, redis?.url ?? "");
    const result = { ...measured, queue: redis ? "redis" : "postgres", sink: house.sink.name } as const;
    print(result, options);
    if (options.profile) await profile(house, options.profile);
    if (options.json) sayJson(jsonOf(result, options));
  } finally {
    await house.close();
    await redis?.stop();
  }
}

interface Measured {
  readonly recipients: number;
  readonly bytes: number;
  readonly ours: Side;
  readonly textbook: Side;
  readonly smtpSource: Side | null;
}
type Result = Measured & { readonly queue: "redis" | "postgres"; readonly sink: string };

/** In turn, so that whatever changes on the machine meanwhile meets all of them. */
async function measure(house: BenchHouse, { runs }: BenchOptions, redisUrl: string): Promise<Measured> {
  const program = programPath("smtp-source");
  const sides = { ours: [] as Run[], textbook: [] as Run[], smtpSource: [] as Run[] };
  const timed = async (side: keyof typeof sides, run: () => Promise<Run>) => {
    await settle(house);
    const done = await run();
    sides[side].push(done);
    say(
      `  ${side.padEnd(10)} ${Math.round(perSecond(done))}/s  (${done.messages} in ${done.seconds.toFixed(1)} s)`,
    );
  };
  let sample = { file: "", bytes: 0 };
  for (let i = 1; i <= runs; i += 1) {
    say(`Run ${i} of ${runs}`);
    const key = `bench-${i}`;
    await timed("ours", () => runOurs(house, key));
    await timed("textbook", () => runTextbook(house, key, redisUrl));
    sample = await writeSample(house, key);
    const messages = sides.ours[0]?.messages ?? 0;
    if (program)
      await timed("smtpSource", () => runSmtpSource(program, house, { file: sample.file, messages }));
  }
  return {
    recipients: sides.ours[0]?.messages ?? 0,
    bytes: sample.bytes,
    ours: sideOf(sides.ours),
    textbook: sideOf(sides.textbook),
    smtpSource: program ? sideOf(sides.smtpSource) : null,
  };
}

/** What one run left behind is not the next one's to write out. */
async function settle({ databaseUrl }: BenchHouse): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query("VACUUM ANALYZE delivery");
  await client.query("CHECKPOINT");
  await client.end();
}

function print({ ours, textbook, smtpSource, ...result }: Result, { runs, json }: BenchOptions): void {
  const write = json ? say : (line: string) => void process.stdout.write(`${line}\n`);
  const row = (name: string, side: Side | null) =>
    side
      ? [
          name,
          side.perSecond,
          side.rssMb || "",
          side.cpuMs ? side.cpuMs.toFixed(2) : "",
          ratio(ours.perSecond, side.perSecond).toFixed(2),
          side.each.join(" "),
        ]
      : [name, "not installed", "", "", "", ""];
  write("");
  write(
    table(
      ["side", "emails/s", "MB", "CPU ms each", "ours is × this", "each run"],
      [row("ours", ours), row(`textbook (${result.queue})`, textbook), row("smtp-source", smtpSource)],
    ),
  );
  write(
    `\n${result.recipients} recipients, ${result.bytes} bytes a message, ${SENDING_AT_ONCE} connections, sink: ${result.sink}, median of ${runs}.`,
  );
}

const jsonOf = (
  { recipients, ours, textbook, smtpSource, queue, sink, bytes }: Result,
  { runs }: BenchOptions,
) => ({
  name: "email",
  recipients,
  ours: { perSecond: ours.perSecond, rssMb: ours.rssMb, cpuMs: ours.cpuMs },
  textbook: { perSecond: textbook.perSecond, rssMb: textbook.rssMb, cpuMs: textbook.cpuMs, queue },
  smtpSource: smtpSource && { perSecond: smtpSource.perSecond },
  ratio: {
    textbook: ratio(ours.perSecond, textbook.perSecond),
    smtpSource: smtpSource && ratio(ours.perSecond, smtpSource.perSecond),
  },
  runs,
  sink,
  bytes,
  connections: SENDING_AT_ONCE,
});

async function profile(house: BenchHouse, folder: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  say("\nOne more run of ours, profiled");
  await runOurs(house, "bench-profiled", ["--cpu-prof", "--cpu-prof-dir", folder]);
  for (const line of explainProfile(folder)) say(line);
}
