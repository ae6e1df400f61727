// Runs one part of Bellman's sandbox in a process of its own, for tests that kill it. Ends by itself when its parent is gone.
import { takeHouse } from "../../src/embedded/house-lock.ts";
import { startMailSink } from "../../src/embedded/mail-sink.ts";
import { startPostgres } from "../../src/embedded/postgres.ts";
import { startTimeline } from "../../src/embedded/timeline.ts";

const [what = "", dir = ""] = process.argv.slice(2);
process.stdin.on("end", () => process.exit(0)).resume();

const parts: Record<string, () => Promise<unknown>> = {
  sink: () => startMailSink({ dir }),
  timeline: () => startTimeline({ dir }),
  postgres: () => startPostgres(dir, { fast: true }),
  house: () => takeHouse(dir, { webUrl: "http://127.0.0.1:3000" }),
};
try {
  process.stdout.write(JSON.stringify(await parts[what]?.()) + "\n");
} catch (fault) {
  const { code, message } = fault as { code?: string; message: string };
  process.stdout.write(JSON.stringify({ code, message }) + "\n");
}
