// How email meets its relays: what holds before the gate answers, connections used again and lost, a second relay, who is never written to.
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import type { EmailRendition, Gate, OpenChannel, Sent, Tools } from "../../src/channels/channel.ts";
import email from "../../src/channels/email.ts";
import { smtpStandIn } from "../support/smtp-stand-in.ts";
import type { StandIn } from "../support/stand-in.ts";

const issue = { reference: "BM-7F3K-2QRT", language: "en", sensitive: false };
const rendition: EmailRendition = {
  form: "email",
  subject: "Hello",
  preheader: "P",
  html: `<p>${"Words that fill a message. ".repeat(400)}</p>`,
  text: ".\r\n.\r\nHello",
};
const FROM = "bellman@alderwick.example.org";
const ANN = "ann@people.example.org";
const yes = () => Promise.resolve(true);
let count = 0;
const newKey = () => `relay-${(count += 1)}`;

let relay: StandIn;
const opened: OpenChannel[] = [];
const channel = (more: Partial<Tools> = {}): OpenChannel => {
  const site = { publish: () => Promise.reject(new Error("no")), find: () => Promise.resolve(null) };
  const none = { smtpUrl: "", smtpLookupUrl: null, timelineUrl: null, site, mailFrom: FROM };
  const open = email.open({ from_name: "Alderwick" }, { ...none, ...relay.tools, ...more });
  opened.push(open);
  return open;
};
const send = (open: OpenChannel, gate: Gate = yes, address = ANN, deliveryKey = newKey()): Promise<Sent> =>
  open.prepare(rendition, issue)({ deliveryKey, recipient: { address, values: {} } }, gate);
const arrived = async () => (await relay.arrived()).length;

beforeAll(async () => {
  relay = await smtpStandIn();
});
afterEach(async () => {
  for (const open of opened.splice(0)) await open.close();
  await relay.behave();
  await relay.look("as usual");
});
afterAll(() => relay.stop());

describe("before its gate has answered", () => {
  test("all but the end of a message is there, and none of it can be taken", async () => {
    const [heard, asked, before] = [relay.heard(), relay.asked(), await arrived()];
    const seen: number[][] = [];
    const sent = await send(channel(), async () => {
      await wait(50);
      seen.push([relay.heard() - heard, relay.asked() - asked, (await arrived()) - before]);
      return true;
    });
    expect(sent.kind).toBe("accepted");
    // A connection and EHLO, MAIL, RCPT, DATA; but no end.
    expect(seen).toEqual([[5, 0, 0]]);
    expect(await arrived()).toBe(before + 1);
  });

  test.each(["hangs up", "resets"])("a relay that %s is no doubt: nothing was taken", async (how) => {
    const [asked, before] = [relay.asked(), await arrived()];
    await relay.behave(`${how} within the body`);
    const sent = await send(channel(), async () => {
      await wait(50);
      return true;
    });
    expect(sent).toMatchObject({ kind: "unavailable", code: "connection-lost", why: "lost" });
    expect([relay.asked(), await arrived()]).toEqual([asked, before]);
  });

  test.each([
    ["no", () => wait(50).then(() => false)],
    ["nothing, because it fails", () => wait(50).then(() => Promise.reject(new Error("out of order")))],
  ])("and when it says %s, the relay never sees an end", async (_, gate) => {
    const [asked, before] = [relay.asked(), await arrived()];
    const open = channel();
    const sent = await send(open, gate).catch((error: Error) => error.message);
    expect(sent).toEqual(sent === "out of order" ? sent : { kind: "stopped" });
    await open.close();
    await wait(50);
    expect([relay.asked(), await arrived()]).toEqual([asked, before]);
  });

  test("a relay that talks out of turn is not believed", async () => {
    await relay.behave("answers the body with a riddle");
    expect(await send(channel())).toMatchObject({ kind: "unknown", code: "reply-unreadable" });
  });
});

