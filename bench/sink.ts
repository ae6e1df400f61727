// Where all three sides send: Postfix's smtp-sink where it is installed, else a light sink of our own. Accepts, keeps nothing.
import { execFileSync, spawn } from "node:child_process";
import { createServer, connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { startChild } from "./child.ts";

export interface Sink {
  readonly name: "smtp-sink" | "own";
  readonly host: string;
  readonly port: number;
  readonly stop: () => Promise<unknown>;
}

/** The path of a program, also where Debian keeps a server's: /usr/sbin. */
export function programPath(name: string): string | null {
  const look = `PATH="$PATH:/usr/sbin" command -v ${name}`;
  try {
    return execFileSync("/bin/sh", ["-c", look], { encoding: "utf8" }).trim();
  } catch {
    return null;
  }
}

export async function startSink(which: string | undefined): Promise<Sink> {
  const postfix = which === "own" ? null : programPath("smtp-sink");
  if (which === "smtp-sink" && !postfix)
    throw new Error("smtp-sink is not installed (Debian: apt-get install postfix)");
  return postfix ? postfixSink(postfix) : ownSink();
}

async function ownSink(): Promise<Sink> {
  const child = await startChild("own-sink.ts");
  return { name: "own", host: "127.0.0.1", port: Number(child.said.port), stop: child.stop };
}

async function postfixSink(path: string): Promise<Sink> {
  const port = await freePort();
  const asRoot = process.getuid?.() === 0 ? ["-u", "nobody"] : []; // it refuses to run as root
  const sink = spawn(path, [...asRoot, "-m", "512", `127.0.0.1:${port}`, "256"], { stdio: "ignore" });
  // It goes with us even when we are killed: the pipe ends, and so does the sink.
  const watch = ["-c", 'cat >/dev/null; kill "$1" 2>/dev/null', "sh", String(sink.pid)];
  const watchdog = spawn("/bin/sh", watch, { stdio: ["pipe", "ignore", "ignore"] });
  for (let tries = 0; !(await answers(port)); tries += 1) {
    if (tries > 100) throw new Error("smtp-sink did not start");
    await sleep(50);
  }
  return { name: "smtp-sink", host: "127.0.0.1", port, stop: () => Promise.resolve(watchdog.stdin.end()) };
}

const answers = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("connect", () => resolve(true)).on("error", () => resolve(false));
    socket.on("connect", () => socket.destroy());
  });

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
