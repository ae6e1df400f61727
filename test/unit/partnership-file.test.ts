// A partnership as it is written down: what the example holds, and every reference that leads nowhere.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import {
  areaRows,
  danglingReferences,
  type PartnershipFile,
  partnershipFile,
} from "../../src/domain/partnership-file.ts";
import { readYaml } from "../../src/lib/yaml-file.ts";

const KINDS = ["letters", "wall"];
const file = {
  partnership: {
    name: "Safer Alderwick",
    strapline: "Safer",
    strategy_line: "Our strategy.",
    timezone: "Europe/London",
  },
  agencies: [
    { key: "police", name: "Police", kind: "police" },
    { key: "council", name: "Council", kind: "council" },
  ],
  people: [
    { email: "ann@police.example.org", name: "Ann", agency: "police", roles: ["author"] },
    { email: "bob@council.example.org", name: "Bob", agency: "council", roles: ["approver"] },
  ],
  borough: {
    code: "ALW",
    name: "Alderwick",
    wards: [
      { code: "ALW-01", name: "Heath", neighbourhoods: [{ code: "ALW-01-1", name: "Farm" }] },
      { code: "ALW-02", name: "Castle" },
    ],
  },
  priorities: [{ key: "safer", name: "Safer", period: "2026-29" }],
  lists: [
    {
      key: "news",
      name: "News",
      agency: "council",
      reason: "You asked.",
      privacy_notice_url: "https://a.example.org/",
    },
  ],
  channels: [
    { key: "mail", kind: "letters", label: "Mail", agency: "council", list: "news" },
    { key: "feed", kind: "wall", label: "Feed", agency: "police" },
  ],
  segments: [{ key: "everyone", name: "Everyone", rule: { areas: ["ALW"] } }],
};
const parse = (change: object = {}) => partnershipFile.parse({ ...file, ...change });
const dangling = (change: object) =>
  danglingReferences(parse(change), KINDS).map(({ path, message }) => `${path.join(".")}: ${message}`);

describe("the example partnership", () => {
  const text = readFileSync(new URL("../../config/partnership.example.yaml", import.meta.url), "utf8");
  const read = readYaml(text, partnershipFile, (value) =>
    danglingReferences(
      value,
      value.channels.map((c) => c.kind),
    ),
  );
  const example = read.ok ? read.value : undefined;

  test("has no fault", () => {
    expect(read).toMatchObject({ ok: true });
  });

  test("has an advocate in every agency, as the plans ask of a partnership", () => {
    const with_ = new Set(example?.people.filter((p) => p.roles.includes("advocate")).map((p) => p.agency));
    expect([...with_].sort()).toEqual(example?.agencies.map((agency) => agency.key).sort());
  });

  test("uses example domains only", () => {
    for (const { email } of example?.people ?? []) expect(email).toMatch(/\.example\.org$/);
  });

  test("has about twenty wards and parents before their children", () => {
    const rows = areaRows(example as PartnershipFile);
    expect(rows.filter((row) => row.kind === "ward").length).toBeGreaterThanOrEqual(20);
    rows.forEach(({ parentCode }, i) => {
      if (i > 0) expect(rows.slice(0, i).map((row) => row.code)).toContain(parentCode);
    });
  });
});

describe("the areas", () => {
  test("are rows of a tree: borough, wards, neighbourhoods", () => {
    expect(areaRows(parse()).map((row) => [row.code, row.kind, row.parentCode])).toEqual([
      ["ALW", "borough", null],
      ["ALW-01", "ward", "ALW"],
      ["ALW-02", "ward", "ALW"],
      ["ALW-01-1", "neighbourhood", "ALW-01"],
    ]);
  });
});

