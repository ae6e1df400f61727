// What an author may not write, each refused in a plain sentence at its line and field, nothing stored (H28-H34, H79-H82).
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { PROJECT } from "../../config/env.ts";
import type { Known } from "../../src/domain/campaign-check.ts";
import { line } from "../../src/domain/content.ts";
import { DomainError } from "../../src/domain/errors.ts";
import { openLibrary } from "../../src/library/library.ts";
import { readCampaign } from "../../src/library/campaign-text.ts";

const library = openLibrary(join(PROJECT, "templates"));
const known: Known = {
  agencies: ["police"],
  people: [
    { email: "ann@police.example.org", agencyKey: "police", roles: ["author"] },
    { email: "bob@police.example.org", agencyKey: "police", roles: ["approver"] },
  ],
  priorities: ["safe"],
  channels: ["email"],
  segments: ["everyone"],
  signposts: [],
  moment: { zone: "Europe/London", now: "2026-11-22T09:00:00Z", quiet: null },
};
const FIELDS = {
  ...{ key: "k", title: "T", purpose: "P", priority: "safe", objective: "inform", emphasis: ["reassurance"] },
  ...{
    place_or_issue: "place",
    class: "public-task-information",
    audience: ["everyone"],
    channels: ["email"],
  },
  ...{ lead_agency: "police", author: "ann@police.example.org", approver: "bob@police.example.org" },
  due: "2027-01-04 09:00",
};
const EMAIL = { subject: "Hello", preheader: "There", opening: [{ paragraph: "Words" }] };
/** JSON is YAML; a line for each field, so that a fault's line is its own. */
const file = (change: object, email: object = {}, communication: object = {}): string => {
  const one = {
    key: "one",
    title: "One",
    content: { en: { email: { ...EMAIL, ...email } } },
    ...communication,
  };
  const fields = Object.entries({ ...FIELDS, ...change, communications: [one] });
  return ["campaign:", ...fields.map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`)].join("\n");
};
const faults = (text: string): readonly string[] => {
  try {
    readCampaign(text, "campaign.yaml", library, known);
    return [];
  } catch (error) {
    if (error instanceof DomainError) return error.faults;
    throw error;
  }
};
const lineOf = (text: string, field: string) =>
  text.split("\n").findIndex((one) => one.startsWith(`  ${field}:`)) + 1;
const only = (text: string, field: string, sentence: string) => {
  const [first = "", ...more] = faults(text);
  expect(more).toEqual([]);
  expect(first).toContain(`line ${lineOf(text, field)}, campaign.${field}`);
  expect(first).toContain(sentence);
  expect(first).toMatch(/\.$/);
};

test("the file these are changes of has no fault", () => {
  expect(faults(file({}))).toEqual([]);
});

describe("a time that cannot be (H79, H80, H81)", () => {
  test.each([
    [
      "due",
      "2027-02-29 09:00",
      "February 2027 has only 28 days. The nearest that exist are 2027-02-28 09:00 and 2027-03-01 09:00.",
    ],
    ["due", "2027-04-31 09:00", "April 2027 has only 30 days"],
    ["due", "31/04", "April has only 30 days"],
    ["due", "31/04/2027 09:00", "April 2027 has only 30 days"],
    ["due", "2027-01-04 24:00", "A day ends at 23:59"],
    ["due", "24:00", "is not a local time. Write it as 2026-10-25 09:00."],
    ["due", "2026-12-31 23:59:60", "has seconds, which are not ours to promise"],
    ["due", "03/04/2027 09:00", "is read day first: 3 April 2027. Write it as 2027-04-03 09:00."],
    ["due", "2027-03-28 01:30", "does not exist in Europe/London"],
    ["due", "2027-10-31 01:30", 'Say which is meant: "repeated_hour: first" or "repeated_hour: second"'],
    ["due", "2020-01-01 09:00", "has passed"],
    ["due", "2099-01-01 09:00", "is more than 2 years ahead"],
    ["due", "2027-01-04T09:00Z", "is not a local time"],
    ["earliest", "2026-01-01 09:00", "The earliest time, Thursday 1 January 2026, 9am, has passed"],
    ["earliest", "2027-01-04 09:01", "is after the due time, Monday 4 January 2027, 9am"],
    ["earliest", "03/01/2027", "is read day first: 3 January 2027"],
    ["expires", "2099-01-01 09:00", "The expiry, Thursday 1 January 2099, 9am, is more than 2 years ahead"],
    ["expires", "2026-01-01 09:00", "The expiry, Thursday 1 January 2026, 9am, has passed"],
    ["expires", "2027-01-04 08:59", 'is before "One" is due, Monday 4 January 2027, 9am'],
    [
      "expires",
      "2027-01-11 08:59",
      'is before "One" stops being useful, Monday 11 January 2027, 9am. Give a later expiry',
    ],
    ["expires", "2027-03-28 01:30", "does not exist in Europe/London"],
    ["expires", "2027-02-30 01:30", "February 2027 has only 28 days"],
  ])("%s: %s", (field, value, sentence) => {
    only(file({ [field]: value }), field, sentence);
  });

  test("two wrong ends are told at once", () => {
    expect(faults(file({ earliest: "2026-01-01 09:00", expires: "2026-01-02 09:00" }))).toHaveLength(2);
  });

  test("the whole of a window in order is taken, its ends meeting", () => {
    const ends = { earliest: "2027-01-04 09:00", expires: "2027-01-11 09:00" };
    expect(faults(file(ends))).toEqual([]);
  });
});

describe("a repetition that cannot be (H81, H82)", () => {
  test.each([
    [{ every: "day", times: 5_000 }, "must be at most 200 times"],
    ["FREQ=SECONDLY", "every day is the most often"],
    [{ every: "second", times: 3 }, "nothing is repeated more often than once a day"],
    [{ every: "week", until: "2027-01-01" }, "Friday 1 January 2027 is not after the due time"],
    [{ every: "week", until: "2099-01-01" }, "is more than 2 years ahead"],
    [{ every: "month", on: 31, times: 3 }, "is not such a day; the next is Sunday 31 January 2027"],
    [{ every: "day" }, "must say when it ends"],
  ])("%j", (repeat, sentence) => {
    only(file({ repeat }), "repeat", sentence);
  });
});

describe("words that could do harm (H28, H29)", () => {
  test.each([
    [
      "a line break and a header",
      "Hello\r\nBcc: x@example.org",
      "must be one line without control characters",
    ],
    ["10,000 characters", "x".repeat(10_000), "must be at most 150 characters"],
    ["NUL", "Hello\u0000", "must be one line without control characters"],
    ["a right-to-left override", "Hello \u202egnp.exe", "must be one line without control characters"],
    ["an isolate", "Hello \u2066x", "must be one line without control characters"],
    ["nothing", "", "must not be empty"],
    ["blanks only", "   ", "must not be empty"],
    ["null", null, "expected string"],
  ])("a subject of %s", (_, subject, sentence) => {
    only(file({}, { subject }), "communications", sentence);
    expect(faults(file({}, { subject }))[0]).toContain("communications[0].content.en.email.subject");
  });

  test.each(["null", "undefined", "", " ", "a@b, c@d", "Ann <ann@police.example.org>"])(
    "an author %j",
    (author) => {
      expect(faults(file({ author }))[0]).toMatch(/campaign\.author: /);
    },
  );
});

describe("words of mail programs are words no file knows (H31-H34)", () => {
  test.each(["reply_to", "headers", "message_id", "in_reply_to", "list_unsubscribe", "bcc", "from"])(
    "%s",
    (word) => {
      only(file({ [word]: "x@example.org" }), word, `"${word}" is not a word this file knows`);
      expect(faults(file({}, { [word]: "x" }))[0]).toContain(
        `email.${word}: "${word}" is not a word this file knows`,
      );
      expect(faults(file({}, {}, { [word]: "x" }))[0]).toContain(`"${word}" is not a word this file knows`);
    },
  );
});

test("whatever line is taken is one line of what can be seen, and no longer than it may be (H29)", () => {
  const piece = fc.constantFrom(
    "Hello ",
    "\r\n",
    "\u0000",
    "\u0085",
    "\u2028",
    "\u202e",
    "\u2066",
    "Bcc: x@example.org",
  );
  const typed = fc.array(piece, { maxLength: 30 }).map((all) => all.join(""));
  fc.assert(
    fc.property(fc.oneof(typed, fc.string({ unit: "binary", maxLength: 200 })), (text) => {
      const read = line(150).safeParse(text);
      if (!read.success) return;
      expect(read.data.length).toBeGreaterThan(0);
      expect(read.data.length).toBeLessThanOrEqual(150);
      expect(read.data).not.toMatch(/[\p{Cc}\u2028-\u202e\u2066-\u2069]/u);
    }),
    { numRuns: 1_000 },
  );
});

test("no word of mail programs is known in any spelling (H31, H32, H34)", () => {
  const words = ["bcc", "cc", "to", "from", "sender", "reply-to", "return-path", "message-id", "in-reply-to"];
  const spelled = fc
    .tuple(fc.constantFrom(...words, "references", "list-unsubscribe", "x-mailer"), fc.constantFrom("-", "_"))
    .chain(([word, joint]) =>
      fc.mixedCase(fc.constant(word.replaceAll("-", joint)), {
        toggleCase: (letter) => letter.toUpperCase(),
      }),
    );
  fc.assert(
    fc.property(spelled, (word) => {
      expect(faults(file({ [word]: "x@example.org" })).join(" ")).toContain(
        `"${word}" is not a word this file knows`,
      );
    }),
    { numRuns: 60 },
  );
});
