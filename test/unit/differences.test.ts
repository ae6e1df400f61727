// What `bellman apply` says it would change.
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { areaRows, partnershipFile } from "../../src/domain/partnership-file.ts";
import { readYaml } from "../../src/lib/yaml-file.ts";
import { differences } from "../../src/partnership/differences.ts";

type SetUp = Parameters<typeof differences>[0];

const nothing: SetUp = {
  partnership: null,
  agencies: [],
  people: [],
  areas: [],
  priorities: [],
  groups: [],
  interests: [],
  lists: [],
  channels: [],
  segments: [],
};
const setUp: SetUp = {
  partnership: {
    name: "Safer Alderwick",
    strapline: "Safer",
    strategyLine: "Ours.",
    timezone: "Europe/London",
    quietFrom: null,
    quietTo: null,
    quietClasses: [],
    capMost: 3,
    capDays: 7,
  },
  agencies: [{ key: "police", name: "Police", kind: "police" }],
  people: [{ email: "ann@police.example.org", name: "Ann", agencyKey: "police", roles: ["author"] }],
  areas: [{ code: "ALW", name: "Alderwick", kind: "borough", parentCode: null }],
  priorities: [{ key: "safer", name: "Safer", period: "2026-29" }],
  groups: [{ key: "x", name: "X" }],
  interests: [{ key: "scams", name: "Scams", sensitive: false }],
  lists: [
    {
      key: "news",
      name: "News",
      agencyKey: "police",
      reason: "R",
      privacyNoticeUrl: "https://a.example.org/",
      controllers: ["Police"],
      basis: "consent",
      kind: "residents",
      sensitive: false,
      open: true,
      wording: { version: "1", text: "Send me news." },
      agreement: null,
      agreementUntil: "2027-03-31",
    },
  ],
  channels: [
    {
      key: "mail",
      kind: "letters",
      label: "E-mail",
      agencyKey: "police",
      listKey: "news",
      account: "mail",
      mostPerMinute: null,
      settings: { a: 1, b: 2 },
    },
  ],
  segments: [{ key: "everyone", name: "Everyone", rule: { areas: ["ALW"], groups: ["x"] }, specificity: 5 }],
};
const [mail] = setUp.channels;

describe("the differences of two set-ups", () => {
  test("are none where they say the same", () => {
    expect(differences(setUp, structuredClone(setUp))).toEqual([]);
    expect(differences(nothing, nothing)).toEqual([]);
  });

  test("are none where only the order of rows or of a rule's words differs", () => {
    const turned: SetUp = {
      ...setUp,
      agencies: [...setUp.agencies].reverse(),
      channels: [{ ...mail, settings: { b: 2, a: 1 } } as SetUp["channels"][number]],
      segments: [
        { key: "everyone", name: "Everyone", rule: { groups: ["x"], areas: ["ALW"] }, specificity: 5 },
      ],
    };
    expect(differences(setUp, turned)).toEqual([]);
  });

  test("from nothing name everything as new", () => {
    expect(differences(nothing, setUp)).toEqual([
      "+ partnership",
      "+ agency police",
      "+ person ann@police.example.org",
      "+ area ALW",
      "+ priority safer",
      "+ group x",
      "+ interest scams",
      "+ list news",
      "+ channel mail",
      "+ segment everyone",
    ]);
  });

  test("say of what is no longer written that it is switched off, not erased", () => {
    expect(differences(setUp, { ...setUp, channels: [] })).toEqual([
      "- channel mail (switched off; what it did stays in the record)",
    ]);
  });

  test("show each changed field with what it was and will be", () => {
    const channels = [{ ...mail, label: "Email", listKey: null } as SetUp["channels"][number]];
    expect(differences(setUp, { ...setUp, channels })).toEqual([
      '~ channel mail: label "E-mail" → "Email"; listKey "news" → null',
    ]);
  });

  test("show a change of the partnership itself", () => {
    const { partnership: before } = setUp;
    const partnership = before && {
      ...before,
      strapline: "Safer together",
      quietFrom: "21:00",
      quietTo: "08:00",
    };
    expect(differences(setUp, { ...setUp, partnership })).toEqual([
      '~ partnership: strapline "Safer" → "Safer together"; quietFrom null → "21:00"; quietTo null → "08:00"',
    ]);
  });

  test("cut a long value short, so that a line stays a line", () => {
    const reason = "You get this because ".repeat(10);
    const lists = setUp.lists.map((list) => ({ ...list, reason }));
    const [line = ""] = differences(setUp, { ...setUp, lists });
    expect(line).toContain("…");
    expect(line.length).toBeLessThan(150);
  });

  test("of the example partnership with itself are none, whatever fields its rows carry besides", () => {
    const text = readFileSync(new URL("../../config/partnership.example.yaml", import.meta.url), "utf8");
    const read = readYaml(text, partnershipFile);
    if (!read.ok) throw new Error(read.faults.join("\n"));
    const wanted: SetUp = { ...nothing, agencies: read.value.agencies, areas: areaRows(read.value) };
    const stored = { ...wanted, agencies: wanted.agencies.map((agency) => ({ ...agency, active: true })) };
    expect(differences(stored, wanted)).toEqual([]);
  });
});
