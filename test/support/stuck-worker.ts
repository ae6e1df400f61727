// A worker that takes a job and never finishes it, for tests that kill it. Ends by itself when its parent is gone.
import { makeLogger } from "../../src/lib/logger.ts";
import { openBackend, type QueueSettings } from "../../src/queue/backend.ts";
import { answer } from "../../src/queue/work.ts";

const settings = JSON.parse(process.argv[2] ?? "") as QueueSettings;
process.stdin.on("end", () => process.exit(0)).resume();

answer(
  await openBackend(settings),
  "dispatch",
  (payload) => {
    process.stdout.write(`${JSON.stringify(payload)}\n`);
    return new Promise(() => undefined);
  },
  makeLogger({ level: "silent" }),
);
