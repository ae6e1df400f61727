// The contract every channel keeps, held against every file in src/channels. Knows no channel by name: the other side is chosen by form.
// Left out: a relay or service that takes and then hangs. The waits are policy (10 minutes, 10 seconds) and cannot be shortened from outside.
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import type { Channel, OpenChannel, Outgoing, Sent, Tools } from "../../src/channels/channel.ts";
import { loadChannels } from "../../src/channels/registry.ts";
import { sha256 } from "../../src/lib/hash.ts";
import { RENDITIONS, STAND_INS, type StandIn } from "../support/stand-in.ts";

const channels = [...(await loadChannels())];
const example = parse(
  readFileSync(new URL("../../config/partnership.example.yaml", import.meta.url), "utf8"),
) as { channels: { kind: string; settings?: unknown }[] };

const issue = { reference: "BM-7F3K-2QRT", language: "en", sensitive: false };
const ADDRESS = "ann@people.example.org";
const yes = () => Promise.resolve(true);
let count = 0;
const newKey = () => `delivery-${(count += 1)}`;

test("there are channels, each with a label, a form of its own kind and an example that its settings accept", () => {
  expect(channels.length).toBeGreaterThanOrEqual(3);
  for (const [kind, channel] of channels) {
    expect(channel.label.trim()).not.toBe("");
    expect(Object.keys(STAND_INS)).toContain(channel.form);
    expect(channel.settings.safeParse(settingsOf(kind)).success).toBe(true);
  }
});

const settingsOf = (kind: string): unknown =>
  example.channels.find((channel) => channel.kind === kind)?.settings ?? {};

