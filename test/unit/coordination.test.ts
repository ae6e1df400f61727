// Which plans of other campaigns are shown to an author before sign-off.
import { describe, expect, test } from "@jest/globals";
import { overlaps, OVERLAP_DAYS, type Planned } from "../../src/domain/coordination.ts";

const DAY = 86_400_000;
const subject: Planned = {
  communicationId: "1",
  reference: "BM-2222-2222",
  title: "Dark nights",
  campaignKey: "dark-nights",
  leadAgency: "Alderwick Police",
  priority: "safer-neighbourhoods",
  audience: ["all-residents", "businesses"],
  dueAt: "2026-10-22T09:00:00Z",
};
/** Another agency's item that shares nothing with it but the day. */
const other: Planned = {
  communicationId: "2",
  reference: "BM-3333-3333",
  title: "Half-term",
  campaignKey: "half-term",
  leadAgency: "Alderwick Council",
  priority: "young-people-safe",
  audience: ["parents-and-carers"],
  dueAt: subject.dueAt,
};
const dueAfter = (ms: number) => new Date(Date.parse(subject.dueAt) + ms).toISOString();
const reasons = (planned: Partial<Planned>) =>
  overlaps(subject, [{ ...other, ...planned }]).map(({ because }) => because);

describe("an item of another campaign", () => {
  test.each([
    ["shares the priority", { priority: subject.priority }, ["same priority"]],
    ["shares one of its audiences", { audience: ["young-adults", "businesses"] }, ["same audience"]],
    [
      "shares both",
      { priority: subject.priority, audience: ["all-residents"] },
      ["same priority", "same audience"],
    ],
  ] as const)("is shown with the reason when it %s", (_, planned, because) => {
    expect(reasons(planned)).toEqual([because]);
  });

  test.each([
    ["shares only the day", {}],
    ["belongs to the same campaign", { priority: subject.priority, campaignKey: subject.campaignKey }],
    ["has no audience and another priority", { audience: [] }],
  ])("is not shown when it %s", (_, planned) => {
    expect(reasons(planned)).toEqual([]);
  });

  const edge = OVERLAP_DAYS * DAY;
  test.each([
    ["exactly seven days before", -edge, true],
    ["exactly seven days after", edge, true],
    ["a minute more than seven days before", -edge - 60_000, false],
    ["a minute more than seven days after", edge + 60_000, false],
  ])("that is due %s counts as near: %s ms → %s", (_, ms, near) => {
    expect(reasons({ priority: subject.priority, dueAt: dueAfter(ms) })).toHaveLength(near ? 1 : 0);
  });
});

test("every overlap is shown, in the order of the plan, by its reference, title and lead agency", () => {
  const plan = ["BM-4444-4444", "BM-6666-6666"].map((reference) => ({
    ...other,
    reference,
    priority: subject.priority,
  }));
  const [first, second] = overlaps(subject, [subject, ...plan]);
  expect(first).toEqual({
    reference: "BM-4444-4444",
    title: "Half-term",
    leadAgency: "Alderwick Council",
    because: ["same priority"],
  });
  expect(second?.reference).toBe("BM-6666-6666");
});
