import { appendFileSync, readFileSync, readdirSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import nodemailer from "nodemailer";
import { decodeWords, readHeader } from "../../src/embedded/mail-header.ts";
import { startMailSink } from "../../src/embedded/mail-sink.ts";
import { startHost } from "../support/child.ts";
import { folders } from "../support/folder.ts";

const newFolder = folders();
const page = { offset: 0, limit: 50 };

const pool = (smtpUrl: string, connections: number) => {
  const { hostname, port } = new URL(smtpUrl);
  return nodemailer.createTransport({
    ...{ host: hostname, port: Number(port), ignoreTLS: true },
    ...{ pool: true, maxConnections: connections, maxMessages: Infinity, maxRequeues: 0 },
  });
};
const message = (number: number, text = "Lock your windows.") => ({
  from: '"Safer Riverside" <news@riverside.example>',
  to: `resident-${number}@example.org`,
  subject: `Noson dda, tŷ diogel ${number}`,
  messageId: `<message-${number}@riverside.example>`,
  text,
});

describe("the mail sink", () => {
  test("shows what came, newest first, with the subject readable", async () => {
    const sink = await startMailSink({ dir: newFolder() });
    const sender = pool(sink.smtpUrl, 1);
    for (const number of [1, 2, 3]) await sender.sendMail(message(number));
    expect(sink.count()).toBe(3);
    expect(sink.list({ offset: 1, limit: 5 }).map((entry) => entry.id)).toEqual([2, 1]);
    expect(sink.list({ ...page, to: "Resident-2@" })).toHaveLength(1);
    expect(sink.list(page)[0]).toMatchObject({
      messageId: "<message-3@riverside.example>",
      from: "Safer Riverside <news@riverside.example>",
      to: "resident-3@example.org",
      subject: "Noson dda, tŷ diogel 3",
    });
    const bytes = await sink.read(3);
    expect(bytes?.length).toBe(sink.list(page)[0]?.bytes);
    expect(bytes?.toString()).toContain("Lock your windows.");
    expect(await sink.read(4)).toBeNull();
    sender.close();
    await sink.stop();
  });

  test("answers whether it took a message, by its Message-ID", async () => {
    const sink = await startMailSink({ dir: newFolder() });
    const sender = pool(sink.smtpUrl, 1);
    await sender.sendMail(message(7));
    const ask = (id: string) => fetch(`${sink.lookupUrl}?messageId=${encodeURIComponent(id)}`);
    const taken = await ask("<message-7@riverside.example>");
    expect(taken.status).toBe(200);
    expect(await taken.json()).toMatchObject({ id: 1, to: "resident-7@example.org" });
    expect((await ask("message-7@riverside.example")).status).toBe(200);
    expect((await ask("<message-8@riverside.example>")).status).toBe(404);
    expect((await ask("")).status).toBe(404);
    sender.close();
    await sink.stop();
  });

  test("takes 2,000 messages over 20 connections and has them all after a restart", async () => {
    const dir = newFolder();
    const sink = await startMailSink({ dir });
    const sender = pool(sink.smtpUrl, 20);
    const numbers = Array.from({ length: 2000 }, (_, number) => number);
    await Promise.all(numbers.map((number) => sender.sendMail(message(number, "x".repeat(3000)))));
    sender.close();
    await sink.stop();
    const again = await startMailSink({ dir });
    expect(again.count()).toBe(2000);
    for (const number of [0, 999, 1999]) {
      const entry = again.find(`<message-${number}@riverside.example>`);
      expect((await again.read(entry?.id ?? 0))?.toString()).toContain(`To: resident-${number}@example.org`);
    }
    await again.stop();
  });

  test("has everything it said yes to after kill -9 in mid-stream", async () => {
    const dir = newFolder();
    const host = await startHost("sink", dir);
    const sender = pool(String(host.said.smtpUrl), 20);
    const accepted: string[] = [];
    const sending = Array.from({ length: 2000 }, (_, number) =>
      sender.sendMail(message(number, "x".repeat(8000))).then(
        (info) => void accepted.push(info.messageId),
        () => undefined,
      ),
    );
    while (accepted.length < 300) await new Promise((next) => setTimeout(next, 5));
    await host.kill();
    sender.close();
    await Promise.race([Promise.all(sending), new Promise((next) => setTimeout(next, 2000))]);
    const sink = await startMailSink({ dir });
    expect(accepted.length).toBeLessThan(2000);
    expect(accepted.filter((id) => !sink.find(id))).toEqual([]);
    await sink.stop();
  });

  test("cuts off a torn end and goes on behind the last whole message", async () => {
    const dir = newFolder();
    const send = async (number: number) => {
      const sink = await startMailSink({ dir });
      const sender = pool(sink.smtpUrl, 1);
      await sender.sendMail(message(number));
      sender.close();
      await sink.stop();
    };
    const file = (name: string) => join(dir, "mail", name);
    await send(1);
    appendFileSync(file("messages.1.dat"), "Subject: half a mess");
    appendFileSync(file("index.1.jsonl"), '{"entry":{"id":2,"mess');
    await send(2);
    truncateSync(file("messages.1.dat"), readFileSync(file("messages.1.dat")).length - 1); // its index line stays
    await send(3);
    const sink = await startMailSink({ dir });
    expect(sink.list(page).map((entry) => entry.messageId)).toEqual([
      "<message-3@riverside.example>",
      "<message-1@riverside.example>",
    ]);
    expect((await sink.read(2))?.toString()).toContain("resident-3@example.org");
    await sink.stop();
  });

  test("keeps the newest only, and forgets all when it is cleared", async () => {
    const dir = newFolder();
    const sink = await startMailSink({ dir, keep: 10 });
    const sender = pool(sink.smtpUrl, 1);
    for (let number = 1; number <= 23; number += 1) await sender.sendMail(message(number));
    expect(sink.count()).toBeLessThanOrEqual(10);
    expect(sink.count()).toBeGreaterThanOrEqual(5);
    expect(sink.list(page)[0]?.to).toBe("resident-23@example.org");
    expect(sink.find("<message-1@riverside.example>")).toBeNull();
    await sink.clear();
    expect(sink.count()).toBe(0);
    expect(readdirSync(join(dir, "mail"))).toHaveLength(2);
    await sender.sendMail(message(24));
    expect((await sink.read(24))?.toString()).toContain("resident-24@example.org");
    sender.close();
    await sink.stop();
  });
});

describe("the header of a message", () => {
  test("is decoded as RFC 2047 says", () => {
    expect(decodeWords("=?utf-8?Q?Caf=C3=A9_?= =?utf-8?B?w6k=?=")).toBe("Café é");
    expect(decodeWords("=?utf-8?Q?=C3?= =?utf-8?Q?=A9?=")).toBe("é");
    expect(decodeWords("=?iso-8859-1?Q?=A3?= 5 =?utf-8*en?Q?off?=")).toBe("£ 5 off");
    expect(decodeWords("=?x-nobody?Q?still_here?=")).toBe("still here");
    expect(decodeWords("2 =? 3")).toBe("2 =? 3");
  });

  test("is unfolded, and ends at the empty line", () => {
    const raw = "Received: x\r\nSUBJECT: one\r\n\ttwo\r\nMessage-ID:\r\n <a@b>\r\n\r\nFrom: not@me\r\n";
    expect(readHeader(Buffer.from(raw))).toEqual({ subject: "one two", messageId: "<a@b>", from: "" });
  });
});
