// The oracle is the judge of everything else here, so it is judged first: what is planted must be found, and nothing else.
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { folders } from "../support/folder.ts";
import { openBook } from "./ledger.ts";
import { examine, isClean, judge } from "./oracle.ts";
import type { Delivery, Issue, Truth } from "./truth.ts";

const STATES = [
  "accepted",
  "accepted",
  "accepted",
  "refused",
  "suppressed",
  "expired",
  "dead",
  "held",
  "in_doubt",
];
const people = STATES.map((state, i): Delivery => ({
  id: i + 1,
  state,
  email: `p${i + 1}@x.test`,
  listed: state === "in_doubt",
}));
const taken = () => new Map([1, 2, 3, 9].map((n) => [`p${n}@x.test`, 1]));
const issue: Issue = {
  campaign: "c",
  reference: "BELL-1",
  frozen: 9,
  frozenInLog: 9,
  endsInLog: { accepted: 3, refused: 1, suppressed: 1, expired: 1, dead: 1 },
};
const become = (id: number, state: string) => people.map((one) => (one.id === id ? { ...one, state } : one));
const none = { lost: 0, duplicated: 0, contradicted: 0, stray: 0, unlogged: 0, open: 0, unlisted: 0 };

test("finds nothing where ledger, database and log agree; doubt is counted apart", () => {
  const verdict = judge(issue, people, taken());
  expect(verdict).toEqual({
    ...{ recipients: 9, accepted: 3, inDoubt: 1, inDoubtTaken: 1 },
    ...{ counts: none, offenders: [] },
  });
  expect(isClean(verdict)).toBe(true);
});

describe("finds what is planted", () => {
  const found = (verdict: ReturnType<typeof judge>) => ({ ...verdict.counts, who: verdict.offenders.join() });

  test("a doubt that nobody would come across", () => {
    const hidden = people.map((one) => ({ ...one, listed: false }));
    expect(found(judge(issue, hidden, taken()))).toMatchObject({ ...none, unlisted: 1 });
  });

  test("a message that was never taken though the database says so", () => {
    const without = taken();
    without.delete("p2@x.test");
    const verdict = found(judge(issue, people, without));
    expect(verdict).toMatchObject({ ...none, lost: 1 });
    expect(verdict.who).toContain("delivery 2 (p2@x.test)");
  });

  test("a recipient whose delivery is gone", () => {
    expect(found(judge(issue, people.slice(0, 8), new Map([...taken()].slice(0, 3))))).toMatchObject({
      ...none,
      lost: 1,
    });
  });

  test("a delivery in a state that nobody knows", () => {
    const verdict = judge(issue, become(8, "mislaid"), taken());
    expect(found(verdict)).toMatchObject({ ...none, lost: 1 });
  });

  test.each(["accepted", "in_doubt"])("a message that was taken twice, also where it is %s", (state) => {
    const twice = taken().set(`p${STATES.indexOf(state) + 1}@x.test`, 2);
    expect(found(judge(issue, people, twice))).toMatchObject({ ...none, duplicated: 1 });
  });

  test.each(["refused", "suppressed", "expired", "dead", "held"])(
    "a message that was taken though it is %s",
    (state) => {
      const verdict = found(judge(issue, people, taken().set(`p${STATES.indexOf(state) + 1}@x.test`, 1)));
      expect(verdict).toMatchObject({ ...none, contradicted: 1 });
    },
  );

  test("an acceptance that the log does not count", () => {
    const verdict = found(
      judge({ ...issue, endsInLog: { ...issue.endsInLog, accepted: 2 } }, people, taken()),
    );
    expect(verdict).toMatchObject({ ...none, unlogged: 1 });
    expect(verdict.who).toContain("accepted 3, in the log 2");
  });

  test("an audience that the log has otherwise", () => {
    expect(found(judge({ ...issue, frozenInLog: 8 }, people, taken()))).toMatchObject({
      ...none,
      unlogged: 1,
    });
  });

  test("a message to somebody who was not to get it", () => {
    expect(found(judge(issue, people, taken().set("stranger@x.test", 2)))).toMatchObject({
      ...none,
      stray: 2,
    });
  });

  test("a delivery that was left lying", () => {
    expect(found(judge(issue, become(8, "deferred"), taken()))).toMatchObject({ ...none, open: 1 });
  });
});

test("reads the ledger's file line by line, and knows acceptances of no issue at all", async () => {
  const file = join(newFolder(), "ledger.tsv");
  const line = (recipient: string, reference: string) => `1\t<m@x>\t${recipient}\t${reference}\n`;
  for (const email of taken().keys()) appendFileSync(file, line(email, "BELL-1"));
  const truth = {
    issues: () => Promise.resolve([issue]),
    deliveries: () => Promise.resolve(people),
  } as unknown as Truth;
  const book = openBook(file);
  expect((await examine(truth, book)).counts).toEqual(none);
  appendFileSync(file, line("p1@x.test", "BELL-1") + line("x@x.test", "BELL-2") + "1\t<half");
  expect((await examine(truth, book)).counts).toEqual({ ...none, duplicated: 1, stray: 1 });
});
const newFolder = folders();