describe.each(channels)("the channel in %s.ts", (kind: string, channel: Channel) => {
  let other: StandIn;
  let open: OpenChannel;
  let tools: Tools;
  beforeAll(async () => {
    other = await STAND_INS[channel.form]();
    const nowhere = { publish: () => Promise.reject(new Error("no")), find: () => Promise.resolve(null) };
    const none = { smtpUrl: "smtp://127.0.0.1:9", smtpLookupUrl: null, timelineUrl: null, site: nowhere };
    tools = { ...none, mailFrom: "bellman@alderwick.example.org", ...other.tools };
    open = channel.open(channel.settings.parse(settingsOf(kind)), tools);
  });
  const reopen = async () => {
    await open.close();
    open = channel.open(channel.settings.parse(settingsOf(kind)), tools);
  };
  afterEach(async () => {
    await other.behave();
    await other.look("as usual");
  });
  afterAll(async () => {
    await open.close();
    await other.stop();
  });

  const outgoing = (deliveryKey: string): Outgoing => ({
    deliveryKey,
    recipient: channel.reaches === "people" ? { address: ADDRESS, values: { first_name: "Ann" } } : null,
  });
  // A reference of its own for each delivery, as each communication has one.
  const send = (deliveryKey: string, gate: () => Promise<boolean> = yes): Promise<Sent> => {
    const reference = `BM-${sha256(deliveryKey).slice(0, 8)}`;
    return open.prepare(RENDITIONS[channel.form](), { ...issue, reference })(outgoing(deliveryKey), gate);
  };
  const arrivals = async () => (await other.arrived()).length;
  /** A channel that throws after its gate leaves the delivery in doubt: src/journey/dispatch.ts treats it as unknown. */
  const sendAnyhow = (deliveryKey: string): Promise<Sent> =>
    send(deliveryKey).catch(() => ({ kind: "unknown", code: "thrown" }));

  test("gives a proof of what was accepted, and exactly that one arrives", async () => {
    const before = await arrivals();
    const sent = await send(newKey());
    expect(sent).toEqual({ kind: "accepted", proof: expect.stringMatching(/\S{5}/) });
    expect(await arrivals()).toBe(before + 1);
  });

  test("asks the gate exactly once, and before the other side could take anything", async () => {
    const before = other.asked();
    const asked: number[] = [];
    await send(newKey(), () => {
      asked.push(other.asked() - before);
      return yes();
    });
    expect(asked).toEqual([0]);
    expect(other.asked()).toBe(before + 1);
  });

  test("sends nothing and says stopped when the gate says no", async () => {
    await other.behave();
    const [asked, before] = [other.asked(), await arrivals()];
    expect(await send(newKey(), () => Promise.resolve(false))).toEqual({ kind: "stopped" });
    await wait(30); // for what may still be on its way
    expect([other.asked(), await arrivals()]).toEqual([asked, before]);
  });

  test("sends nothing when the gate cannot answer, and does not hide it", async () => {
    await other.behave();
    const [asked, before] = [other.asked(), await arrivals()];
    await expect(send(newKey(), () => Promise.reject(new Error("the gate is out of order")))).rejects.toThrow(
      "the gate is out of order",
    );
    await wait(30); // for what may still be on its way
    expect([other.asked(), await arrivals()]).toEqual([asked, before]);
  });

  test("is recognisably the same message when one delivery is tried twice, and another for another", async () => {
    const before = new Set((await other.arrived()).map(({ id }) => id));
    const newIds = async () =>
      [...new Set((await other.arrived()).map(({ id }) => id))].filter((id) => !before.has(id));
    const [first, second] = [newKey(), newKey()];
    const proof = await send(first);
    expect(await send(first)).toEqual(proof);
    expect(await newIds()).toEqual([expect.stringMatching(/\S{5}/)]);
    expect(await send(second)).not.toEqual(proof);
    expect(await newIds()).toHaveLength(2);
  });

  test("is still the same message after the channel was closed and opened again", async () => {
    const key = newKey();
    const first = await send(key);
    const again = channel.open(channel.settings.parse(settingsOf(kind)), tools);
    const reference = `BM-${sha256(key).slice(0, 8)}`;
    const sent = await again.prepare(RENDITIONS[channel.form](), { ...issue, reference })(outgoing(key), yes);
    await again.close();
    expect(sent).toEqual(first);
  });

  test("judges every kind of trouble rightly: put off only what was provably not taken, unknown where the reply was lost", async () => {
    expect((await faultTable()).filter(({ right }) => !right)).toEqual([]);
  });

  /** One attempt for each fault of the other side, with what is wrong about the channel's judgement. */
  async function faultTable() {
    const rows = [];
    for (const { name, kind: wanted, taken } of other.faults) {
      await reopen(); // trouble after trouble would have a channel give the other side a rest
      await other.behave(name);
      const [key, before] = [newKey(), await arrivals()];
      const sent = await sendAnyhow(key);
      const got = (await arrivals()) - before;
      const quiet = !("code" in sent) || /^[a-z][a-z0-9-]{1,39}$/.test(sent.code);
      await other.behave();
      const landed = await open.lookup(key);
      const found = landed.found === (taken ? "yes" : "no");
      const right = sent.kind === wanted && got === (taken ? 1 : 0) && quiet && found;
      rows.push({ name, wanted, sent, taken, got, landed, right });
    }
    return rows;
  }

  test("sends again after every kind of trouble, as the same message", async () => {
    for (const { name } of other.faults) {
      const key = newKey();
      await other.behave(name);
      await sendAnyhow(key);
      await other.behave();
      const sent = await send(key);
      expect({ after: name, kind: sent.kind }).toEqual({ after: name, kind: "accepted" });
      expect(await open.lookup(key)).toEqual({ found: "yes", proof: (sent as { proof: string }).proof });
    }
  });

  test("looks up what was taken with the proof it was accepted with, and says no of what was not", async () => {
    const key = newKey();
    expect(await open.lookup(key)).toEqual({ found: "no" });
    const sent = await send(key);
    expect(await open.lookup(key)).toEqual({ found: "yes", proof: (sent as { proof: string }).proof });
    expect(await open.lookup(newKey())).toEqual({ found: "no" });
  });

  test("never says no or yes when the look-up is out of order", async () => {
    const key = newKey();
    await send(key);
    for (const how of other.lookups) {
      await other.look(how);
      expect({ how, ...(await open.lookup(key)) }).toEqual({ how, found: "unknown" });
    }
  });

  test("changes nothing by looking", async () => {
    const before = await arrivals();
    await open.lookup(newKey());
    expect(await arrivals()).toBe(before);
  });

  test("lets through what is at its limit and refuses what is one over it, with both numbers", () => {
    const sized = RENDITIONS[channel.form];
    const [problem] = channel.validate(sized(1_000_000));
    const limit = problem?.limit ?? 0;
    expect(limit).toBeGreaterThan(0);
    expect(channel.validate(sized(limit))).toEqual([]);
    const [over] = channel.validate(sized(limit + 1));
    expect(over).toMatchObject({ measured: limit + 1, limit, code: expect.stringMatching(/^[a-z-]+$/) });
    expect(over?.message).toMatch(/[.]$/);
  });

  test("refuses a rendition of another form as our own fault", () => {
    const wrong = Object.entries(RENDITIONS).filter(([form]) => form !== channel.form);
    for (const [, make] of wrong) {
      expect(() => channel.validate(make())).toThrow(/this channel carries/);
      expect(() => open.prepare(make(), issue)).toThrow(/this channel carries/);
    }
  });
});