describe("connections", () => {
  test("are used again, and not more of them than there is work at once", async () => {
    const open = channel();
    const heard = relay.heard();
    for (let i = 0; i < 10; i += 1) expect((await send(open)).kind).toBe("accepted");
    expect(relay.heard() - heard).toBe(2 + 10 * 3); // connect, EHLO; then MAIL, RCPT, DATA each
  });

  test("survive a refusal: the next message goes over the same one, after RSET", async () => {
    const open = channel();
    await relay.behave("refuses the recipient for good");
    const heard = relay.heard();
    for (let i = 0; i < 10; i += 1) {
      expect(await send(open)).toEqual({ kind: "refused", code: "no-such-address" });
      await wait(30);
    }
    expect(relay.heard() - heard).toBe(2 + 10 * 3); // connect, EHLO; then MAIL, RCPT, RSET each
  });

  test("that the relay ended while they were idle are no news to anybody", async () => {
    const open = channel();
    await Promise.all(Array.from({ length: 5 }, () => send(open)));
    await relay.behave("is slow at every step"); // ends every connection on its way
    const all = await Promise.all(Array.from({ length: 5 }, () => send(open)));
    expect(all.map(({ kind }) => kind)).toEqual(Array(5).fill("accepted"));
  });

  test("carry many messages at once, each whole and to its own recipient", async () => {
    const open = channel();
    const before = await arrived();
    const people = Array.from({ length: 300 }, (_, i) => `person${i}@people.example.org`);
    const all = await Promise.all(
      people.map((address) => send(open, () => wait(5).then(() => true), address)),
    );
    expect(all.filter(({ kind }) => kind !== "accepted")).toEqual([]);
    const mails = (await relay.arrived()).slice(before);
    expect(mails.map(({ to }) => to.join())).toEqual(expect.arrayContaining(people.map((one) => `<${one}>`)));
    for (const { to, body } of mails) expect(body).toContain(`To: ${to.join()}`);
  });

  test("sign in where the address has a name and password, and say so where that fails", async () => {
    const smtpUrl = relay.tools.smtpUrl?.replace("//", "//ann:s%40cret@") ?? "";
    await relay.behave("lets us sign in");
    const heard = relay.heard();
    expect((await send(channel({ smtpUrl }))).kind).toBe("accepted");
    expect(relay.heard() - heard).toBe(2 + 1 + 3);
    await relay.behave("does not let us sign in");
    expect(await send(channel({ smtpUrl }))).toMatchObject({ kind: "unavailable", why: "sign-in" });
  });
});