describe("a reference that leads nowhere", () => {
  const [ann, bob] = file.people;
  const [mail, feed] = file.channels;
  test.each([
    [
      "a person's agency",
      { people: [ann, { ...bob, agency: "army" }] },
      'people.1.agency: there is no agency "army"',
    ],
    [
      "a list's agency",
      { lists: [{ ...file.lists[0], agency: "army" }] },
      'lists.0.agency: there is no agency "army"',
    ],
    [
      "a channel's agency",
      { channels: [{ ...mail, agency: "army" }] },
      'channels.0.agency: there is no agency "army"',
    ],
    [
      "a channel's list",
      { channels: [{ ...mail, list: "old" }, feed] },
      'channels.0.list: there is no list "old"',
    ],
    [
      "a channel's kind",
      { channels: [mail, { ...feed, kind: "pigeon" }] },
      'channels.1.kind: there is no kind of channel "pigeon"',
    ],
    [
      "a segment's area",
      { segments: [{ key: "e", name: "E", rule: { areas: ["ALW", "XYZ"] } }] },
      'segments.0.rule.areas.1: there is no area "XYZ"',
    ],
  ])("is found in %s, with what there is", (_, change, fault) => {
    const found = dangling(change);
    expect(found).toHaveLength(1);
    expect(found[0]?.startsWith(`${fault} (known: `)).toBe(true);
  });

  test("is not there in a file that is in order", () => {
    expect(dangling({})).toEqual([]);
  });
});

describe("what is there twice", () => {
  const twice = <T>(items: readonly T[]) => [...items, items[0] as T];
  test.each([
    ["agencies", "police"],
    ["priorities", "safer"],
    ["lists", "news"],
    ["channels", "mail"],
    ["segments", "everyone"],
  ] as const)("among the %s is told at its second place", (part, key) => {
    const items = twice<unknown>(file[part]);
    expect(dangling({ [part]: items })).toEqual([`${part}.${items.length - 1}.key: "${key}" is there twice`]);
  });

  test("among the people is told however the address is written", () => {
    const [ann, bob] = file.people;
    expect(dangling({ people: [ann, bob, { ...ann, email: "ANN@police.example.org" }] })).toEqual([
      'people.2.email: "ann@police.example.org" is there twice',
    ]);
  });

  test("among the areas is told, whatever their level", () => {
    const wards = [{ code: "ALW-01", name: "Heath", neighbourhoods: [{ code: "ALW-01", name: "Farm" }] }];
    expect(dangling({ borough: { ...file.borough, wards } })).toEqual([
      'borough: the area code "ALW-01" is there twice',
    ]);
  });
});

describe("the shape of a partnership", () => {
  test.each([
    ["a time zone that is none", { partnership: { ...file.partnership, timezone: "Europe/Alderwick" } }],
    ["one person only: four eyes need two", { people: [file.people[0]] }],
    ["a person without a role", { people: [file.people[0], { ...file.people[1], roles: [] }] }],
    ["a role there is not", { people: [file.people[0], { ...file.people[1], roles: ["king"] }] }],
    [
      "a person at a domain that looks like another",
      { people: [file.people[0], { ...file.people[1], email: "bob@cоuncil.example.org" }] },
    ],
    [
      "a person at a domain beyond ASCII",
      { people: [file.people[0], { ...file.people[1], email: "bob@bücher.example.org" }] },
    ],
    ["no channel", { channels: [] }],
    ["a borough without wards", { borough: { ...file.borough, wards: [] } }],
    ["a word it does not know", { colour: "blue" }],
  ])("cannot hold %s", (_, change) => {
    expect(partnershipFile.safeParse({ ...file, ...change }).success).toBe(false);
  });
});

describe("a sensitive list", () => {
  const list = {
    ...file.lists[0],
    ...{ key: "circle-7", name: "Help after harm", reason: "You asked us to.", sensitive: true },
  };
  const channels = [{ ...file.channels[0], list: "circle-7" }, file.channels[1]];
  const text = "Write to me about this. I know that it says something about me, and I agree.";
  const wording = { version: "1", text };

  test("has words of its own that people agree to, and consent as its basis", () => {
    expect(dangling({ lists: [list], channels })).toEqual([expect.stringMatching(/^lists\.0\.wording: /)]);
    expect(dangling({ lists: [{ ...list, wording, basis: "public-task" }], channels })).toEqual([
      expect.stringMatching(/^lists\.0\.basis: /),
    ]);
    expect(dangling({ lists: [{ ...list, wording }], channels })).toEqual([]);
  });
});
