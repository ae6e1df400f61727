// The scripted relay of the proof kit: its programmes, its ledger, its look-up.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { createTransport, type NodemailerError } from "nodemailer";
import { askLookup } from "../../src/lib/http.ts";
import { folders } from "../support/folder.ts";
import { type Acceptance, followLedger } from "./ledger.ts";
import { fraction, type Programme } from "./programme.ts";
import { type SmtpLab, startSmtpLab } from "./smtp-lab.ts";

const newFolder = folders();
let lab: SmtpLab;
let news: () => Acceptance[];
beforeAll(async () => {
  lab = await startSmtpLab(join(newFolder(), "ledger.tsv"));
  news = followLedger(lab.ledger);
});
afterEach(async () => {
  await lab.play({ rules: [], greet421: 0, delayMs: 0, lookup: "as usual" });
  news();
});
afterAll(() => lab.stop());

let number = 0;
/** Sends one message of 12 kB and says what came back: a reply's code, or the error's. */
async function send(to: string, patienceMs = 5_000): Promise<{ id: string; came: string }> {
  const id = `<${"m".repeat(60)}${(number += 1)}@x.test>`; // long enough to be folded
  const smtp = createTransport({ url: lab.smtpUrl, socketTimeout: patienceMs });
  const mail = { from: "a@x.test", to, messageId: id, text: "a line of text\r\n".repeat(750) };
  const headers = { "X-Bellman-Reference": "BELL-1" };
  const came = await smtp.sendMail({ ...mail, headers }).then(
    ({ response }) => response.slice(0, 3),
    (error: NodemailerError) => String(error.responseCode ?? error.code),
  );
  smtp.close();
  return { id, came };
}
const play = (programme: Programme) => lab.play({ rules: [{ programme, prefix: "ann" }] });
const ask = (messageId: string) => askLookup(lab.lookupUrl, { messageId }, () => messageId);

test("writes each acceptance down before it says so: when, which message, to whom, about what", async () => {
  const before = Date.now();
  const { id, came } = await send("Bo@x.test");
  const [line] = news();
  expect(came).toBe("250");
  expect(line).toMatchObject({ messageId: id, recipient: "bo@x.test", reference: "BELL-1" });
  expect(line?.at).toBeGreaterThanOrEqual(before);
  expect(readFileSync(lab.ledger, "utf8").endsWith("\n")).toBe(true);
});

describe("a programme", () => {
  test.each<[Programme, string, number]>([
    ["accept", "250", 1],
    ["reject550", "550", 0],
    ["policy5.7.1", "550", 0],
    ["greylist451", "451", 0],
    ["throttle454", "454", 0],
    ["drop-at-DATA", "ECONNECTION", 0],
    ["accept-then-reset", "E", 1],
    ["accept-then-FIN", "E", 1],
    ["accept-then-hang", "ETIMEDOUT", 1],
    ["tarpit", "250", 1],
  ])("%s answers %s and has %d in the ledger", async (programme, answer, taken) => {
    await play(programme);
    const { id, came } = await send("ann@x.test", programme === "accept-then-hang" ? 500 : 5_000);
    expect(came).toMatch(new RegExp(`^${answer}`));
    expect(news().filter((one) => one.messageId === id)).toHaveLength(taken);
    expect((await ask(id)).found).toBe(taken ? "yes" : "no");
    expect((await send("bo@x.test")).came).toBe("250"); // others do not notice
  });

  test("that only says later lets the second try in", async () => {
    await play("greylist451");
    expect([(await send("ann@x.test")).came, (await send("ann@x.test")).came]).toEqual(["451", "250"]);
  });

  test("meets the same share of people every time", async () => {
    const people = Array.from({ length: 1_000 }, (_, i) => `p${i}@x.test`);
    const met = people.filter((one) => fraction(`7 ${one}`) < 0.1);
    expect(met.length).toBeGreaterThan(60);
    expect(met.length).toBeLessThan(140);
    await lab.play({ rules: [{ programme: "reject550", share: 0.1, seed: 7 }] });
    const other = people.find((one) => !met.includes(one)) ?? "";
    expect([(await send(met[0] ?? "")).came, (await send(other)).came]).toEqual(["550", "250"]);
  });
});

test("turns away as many connections as it is told to", async () => {
  await lab.play({ greet421: 1 });
  expect([(await send("bo@x.test")).came, (await send("bo@x.test")).came]).toEqual(["421", "250"]);
});

test("its look-up can be out of order, which reads as unknown and never as no", async () => {
  const { id } = await send("bo@x.test");
  for (const lookup of ["failing", "lost", "elsewhere"] as const) {
    await lab.play({ lookup });
    expect((await ask(id)).found).toBe("unknown");
  }
});

test("takes several hundred at once over few connections, each once", async () => {
  const smtp = createTransport({ url: lab.smtpUrl, pool: true, maxConnections: 5, maxMessages: Infinity });
  const ids = Array.from({ length: 300 }, (_, i) => `<many${i}@x.test>`);
  await Promise.all(
    ids.map((messageId) => smtp.sendMail({ from: "a@x.test", to: "b@x.test", messageId, text: "x" })),
  );
  smtp.close();
  expect(
    news()
      .map((one) => one.messageId)
      .sort(),
  ).toEqual([...ids].sort());
});
