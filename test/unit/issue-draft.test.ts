// What is put before the approvers: only what decides this communication, in an order that never depends on chance.
import { describe, expect, test } from "@jest/globals";
import type { Signpost } from "../../src/domain/content.ts";
import { type DraftFacts, draftIssue, type Surroundings } from "../../src/domain/issue-draft.ts";
import { canonical, type LogValue } from "../../src/domain/log-entry.ts";
import { specificity } from "../../src/domain/segment.ts";

const signpost = (key: string): Signpost => ({
  key,
  name: key,
  how: { en: "Call 101" },
  source: "https://police.example.org/",
  checked: "2026-11-01",
});
const segment = (key: string, rule: Parameters<typeof specificity>[0]) => ({
  key,
  name: `The ${key}`,
  rule,
  specificity: specificity(rule),
});
const around: Surroundings = {
  partnership: {
    name: "Safer Alderwick",
    strapline: "Safer together",
    strategyLine: "Part of our strategy.",
  },
  agencies: [
    { key: "police", name: "Alderwick Police" },
    { key: "council", name: "Alderwick Council" },
  ],
  lists: [{ key: "news", reason: "You asked for it." }],
  channels: [
    { key: "mail", kind: "letters", listKey: "news" },
    { key: "feed", kind: "wall", listKey: "news" },
    { key: "page", kind: "board", listKey: null },
  ],
  segments: [
    segment("everyone", {}),
    segment("families", { groups: ["parents"] }),
    segment("drivers", { groups: ["drivers"] }),
    segment("students", { groups: ["students"], areas: ["ALW"] }),
  ],
  signposts: { "police-101": signpost("police-101"), unused: signpost("unused") },
  publicUrl: "http://127.0.0.1:3000",
  kinds: new Map([
    ["letters", { form: "email", reaches: "people" }],
    ["wall", { form: "post", reaches: "once" }],
    ["board", { form: "article", reaches: "once" }],
  ]),
};
const facts: DraftFacts = {
  reference: "BM-7F3K-2QRT",
  title: "Dark nights",
  class: "public-task-information",
  sensitivity: "normal",
  dueWall: "2026-10-22T10:00",
  zone: "Europe/London",
  dueAt: "2026-10-22T09:00:00Z",
  earliestWall: null,
  latestUsefulWall: "2026-10-29T09:00",
  expiresWall: null,
  quietOverrideWhy: null,
  text: {
    content: {
      en: {
        email: {
          subject: "S",
          preheader: "P",
          opening: [{ heading: "H" }],
          blocks: [{ signposts: ["police-101"] }],
        },
        post: { text: "T" },
      },
    },
    variants: {},
    images: {},
  },
  audience: ["families", "everyone", "drivers"],
  channels: ["mail", "feed"],
  leadAgencyKey: "police",
  contributing: ["council"],
};
const draftOf = (change: Partial<DraftFacts> = {}, set: Partial<Surroundings> = {}) =>
  draftIssue({ ...facts, ...change }, { ...around, ...set });

describe("a draft for approval", () => {
  test("names the agencies as readers know them", () => {
    const { draft } = draftOf();
    expect(draft.leadAgency).toEqual({ name: "Alderwick Police" });
    expect(draft.contributing).toEqual([{ name: "Alderwick Council" }]);
  });

  test("holds only the segments of its audience, most specific first, equals by key", () => {
    expect(draftOf().draft.segments.map(({ key }) => key)).toEqual(["drivers", "families", "everyone"]);
  });

  test("holds only its own channels, each with its form; a list only where it reaches people", () => {
    expect(draftOf().draft.channels).toEqual([
      { key: "mail", kind: "letters", form: "email", listKey: "news", reason: "You asked for it." },
      { key: "feed", kind: "wall", form: "post", listKey: null, reason: "You asked for it." },
    ]);
  });

  test("holds only the signposts its words point at", () => {
    expect(Object.keys(draftOf().draft.signposts)).toEqual(["police-101"]);
  });

  test.each([
    ["sensitive", true],
    ["normal", false],
  ])("of a %s message says so: %s", (sensitivity, sensitive) => {
    expect(draftOf({ sensitivity }).draft.sensitive).toBe(sensitive);
  });

  test("wants one rendition for each of its channels, segments and languages that have words", () => {
    const { wanted } = draftOf();
    expect(wanted.map((w) => `${w.channelKey}/${w.segmentKey}/${w.language}`)).toEqual([
      "mail/drivers/en",
      "mail/families/en",
      "mail/everyone/en",
      "feed//en",
    ]);
  });

  const bytes = (result: ReturnType<typeof draftIssue>) => canonical(result.draft as unknown as LogValue);

  test("is the same however the audience and the register's segments were listed", () => {
    const turned = draftOf(
      { audience: [...facts.audience].reverse() },
      { segments: [...around.segments].reverse() },
    );
    expect(bytes(turned)).toBe(bytes(draftOf()));
  });

  test.each([
    ["its title", { title: "Darker nights" }],
    ["its due time", { dueWall: "2026-10-22T10:01" }],
    ["how long it is useful", { latestUsefulWall: "2026-10-29T09:01" }],
    ["its zone", { zone: "Europe/Dublin" }],
    ["its earliest time", { earliestWall: "2026-10-22T09:00" }],
    ["its expiry", { expiresWall: "2026-11-29T09:00" }],
    ["why it may go out at night", { quietOverrideWhy: "A child is missing" }],
    ["its audience", { audience: ["everyone"] }],
    ["its channels", { channels: ["mail"] }],
    ["its sensitivity", { sensitivity: "sensitive" }],
    ["its lead agency", { leadAgencyKey: "council" }],
    ["its contributors", { contributing: [] }],
    ["its words", { text: { ...facts.text, content: { en: { post: { text: "Other" } } } } }],
  ] as [string, Partial<DraftFacts>][])("is another one after a change of %s", (_, change) => {
    expect(bytes(draftOf(change))).not.toBe(bytes(draftOf()));
  });

  test("is not touched when the rules of its zone move its instant, but is by which of two equal hours it is", () => {
    expect(bytes(draftOf({ dueAt: "2026-10-22T10:00:00Z" }))).toBe(bytes(draftOf()));
    const twice = { dueWall: "2026-10-25T01:30" };
    expect(bytes(draftOf({ ...twice, dueAt: "2026-10-25T00:30:00Z" }))).not.toBe(
      bytes(draftOf({ ...twice, dueAt: "2026-10-25T01:30:00Z" })),
    );
  });

  test("is not touched by a part of the set-up that it does not use", () => {
    const set = {
      segments: [...around.segments, segment("others", {})],
      signposts: { ...around.signposts, more: signpost("more") },
    };
    expect(bytes(draftOf({}, set))).toBe(bytes(draftOf()));
  });

  test("is changed by a change of a help line it points at", () => {
    const signposts = {
      ...around.signposts,
      "police-101": { ...signpost("police-101"), how: { en: "Call 102" } },
    };
    expect(bytes(draftOf({}, { signposts }))).not.toBe(bytes(draftOf()));
  });
});
