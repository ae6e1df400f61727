// npm run bench -- NAME [--recipients N] [--runs N] [--json]: measures one thing; bench/README.md says how to read it.
import { Command, CommanderError, InvalidArgumentError } from "commander";
import { benchEmail, type BenchOptions } from "./email.ts";
import { benchHold } from "./hold.ts";
import { benchImport } from "./import.ts";
import { benchMillion } from "./million.ts";
import { benchOneClick } from "./one-click.ts";
import { benchPages } from "./pages.ts";
import { benchSegments } from "./segments.ts";
import { benchUrgent } from "./urgent.ts";
import { benchWorkers } from "./workers.ts";

const BENCHES: Readonly<Record<string, { about: string; run: (options: BenchOptions) => Promise<void> }>> = {
  email: {
    about: "emails rendered, sent and recorded per second, against a textbook worker and smtp-source",
    run: benchEmail,
  },
  million: {
    about: "a very large audience: freezing, cost of a message and memory, against a small one",
    run: benchMillion,
  },
  urgent: {
    about: "an urgent message while a large dispatch is under way, against an idle system",
    run: benchUrgent,
  },
  hold: {
    about: "holds while a large dispatch is under way: how soon acknowledged, what passes after",
    run: benchHold,
  },
  "one-click": {
    about: "one-click stops over HTTP: how long each takes, how many a minute, whether all are honoured",
    run: benchOneClick,
  },
  import: {
    about: "a large list brought in from a file, against a plain COPY of the same file",
    run: benchImport,
  },
  pages: {
    about: "every page and the search of the log, over a record and deliveries of years",
    run: benchPages,
  },
  workers: { about: "two worker processes against one", run: benchWorkers },
  segments: {
    about:
      "live counts of segments over a great many people, against the same counts from the people themselves",
    run: benchSegments,
  },
};

const list = () => Object.entries(BENCHES).map(([name, { about }]) => `  ${name}  ${about}`);
const positive = (text: string): number => {
  if (!/^[1-9]\d{0,7}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1.");
  return Number(text);
};

const program = new Command("bench")
  .description(`Benchmarks of Bellman:\n${list().join("\n")}`)
  .argument("<name>", "which one")
  .option("--recipients <n>", "how many people are written to", positive, 20_000)
  .option("--rows <n>", "how many rows the file has (import)", positive, 1_000_000)
  .option("--people <n>", "how many people there are (segments)", positive, 1_000_000)
  .option("--entries <n>", "how many lines the log has (pages)", positive, 1_000_000)
  .option("--deliveries <n>", "how many deliveries there were (pages)", positive, 10_000_000)
  .option("--runs <n>", "how often each side runs; the median counts", positive, 3)
  .option("--workers <n>", "worker processes of ours (million, urgent, hold)", positive, 2)
  .option("--holds <n>", "how many holds are placed (hold)", positive, 100)
  .option("--sink <which>", "where the mail goes: smtp-sink or own (default: smtp-sink where installed)")
  .option("--profile <folder>", "one more run of ours, with a CPU profile of its worker written there")
  .option("--json", "print one JSON object at the end")
  .exitOverride()
  .showHelpAfterError()
  .action(async (name: string, options: BenchOptions) => {
    const bench = BENCHES[name];
    if (bench) return bench.run(options);
    process.stderr.write(`There is no benchmark "${name}". There are:\n${list().join("\n")}\n`);
    process.exitCode = 2;
  });

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
  else {
    process.stderr.write(`The benchmark failed: ${error instanceof Error ? error.stack : String(error)}\n`);
    process.exitCode = 1;
  }
}
process.exit();
