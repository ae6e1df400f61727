// The class helper, and what a campaign may reach: purposes, agreements, and discretion where a subject is sensitive.
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { LIST_KINDS, type ListKind, purposeFault } from "../../src/domain/basis.ts";
import { endsBefore, type Reach, reachFaults } from "../../src/domain/campaign-reach.ts";
import {
  type Answers,
  classHelperFault,
  findClass,
  helperBlock,
  QUESTIONS,
} from "../../src/domain/class-helper.ts";
import { CLASSES } from "../../src/domain/classes.ts";
import { type ListTerms, releaseFault } from "../../src/domain/list-duty.ts";

const NO = Object.fromEntries(QUESTIONS.map(({ key }) => [key, "no"])) as unknown as Answers;
const yes = (...keys: (keyof Answers)[]): Answers => ({
  ...NO,
  ...Object.fromEntries(keys.map((key) => [key, "yes"])),
});

test.each<[(keyof Answers)[], string]>([
  [[], "direct-marketing"],
  [["public_task"], "public-task-information"],
  [["life_at_risk", "public_task"], "emergency"],
  [["staff_only"], "internal"],
  [["asks_views", "public_task"], "consultation"],
  [["asks_views"], "consultation"],
  [["promotes", "public_task"], "direct-marketing"],
  [["promotes", "life_at_risk"], "direct-marketing"],
  [["feels_like_marketing", "public_task"], "direct-marketing"],
  [["feels_like_marketing", "asks_views"], "direct-marketing"],
])("yes to %j means %s", (keys, messageClass) => {
  expect(findClass(yes(...keys)).class).toBe(messageClass);
});

test("any answers lead to one class and a reason, and the block that keeps them agrees with itself", () => {
  const answer = fc.constantFrom("yes" as const, "no" as const);
  const any = fc.record(
    Object.fromEntries(QUESTIONS.map(({ key }) => [key, answer])),
  ) as fc.Arbitrary<Answers>;
  fc.assert(
    fc.property(any, fc.constantFrom(...CLASSES), (given, written) => {
      const found = findClass(given);
      expect(found.why).toMatch(/^[A-Z].+\.$/);
      const helper = { ...given, answered_by: "ann@example.org" };
      expect(classHelperFault(helper, written) === null).toBe(found.class === written);
      expect(helperBlock(given, "ann@example.org")).toContain(`class: ${found.class}`);
      // Nothing that advertises is ever anything else (LAW1).
      if (given.promotes === "yes") expect(found.class).toBe("direct-marketing");
    }),
  );
});

const list = (kind: ListKind, change: Partial<ListTerms> = {}) => ({
  ...{
    key: "news",
    kind,
    agencyKind: "council",
    agreement: "A-1",
    agreementUntil: "2026-12-31",
    sensitive: false,
  },
  ...change,
});
const pairs = LIST_KINDS.flatMap((kind) => CLASSES.map((messageClass) => [kind, messageClass] as const));
test.each(pairs)("a list for %s carries %s only where its purpose does", (kind, messageClass) => {
  expect(releaseFault(list(kind), messageClass, "2026-11-22") === null).toBe(
    purposeFault(kind, messageClass) === null,
  );
});
test.each([
  ["2026-12-31", null],
  ["2027-01-01", "The agreement A-1 under which the list"],
])("an agreement holds on its last day and no longer: %s", (day, words) => {
  const why = releaseFault(list("residents"), "consultation", day);
  if (words === null) expect(why).toBeNull();
  else expect(why).toContain(words);
});
test("an agreement that ends before a message is due is told, one that has ended is not told twice", () => {
  expect(endsBefore([list("residents")], "2026-11-22", "2027-01-05")).toEqual([
    expect.stringContaining("ends on 2026-12-31, before this is due"),
  ]);
  expect(endsBefore([list("residents")], "2027-01-02", "2027-01-05")).toEqual([]);
});

const reach = (change: Partial<ReturnType<typeof list>> = {}): Reach => ({
  channels: [{ key: "email", list: list("residents", change) }],
  sensitiveSegments: ["after-abuse"],
  today: "2026-11-22",
});
const base = {
  class: "direct-marketing",
  sensitivity: "normal",
  channels: ["email"],
  audience: ["everyone"],
} as const;
const faults = (change: object, around = reach()) =>
  reachFaults({ ...base, ...change } as unknown as Parameters<typeof reachFaults>[0], around).map(
    ({ path, message }) => `${path.join(".")}: ${message}`,
  );
test("a campaign is refused where a list's purpose, agreement or discretion does not allow it", () => {
  expect(faults({})).toEqual([]);
  expect(faults({}, reach({ kind: "youth" }))).toEqual([expect.stringContaining("channels.0: The list")]);
  expect(faults({}, reach({ agreementUntil: "2026-01-01" }))).toEqual([
    expect.stringContaining("ended on 2026-01-01"),
  ]);
  expect(faults({ audience: ["after-abuse"] })).toEqual([expect.stringContaining("sensitivity: sensitive")]);
  const sensitive = {
    ...reach(),
    channels: [{ key: "email", list: { ...list("residents"), sensitive: true } }],
  };
  expect(faults({}, sensitive)).toEqual([expect.stringContaining("sensitivity: sensitive")]);
  expect(faults({ sensitivity: "sensitive", audience: ["after-abuse"] }, sensitive)).toEqual([]);
});
