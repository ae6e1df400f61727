// kill -9 of the whole house at any moment, then started again: nothing lost, nothing sent twice.
// BELLMAN_KILLS sets how many kills; the long form is one command away (test/README.md).
import { type ChildProcess, spawn } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";
import { PROJECT, readSettings } from "../../config/env.ts";
import { visitHouse } from "../../src/house.ts";
import { standing } from "../../src/cli/run-campaign.ts";
import { startMailSink } from "../../src/embedded/mail-sink.ts";
import { folders } from "../support/folder.ts";

const KILLS = Number(process.env.BELLMAN_KILLS ?? 3);
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill("SIGKILL");
});
const KEY = "dark-nights-first-release";
const newFolder = folders();

const freePort = () =>
  new Promise<number>((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

/** Starts everything as `npm start` does, and collects what it says. */
function startBellman(env: Record<string, string>) {
  const child: ChildProcess = spawn(process.execPath, [join(PROJECT, "tools", "bellman.mjs"), "start"], {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  running.add(child);
  child.once("exit", () => running.delete(child));
  let said = "";
  child.stdout?.on("data", (data: Buffer) => (said += data.toString()));
  child.stderr?.on("data", (data: Buffer) => (said += data.toString()));
  const gone = new Promise<number | null>((resolve) => child.once("exit", (code) => resolve(code)));
  const until = async (text: string, ms: number) => {
    for (const end = Date.now() + ms; Date.now() < end; await new Promise((r) => setTimeout(r, 50)))
      if (said.includes(text)) return;
    throw new Error(`"${text}" was not said within ${ms} ms; said:\n${said.slice(-2_000)}`);
  };
  return { child, gone, until, said: () => said };
}

test(
  `killed ${KILLS} times while it sends, it completes, and each person has one copy`,
  async () => {
    const dir = newFolder();
    const env = { BELLMAN_DATA_DIR: dir, PORT: String(await freePort()), LOG_LEVEL: "error" };
    for (let kill = 0; kill < KILLS; kill += 1) {
      const run = startBellman(env);
      await run.until(`${KEY} `, 120_000);
      await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 3_000));
      run.child.kill("SIGKILL");
      await run.gone;
    }
    const last = startBellman(env);
    await last.until("Serving", 180_000);
    const house = await visitHouse(readSettings(env));
    const finished = await standing(house.deps, KEY);
    await house.close();
    last.child.kill("SIGINT");
    expect(await last.gone).toBe(0);

    const sink = await startMailSink({ dir });
    const mails = sink.list({ offset: 0, limit: 10_000 });
    await sink.stop();
    const people = finished.rows
      .filter((row) => row.channelKey === "email")
      .reduce((n, row) => n + row.recipients, 0);
    expect(people).toBeGreaterThan(2_000);
    expect(finished).toMatchObject({
      waiting: 0,
      inDoubt: 0,
      held: 0,
      refused: 0,
      accepted: finished.recipients,
    });
    expect(finished.acceptedInLog).toBe(finished.accepted);
    expect(mails).toHaveLength(people);
    expect(new Set(mails.map((mail) => mail.to)).size).toBe(people);
  },
  120_000 + KILLS * 120_000,
);
