// Our own addresses are never written to, and no channel writes under another agency's name (H27, H30).
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { addSubscribers } from "../../src/audience/add.ts";
import { fromNameFaults } from "../../src/domain/from-name.ts";
import { ownAddressFault } from "../../src/domain/own-address.ts";

const MAIL_FROM = "bellman@safer-alderwick.example.org";

describe("an address", () => {
  test.each([
    MAIL_FROM,
    "Bellman@Safer-Alderwick.Example.Org",
    " bellman@safer-alderwick.example.org ",
    "bellman+anything@safer-alderwick.example.org",
    "bellman@safer-alderwick.example.org.",
    "postmaster@safer-alderwick.example.org",
    "POSTMASTER@safer-alderwick.example.org",
    "MAILER-DAEMON@safer-alderwick.example.org",
    "bounces+ann=example.org@safer-alderwick.example.org",
    "bounce@safer-alderwick.example.org",
    "unsubscribe@safer-alderwick.example.org",
    "no-reply@safer-alderwick.example.org",
    "noreply@safer-alderwick.example.org",
  ])('"%s" is our own', (email) => {
    expect(ownAddressFault(email, MAIL_FROM)).toMatch(/^is (the|an) address/);
  });

  test.each([
    "ann@example.org",
    "maya@safer-alderwick.example.org",
    "postmaster@example.org",
    "bellman@example.org",
    "",
  ])('"%s" is somebody else\'s', (email) => {
    expect(ownAddressFault(email, MAIL_FROM)).toBeNull();
  });

  test("of our own is left out when people are added, told by its place and never by its name", async () => {
    const kept: string[] = [];
    const add = (people: readonly { email: string }[]) => {
      kept.push(...people.map((person) => person.email));
      return Promise.resolve(people.length);
    };
    const person = (email: string) => ({
      ...{
        email,
        emailHash: email,
        firstName: null,
        language: "en",
        areaCode: null,
        groups: [],
        interests: [],
      },
    });
    const deps = { store: { audience: { add } }, settings: { mailFrom: MAIL_FROM } } as unknown as Parameters<
      typeof addSubscribers
    >[0];
    const consent = {
      listKey: "news",
      basis: "consent",
      wording: "Yes",
      source: "test",
      givenAt: "2026-01-01",
    };
    const people = [person("ann@example.org"), person(MAIL_FROM), person("bob@example.org")];
    const done = await addSubscribers(deps, people, consent);
    expect(done).toEqual({
      added: 2,
      refused: [{ index: 1, why: "is the address our own messages come from" }],
    });
    expect(kept).toEqual(["ann@example.org", "bob@example.org"]);
  });

  test("of ours stays ours in capitals and with any detail", () => {
    const ours = fc.constantFrom(
      "bellman",
      "postmaster",
      "mailer-daemon",
      "bounce",
      "bounces",
      "unsubscribe",
      "no-reply",
    );
    fc.assert(
      fc.property(ours, fc.stringMatching(/^[a-z0-9=._-]{0,12}$/), fc.boolean(), (local, detail, loud) => {
        const email = `${local}${detail === "" ? "" : `+${detail}`}@safer-alderwick.example.org`;
        expect(ownAddressFault(loud ? email.toUpperCase() : email, MAIL_FROM)).not.toBeNull();
      }),
    );
  });
});

describe("the name a channel writes as", () => {
  const agencies = [
    { key: "council", name: "Alderwick Council" },
    { key: "police", name: "Alderwick Police" },
  ];
  const faults = (from_name: string | number, agency = "council") =>
    fromNameFaults({ agencies, channels: [{ agency, settings: { from_name } }] });

  test.each([
    "Alderwick Police",
    "alderwick  police",
    "ALDERWICK POLICE.",
    "Alderwick Police (news)".replace(/[()]/g, "-"),
    "Alderwick\u200b Police",
    "Ａｌｄｅｒｗｉｃｋ Police",
    "Álderwick Police",
  ])('of the council cannot be "%s"', (name) => {
    expect(faults(name)).toEqual([
      {
        path: ["channels", 0, "settings", "from_name"],
        message: 'is the name of Alderwick Police, but the channel belongs to "council"',
      },
    ]);
  });

  test.each([
    ["Alderwick Police <x@evil.example>", /without an address/],
    ["police@example.org", /without an address/],
    ['A "quoted" name', /without an address/],
    ["Council\r\nBcc: x", /one line without control characters/],
    ["Council\u0000", /one line without control characters/],
    ["Council \u202eecilop", /one line without control characters/],
    ["x".repeat(81), /at most 80 characters/],
    ["  ", /must not be empty/],
  ])("cannot be %j", (name, sentence) => {
    expect(faults(name)[0]?.message).toMatch(sentence);
  });

  test.each([
    ["Safer Alderwick Partnership", "council"],
    ["Alderwick Police", "police"],
    ["Alderwick Council with Alderwick Police", "council"],
    ["Alderwick Policeman's Ball", "council"],
  ])('may be "%s" of %s', (name, agency) => {
    expect(faults(name, agency)).toEqual([]);
  });

  test("is looked at only where a channel has one", () => {
    expect(fromNameFaults({ agencies, channels: [{ agency: "police", settings: {} }] })).toEqual([]);
  });

  test("is another agency's however it is written and whatever unseen stands in it", () => {
    const change = fc.tuple(fc.constantFrom("", "", "\u200b", "\u00ad", "\u2060"), fc.boolean());
    fc.assert(
      fc.property(fc.array(change, { minLength: 16, maxLength: 16 }), (changes) => {
        const name = [..."Alderwick Police"]
          .map((letter, i) => `${changes[i]?.[0] ?? ""}${changes[i]?.[1] ? letter.toUpperCase() : letter}`)
          .join("");
        expect(faults(name)).toHaveLength(1);
      }),
    );
  });
});
