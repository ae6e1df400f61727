// Starts test/support/host.ts in a process of its own and kills it as a power cut would.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

const ROOT = join(import.meta.dirname, "../..");

export interface Host {
  readonly pid: number;
  /** What the part said about itself when it was ready; `code` and `message` when it refused. */
  readonly said: Readonly<Record<string, unknown>>;
  /** kill -9, and waits until it is gone. */
  readonly kill: () => Promise<void>;
}

export async function startHost(
  part: "sink" | "timeline" | "postgres" | "house",
  dir: string,
): Promise<Host> {
  const child = spawn(
    process.execPath,
    ["--import", "tsx", join(import.meta.dirname, "host.ts"), part, dir],
    {
      cwd: ROOT,
      stdio: ["pipe", "pipe", "inherit"], // the pipe's end tells it that we are gone
    },
  );
  const gone = once(child, "exit");
  const line = createInterface({ input: child.stdout });
  const first = await Promise.race([once(line, "line"), gone.then(() => ["{}"])]);
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await gone;
  };
  return { pid: child.pid ?? 0, said: JSON.parse(String(first[0])) as Record<string, unknown>, kill };
}
