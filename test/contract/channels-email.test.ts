// What every channel that carries email keeps besides the common contract: one recipient, a way out, words that cannot break out.
import { readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import PostalMime, { type Email } from "postal-mime";
import { parse } from "yaml";
import type { EmailRendition, OpenChannel, Outgoing, Tools } from "../../src/channels/channel.ts";
import { loadChannels } from "../../src/channels/registry.ts";
import { STAND_INS, type Arrived, type StandIn } from "../support/stand-in.ts";

const channels = [...(await loadChannels())].filter(([, channel]) => channel.form === "email");
const example = parse(
  readFileSync(new URL("../../config/partnership.example.yaml", import.meta.url), "utf8"),
) as { channels: { kind: string; settings?: unknown }[] };

const issue = { reference: "BM-7F3K-2QRT", language: "pl", sensitive: false };
const rendition: EmailRendition = {
  form: "email",
  subject: "Hello {{first_name|neighbour}}",
  preheader: "P",
  html: '<p>Dear {{first_name|neighbour}} of {{ward|your area}}, <a href="{{unsubscribe_url}}">stop</a></p>',
  text: "Dear {{first_name|neighbour}} of {{ward|your area}}\n\nStop: {{unsubscribe_url}}",
};
const STOP = "http://127.0.0.1:3000/stop/0f.ab";
const FROM = "bellman@alderwick.example.org";
const yes = () => Promise.resolve(true);
let count = 0;

describe.each(channels)("the email channel in %s.ts", (kind, channel) => {
  let relay: StandIn;
  let open: OpenChannel;
  beforeAll(async () => {
    relay = await STAND_INS.email();
    const tools = { mailFrom: FROM, timelineUrl: null, ...relay.tools } as Tools;
    const settings = example.channels.find((one) => one.kind === kind)?.settings ?? {};
    open = channel.open(channel.settings.parse(settings), tools);
  });
  afterAll(async () => {
    await open.close();
    await relay.stop();
  });

  type Recipient = NonNullable<Outgoing["recipient"]>;
  const to = (address: string, values: Recipient["values"] = {}): Recipient => ({
    address,
    values: { unsubscribe_url: STOP, ...values },
  });
  /** What one attempt made arrive, as the relay saw it and as a mail program reads it. */
  const arrivals = async (recipient: Recipient, of: EmailRendition = rendition) => {
    const before = (await relay.arrived()).length;
    const sent = await open.prepare(of, issue)({ deliveryKey: `mail-${(count += 1)}`, recipient }, yes);
    const arrived: readonly Arrived[] = (await relay.arrived()).slice(before);
    const mails: Email[] = [];
    for (const { body } of arrived) mails.push(await PostalMime.parse(Buffer.from(body, "latin1")));
    return { sent, arrived, mails };
  };
  const one = async (recipient: Recipient, of?: EmailRendition): Promise<Email> => {
    const { mails } = await arrivals(recipient, of);
    expect(mails).toHaveLength(1);
    return mails[0] as Email;
  };
  const header = (mail: Email, key: string) =>
    mail.headers.filter((one) => one.key === key).map((one) => one.value);

  test("sends a text part and an HTML part that both say everything", async () => {
    const mail = await one(to("ann@people.example.org", { first_name: "Ann", ward: "Castle" }));
    expect(mail.subject).toBe("Hello Ann");
    expect(mail.text).toContain("Dear Ann of Castle");
    expect(mail.html).toContain("<p>Dear Ann of Castle");
    expect(mail.from?.address).toBe(FROM);
  });

  test("gives a way out by one click, as RFC 8058 has it, and in both parts", async () => {
    const mail = await one(to("ann@people.example.org"));
    expect(header(mail, "list-unsubscribe")).toEqual([`<${STOP}>`]);
    expect(header(mail, "list-unsubscribe-post")).toEqual(["List-Unsubscribe=One-Click"]);
    expect(mail.text).toContain(STOP);
    expect(mail.html).toContain(STOP);
  });

  test("says its language, its public reference and that a machine sent it", async () => {
    const mail = await one(to("ann@people.example.org"));
    expect(header(mail, "content-language")).toEqual(["pl"]);
    expect(header(mail, "x-bellman-reference")).toEqual(["BM-7F3K-2QRT"]);
    expect(header(mail, "auto-submitted")).toEqual(["auto-generated"]);
  });

  test("carries letters of every language whole", async () => {
    const mail = await one(to("ann@people.example.org", { first_name: "Żaneta 🎃", ward: "Łąka" }));
    expect(mail.subject).toBe("Hello Żaneta 🎃");
    expect(mail.text).toContain("Dear Żaneta 🎃 of Łąka");
    expect(mail.html).toContain("Dear Żaneta 🎃 of Łąka");
  });

  test("uses the fallback for a person who gave no name", async () => {
    expect((await one(to("ann@people.example.org", { first_name: "  " }))).subject).toBe("Hello neighbour");
  });

  test("refuses, before the gate, a person without a value that has no fallback", async () => {
    let asked = 0;
    const gate = () => {
      asked += 1;
      return yes();
    };
    const recipient = { address: "ann@people.example.org", values: {} };
    const sent = await open.prepare(rendition, issue)({ deliveryKey: "no-way-out", recipient }, gate);
    expect(sent).toEqual({ kind: "refused", code: "missing-unsubscribe_url" });
    expect(asked).toBe(0);
  });

  test.each([
    ["markup", '<script>alert(1)</script>"><img src=x>'],
    ["an attribute", '" onmouseover="x'],
    ["an entity", "&lt;b&gt; &amp;"],
    ["a slot", "{{unsubscribe_url}}"],
    ["a replacement pattern", "$& $1 $`"],
  ])("puts %s in a name into the HTML as plain words", async (_, first_name) => {
    const { text = "", html = "" } = await one(to("ann@people.example.org", { first_name }));
    const escaped = html.slice(html.indexOf("Dear ") + 5, html.indexOf(" of "));
    expect(escaped).not.toMatch(/[<>"]/);
    expect(text).toContain(`Dear ${first_name} of`);
  });

  test.each([
    "Ann\r\nBcc: eve@evil.example.org",
    "Ann\nSubject: Other",
    "Ann\u2028Bcc: eve@evil.example.org",
    "Ann\u0000",
  ])("never lets a name break out of its header: %j", async (first_name) => {
    const { mails, arrived } = await arrivals(to("ann@people.example.org", { first_name }));
    for (const mail of mails) {
      expect(mail.bcc ?? []).toEqual([]);
      expect(header(mail, "subject")).toHaveLength(1);
      expect(mail.subject).toMatch(/^Hello Ann/);
    }
    for (const { to: envelope } of arrived) expect(envelope).toEqual(["<ann@people.example.org>"]);
  });

  const HOSTILE = [
    "a@x.test, b@x.test",
    "a@x.test,b@x.test",
    "a@x.test; b@x.test",
    "a@x.test b@x.test",
    "Team: a@x.test, b@y.test;",
    "a@x.test\r\nRCPT TO:<b@x.test>",
    "a@x.test\r\nBcc: b@x.test",
    "a@x.test\nb@x.test",
    "<a@x.test>",
    "Ann <a@x.test>",
    "a@x.test> <b@x.test",
    "a@x.test> ORCPT=rfc822;b@x.test",
    '"b@x.test" <a@x.test>',
    '"a b"@x.test',
    "a@x.test (b@x.test)",
    "@x.test:a@y.test",
    "a@b@x.test",
    "a@x.test\u0000",
    "a@x.test\t",
    " a@x.test",
    "a@",
    "@x.test",
    "a",
    "",
    "   ",
    `${"a".repeat(250)}@x.test`,
  ];
  test.each(HOSTILE)("refuses %j, which is not one plain address, and nothing leaves", async (address) => {
    const heard = relay.heard();
    const { sent, arrived } = await arrivals(to(address));
    expect(sent).toEqual({ kind: "refused", code: "bad-address" });
    expect(arrived).toEqual([]);
    expect(relay.heard()).toBe(heard);
  });

  test("never sends to a second address, whatever stands for the first", async () => {
    const piece = fc.constantFrom(
      ...'ab@.,;:<>()[]"\\ \r\n\t%!',
      "a@x.test",
      "b@y.test",
      "Team: ",
      "żółw",
      "\u0000",
    );
    const hostile = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((all) => all.join("")),
      fc.emailAddress(),
    );
    await fc.assert(
      fc.asyncProperty(hostile, async (address) => {
        const { sent, arrived, mails } = await arrivals(to(address));
        if (sent.kind === "refused") return expect(arrived).toEqual([]);
        expect(arrived.map(({ to: envelope }) => envelope.length)).toEqual([1]);
        expect(mails[0]?.to).toHaveLength(1);
        expect([...(mails[0]?.cc ?? []), ...(mails[0]?.bcc ?? [])]).toEqual([]);
      }),
      { numRuns: 200 },
    );
  });

  test("sends to an ordinary address exactly as it was given", async () => {
    for (const address of ["ann.o'neill+news@people.example.org", "A_b-c@sub.people.example.org"]) {
      const { arrived, mails } = await arrivals(to(address));
      expect(arrived[0]?.to).toEqual([`<${address}>`]);
      expect(mails[0]?.to).toEqual([{ address, name: "" }]);
    }
  });

  test("opens no file and fetches no address, whatever the words say", async () => {
    const words = { ...rendition, html: '<img src="/etc/passwd"><img src="http://127.0.0.1:1/x.png">' };
    const mail = await one(to("ann@people.example.org"), words);
    expect(mail.attachments).toEqual([]);
  });
});
