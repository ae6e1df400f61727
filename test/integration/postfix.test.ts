// The whole way with a real Postfix as the relay: what the next host refuses comes back as Postfix words it, through the pipe, and is
// matched to its delivery. Only who is gone for good is suppressed.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import pg from "pg";
import { SMTPServer } from "smtp-server";
import { PROJECT } from "../../config/env.ts";
import { startCampaign, watch } from "../../src/cli/run-campaign.ts";
import { addExamplePeople, applyFiles } from "../../src/cli/set-up.ts";
import { readSettings } from "../../config/env.ts";
import { openHouse, type OpenHouse } from "../../src/house.ts";
import { withDatabase } from "../support/database.ts";
import { folders } from "../support/folder.ts";
import { type Postfix, startPostfix, whyNoPostfix } from "../support/postfix.ts";
import { EXAMPLE, firstCampaign, FIRST_CAMPAIGN, quietly, working } from "../support/sample.ts";

const missing = whyNoPostfix();
if (missing) process.stderr.write(`The tests with a real Postfix are skipped: ${missing}.\n`);
const whole = missing ? test.skip : test;

/** What the next host says to some of the recipients, by their place in the list. */
const ANSWERS: readonly { readonly reply: string; readonly kind: string; readonly reason: string | null }[] =
  [
    { reply: "550 5.1.1 unknown user", kind: "hard", reason: "hard-bounce" },
    { reply: "550 5.2.1 mailbox disabled", kind: "hard", reason: "hard-bounce" },
    { reply: "552 5.2.2 mailbox full", kind: "soft", reason: null },
    { reply: "452 4.2.2 over quota", kind: "soft", reason: null },
    { reply: "550 5.7.1 not wanted here", kind: "policy", reason: null },
    { reply: "550 5.7.26 unauthenticated", kind: "policy", reason: null },
  ];

const stops: (() => Promise<unknown>)[] = [];
afterAll(async () => {
  for (const stop of stops.reverse()) await stop();
});
const database = withDatabase();
const newFolder = folders();
const ending = (stop: () => Promise<unknown>) => void stops.push(stop);

/** An SMTP host on loopback; `refuse` says what it answers to a recipient, `take` gets what it accepts. */
async function host(
  refuse: (address: string) => string | undefined,
  take: (to: string, bytes: Buffer) => Promise<void>,
) {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    onRcptTo: ({ address }, _session, done) => {
      const reply = refuse(address);
      if (reply === undefined) return done();
      done(Object.assign(new Error(reply.slice(4)), { responseCode: Number(reply.slice(0, 3)) }));
    },
    onData: (stream, session, done) => {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("end", () => {
        take(session.envelope.rcptTo[0]?.address ?? "", Buffer.concat(pieces)).then(() => done(), done);
      });
    },
  });
  server.on("error", () => undefined);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ending(() => new Promise<void>((resolve) => server.close(resolve)));
  return (server.server.address() as { port: number }).port;
}

let house: OpenHouse;
let sql: pg.Client;
let postfix: Postfix;
let env: Record<string, string>;
const codes: (number | null)[] = [];
const refusals = new Map<string, (typeof ANSWERS)[number]>();
const arrived: string[] = [];

/** As Postfix's own pipe(8) does it: the message on standard input, whom it was for as a word. */
function pipe(to: string, bytes: Buffer): Promise<void> {
  const words = [join(PROJECT, "tools", "bellman.mjs"), "bounces", "read", "--recipient", to];
  const child = spawn(process.execPath, words, {
    env: { PATH: process.env.PATH ?? "", ...env },
    stdio: ["pipe", "ignore", "inherit"],
  });
  child.stdin.end(bytes);
  return new Promise((resolve) =>
    child.once("close", (code) => {
      codes.push(code);
      resolve();
    }),
  );
}

beforeAll(async () => {
  if (missing) return;
  const people = await host(
    (address) => refusals.get(address.toLowerCase())?.reply,
    (to) => Promise.resolve(void arrived.push(to.toLowerCase())),
  );
  const back = await host(() => undefined, pipe);
  const routes = {
    "example.org": people,
    "example.com": people,
    "example.net": people,
    "bounces.example.org": back,
  };
  postfix = await startPostfix(newFolder(), routes);
  ending(() => postfix.stop());
  env = {
    BELLMAN_DATA_DIR: newFolder(),
    DATABASE_URL: database.url,
    SMTP_URL: `smtp://127.0.0.1:${postfix.port}`,
    BOUNCE_ADDRESS: "bounce@bounces.example.org",
    LOG_LEVEL: "silent",
  };
  house = await openHouse(readSettings(env));
  ending(() => house.close());
  house.announce({ webUrl: "http://127.0.0.1:1" });
  sql = new pg.Client({ connectionString: database.url });
  await sql.connect();
  ending(() => sql.end());
  await quietly(() => applyFiles(house, [EXAMPLE], { by: "bellman" }));
  await quietly(() => addExamplePeople(house, 24));
}, 120_000);

const rows = async <T extends pg.QueryResultRow>(text: string): Promise<T[]> =>
  (await sql.query<T>(text)).rows;

whole(
  "what the next host refuses comes back and is matched; only who is gone for good is suppressed",
  async () => {
    const { rows: people } = await sql.query<{ email: string }>("SELECT email FROM subscriber ORDER BY id");
    ANSWERS.forEach((answer, at) => refusals.set(people[at]?.email ?? "", answer));
    await startCampaign(house.deps, {
      text: await firstCampaign("postfix"),
      name: FIRST_CAMPAIGN,
      now: true,
    });
    await working(house, () => quietly(() => watch(house.deps, "postfix", AbortSignal.timeout(90_000))));
    const limit = Date.now() + 60_000;
    const matched = () =>
      rows<{ email: string; kind: string; reason: string | null; state: string }>(
        `SELECT s.email, b.kind, x.reason, d.state FROM bounce b JOIN delivery d ON d.id = b.delivery_id
         JOIN subscriber s ON s.id = d.subscriber_id AND s.id = b.subscriber_id LEFT JOIN suppression x ON x.email_hash = s.email_hash`,
      );
    while ((await matched()).length < ANSWERS.length && Date.now() < limit) await sleep(500);
    const found = new Map((await matched()).map(({ email, ...one }) => [email, one]));
    expect(found).toEqual(
      new Map([...refusals].map(([email, { kind, reason }]) => [email, { kind, reason, state: "accepted" }])),
    );
    expect(await rows("SELECT reason FROM suppression")).toHaveLength(2);
    expect(arrived).toHaveLength(people.length - ANSWERS.length);
    expect(codes).toEqual(ANSWERS.map(() => 0));
  },
  240_000,
);

whole(
  "a pipe that cannot be taken in now asks the mail system to keep the message",
  async () => {
    codes.length = 0;
    const kept = env;
    env = { ...kept, BELLMAN_DATA_DIR: newFolder(), DATABASE_URL: "postgresql://nobody@127.0.0.1:1/nothing" };
    await pipe("bounce@bounces.example.org", Buffer.from("Subject: x\r\n\r\nx"));
    env = kept;
    expect(codes).toEqual([75]);
  },
  120_000,
);