describe("trouble that is not the recipient's", () => {
  test.each([
    ["has a policy at the recipient", { code: "policy-550", why: "policy", retryAfterSeconds: 3_600 }],
    ["has a policy after the body", { code: "policy-550", why: "policy", retryAfterSeconds: 3_600 }],
    ["throttles at the recipient", { code: "smtp-454", why: "throttled" }],
    ["throttles after the body", { code: "smtp-454", why: "throttled" }],
    ["greets with 421", { code: "smtp-421", why: "turned-away" }],
    ["wants a sign-in first", { code: "smtp-530", why: "sign-in" }],
    ["hangs up at the recipient", { code: "connection-lost", why: "lost" }],
    ["is not there", { code: "relay-not-reached", why: "not-reached" }],
  ])("a relay that %s: %j", async (fault, what) => {
    await relay.behave(fault);
    expect(await send(channel())).toMatchObject({ kind: "unavailable", ...what });
  });

  test("rests a relay after some of it: nothing more is tried, and how long is said", async () => {
    const open = channel();
    await relay.behave("greets with 421");
    for (let i = 0; i < 5; i += 1) await send(open);
    const heard = relay.heard();
    const sent = await send(open);
    expect(sent).toMatchObject({ kind: "unavailable", code: "relays-resting", why: "resting" });
    expect((sent as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(relay.heard()).toBe(heard);
  });
});

describe("with a second relay", () => {
  let second: StandIn;
  beforeAll(async () => {
    second = await smtpStandIn();
  });
  afterEach(() => second.look("as usual"));
  afterAll(() => second.stop());
  const both = () =>
    channel({
      secondSmtpUrl: second.tools.smtpUrl ?? null,
      secondSmtpLookupUrl: second.tools.smtpLookupUrl ?? null,
    });

  test.each(["is not there", "greets with 421", "hangs up at the recipient"])(
    "it carries what a first that %s turned away, and can be asked about it",
    async (fault) => {
      const open = both();
      await relay.behave(fault);
      const key = newKey();
      const before = (await second.arrived()).length;
      const sent = await send(open, yes, ANN, key);
      expect(sent.kind).toBe("accepted");
      expect((await second.arrived()).length).toBe(before + 1);
      expect(await open.lookup(key)).toEqual({ found: "yes", proof: (sent as { proof: string }).proof });
    },
  );

  test("it carries nothing that the first may have taken", async () => {
    await relay.behave("takes it and resets");
    const before = (await second.arrived()).length;
    expect(await send(both())).toEqual({ kind: "unknown", code: "reply-lost" });
    expect((await second.arrived()).length).toBe(before);
  });

  test("a look-up says no only where both prove it", async () => {
    const open = both();
    expect(await open.lookup(newKey())).toEqual({ found: "no" });
    await second.look("failing");
    expect(await open.lookup(newKey())).toEqual({ found: "unknown" });
    const key = newKey();
    await send(open, yes, ANN, key);
    expect((await open.lookup(key)).found).toBe("yes");
  });
});

test("a domain of other letters is told by its name in ASCII, also to a relay that knows no others", async () => {
  expect((await send(channel(), yes, "user@bücher.example")).kind).toBe("accepted");
  expect((await relay.arrived()).at(-1)?.to).toEqual(["<user@xn--bcher-kva.example>"]);
});

describe("never written to", () => {
  test.each([
    FROM,
    "Bellman@ALDERWICK.example.org",
    "bellman+x@alderwick.example.org",
    "postmaster@alderwick.example.org",
    "bounces+ann=people.example.org@alderwick.example.org",
    "unsubscribe@alderwick.example.org",
    "MAILER-DAEMON@alderwick.example.org",
  ])("is an address of our own: %s", async (address) => {
    const heard = relay.heard();
    expect(await send(channel(), yes, address)).toEqual({ kind: "refused", code: "own-address" });
    expect(relay.heard()).toBe(heard);
  });

  test.each([
    null,
    undefined,
    7,
    {},
    ["ann@people.example.org"],
    "=?utf-8?Q?eve=40x.test?=@people.example.org",
  ])("is what is no address: %j", async (address) => {
    const recipient = { address: address as string, values: {} };
    const sent = await channel().prepare(rendition, issue)({ deliveryKey: newKey(), recipient }, yes);
    expect(sent).toEqual({ kind: "refused", code: "bad-address" });
  });

  test("is who is not on the list, where there is one", async () => {
    const open = channel({ mayReach: (address) => address === ANN });
    expect(await send(open, yes, "bob@people.example.org")).toEqual({
      kind: "refused",
      code: "not-on-allow-list",
    });
    expect((await send(open)).kind).toBe("accepted");
  });

  test("is an address beyond ASCII, but by a relay that can", async () => {
    const address = "żółw@łąka.example.org";
    expect(await send(channel(), yes, address)).toEqual({
      kind: "refused",
      code: "relay-cannot-send-address",
    });
    await relay.behave("offers SMTPUTF8");
    expect((await send(channel(), yes, address)).kind).toBe("accepted");
    const last = (await relay.arrived()).at(-1);
    const told = Buffer.from(last?.to.join() ?? "", "latin1").toString("utf8");
    expect(told).toBe(`<żółw@${new URL("http://łąka.example.org").hostname}>`);
  });
});
