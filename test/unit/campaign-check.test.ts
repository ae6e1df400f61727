// What is wrong with a campaign although its shape is right: names that lead nowhere, and eyes that are not four.
import { describe, expect, test } from "@jest/globals";
import { campaignFaults, type Known } from "../../src/domain/campaign-check.ts";
import { type WrittenCampaign, writtenFile } from "../../src/domain/campaign-file.ts";

const known: Known = {
  agencies: ["police", "council", "fire"],
  people: [
    { email: "ann@police.example.org", agencyKey: "police", roles: ["author", "approver"] },
    { email: "bob@council.example.org", agencyKey: "council", roles: ["approver"] },
    { email: "cat@fire.example.org", agencyKey: "fire", roles: ["author", "approver"] },
    { email: "dee@police.example.org", agencyKey: "police", roles: ["advocate"] },
  ],
  priorities: ["safer-neighbourhoods"],
  channels: ["email", "social"],
  segments: ["everyone", "families"],
  signposts: ["police-101"],
};
const email = { subject: "S", preheader: "P", opening: [{ heading: "H" }] };
const communication = { key: "start", title: "Start", content: { en: { email } } };
const written = {
  key: "dark-nights",
  title: "Dark nights",
  purpose: "Fewer burglaries",
  priority: "safer-neighbourhoods",
  objective: "prevent-crime",
  emphasis: ["prevention-advice"],
  place_or_issue: "issue",
  class: "public-task-information",
  audience: ["everyone"],
  channels: ["email"],
  images: [{ key: "window", file: "window.png", alt: "A lit window" }],
  communications: [communication],
  lead_agency: "police",
  contributing: ["council"],
  author: "ann@police.example.org",
  approver: "bob@council.example.org",
  due: "now",
};
/** A campaign as it comes out of its file, with one thing different. */
const campaign = (change: object = {}): WrittenCampaign =>
  writtenFile.parse({ campaign: { ...written, ...change } }).campaign;
const faults = (change: object = {}) =>
  campaignFaults(campaign(change), known).map(({ path, message }) => `${path.join(".")}: ${message}`);
/** The same with the only communication different. */
const within = (change: object) => faults({ communications: [{ ...communication, ...change }] });

describe("a campaign", () => {
  test("in order has no fault", () => {
    expect(faults()).toEqual([]);
  });

  test.each([
    ["lead_agency", "army", 'lead_agency: there is no agency "army" (known: police, council, fire)'],
    ["priority", "parking", 'priority: there is no priority "parking" (known: safer-neighbourhoods)'],
    [
      "contributing",
      ["council", "army"],
      'contributing.1: there is no agency "army" (known: police, council, fire)',
    ],
    [
      "audience",
      ["everyone", "nobody"],
      'audience.1: there is no segment "nobody" (known: everyone, families)',
    ],
    ["channels", ["email", "pigeon"], 'channels.1: there is no channel "pigeon" (known: email, social)'],
  ])("whose %s leads nowhere is told so, with what there is", (field, value, fault) => {
    expect(faults({ [field]: value })).toContain(fault);
  });

  test.each([
    ["a segment", { audience: ["nobody"] }, /^communications\.0\.audience\.0: there is no segment "nobody"/],
    ["a channel", { channels: ["pigeon"] }, /^communications\.0\.channels\.0: there is no channel "pigeon"/],
    [
      "a segment of a variant",
      { variants: { nobody: { en: { email: { subject: "S" } } } } },
      /^communications\.0\.variants: there is no segment "nobody"/,
    ],
    [
      "an image",
      { content: { en: { email: { ...email, opening: [{ image: "door" }] } } } },
      /^communications\.0\.content: there is no image "door" \(known: window\)/,
    ],
    [
      "an image of a post",
      { content: { en: { email, post: { text: "T", image: "door" } } } },
      /there is no image "door"/,
    ],
    [
      "an image of a variant",
      { variants: { families: { en: { email: { opening: [{ image: "door" }] } } } } },
      /there is no image "door"/,
    ],
    [
      "a signpost",
      { content: { en: { email: { ...email, blocks: [{ signposts: ["police-101", "army-102"] }] } } } },
      /^communications\.0\.content: there is no signpost "army-102"/,
    ],
  ])("that points at %s that is not there is told where", (_, change, fault) => {
    expect(within(change)).toEqual([expect.stringMatching(fault)]);
  });

  test("with two communications of one key is told at the second", () => {
    expect(faults({ communications: [communication, { ...communication, title: "Again" }] })).toEqual([
      'communications.1.key: "start" is there twice',
    ]);
  });

  test("is told everything at once", () => {
    const all = faults({
      lead_agency: "army",
      priority: "parking",
      audience: ["nobody"],
      author: "zoe@police.example.org",
      communications: [communication, communication],
    });
    expect(all.length).toBeGreaterThanOrEqual(5);
  });
});

test("a campaign of which only a part is well-shaped is still told what is wrong with that part", () => {
  const part = campaignFaults({ priority: "parking", channels: ["pigeon"] }, known);
  expect(part.map(({ path }) => path.join("."))).toEqual(["priority", "channels.0"]);
});

describe("the people of a campaign", () => {
  test.each([
    ["a stranger", { author: "zoe@police.example.org" }, /^author: this person is not in the partnership/],
    [
      "without the role",
      { author: "dee@police.example.org" },
      /^author: this person does not have the role author/,
    ],
    [
      "of an agency that takes no part",
      { author: "cat@fire.example.org" },
      /^author: this person's agency, fire, neither leads nor contributes/,
    ],
    [
      "a stranger",
      { approver: "zoe@council.example.org" },
      /^approver: this person is not in the partnership/,
    ],
    [
      "without the role",
      { approver: "dee@police.example.org" },
      /^approver: this person does not have the role approver/,
    ],
    [
      "of an agency that takes no part",
      { approver: "cat@fire.example.org" },
      /^approver: this person's agency, fire, neither leads nor contributes/,
    ],
  ])("are refused where one is %s: %j", (_, change, fault) => {
    expect(faults(change)).toEqual([expect.stringMatching(fault)]);
  });

  test.each(["ann@police.example.org", "ANN@police.example.org"])(
    "must be two: an author cannot be their own approver, as %s",
    (approver) => {
      expect(faults({ approver })).toEqual([
        "approver: nobody approves their own campaign; name a second person",
      ]);
    },
  );

  test("are known by their address however it is written", () => {
    expect(faults({ author: "Ann@Police.Example.Org", approver: "BOB@council.example.org" })).toEqual([]);
  });

  test("may come from a contributing agency", () => {
    expect(faults({ contributing: ["council", "fire"], approver: "cat@fire.example.org" })).toEqual([]);
  });
});
