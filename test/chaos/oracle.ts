// Compares what the outside world took with what the database and the log say. Judges only; reads through truth.ts and the ledger's book.
import type { Book } from "./ledger.ts";
import { type Delivery, ENDS, type Issue, LOGGED, OPEN, type Truth } from "./truth.ts";

/**
 * lost: frozen and then nowhere, or "accepted" though nobody took it. duplicated: taken more than once. contradicted: taken
 * though the database says that it never left. stray: taken though nobody was to get it. unlogged: the log says another number.
 * open: not brought to an end. unlisted: in doubt, and on nobody's list.
 */
export const FAULTS = [
  "lost",
  "duplicated",
  "contradicted",
  "stray",
  "unlogged",
  "open",
  "unlisted",
] as const;
export type Fault = (typeof FAULTS)[number];

export interface Verdict {
  readonly recipients: number;
  readonly accepted: number;
  readonly inDoubt: number;
  /** Of those in doubt, how many had been taken. */
  readonly inDoubtTaken: number;
  readonly counts: Readonly<Record<Fault, number>>;
  /** One line for each offender, with its ids. */
  readonly offenders: readonly string[];
}

type Found = { fault: Fault; count: number; who: string };

/** One issue against what was taken of it: how often for each address. */
export function judge(
  issue: Issue,
  deliveries: readonly Delivery[],
  taken: ReadonlyMap<string, number>,
): Verdict {
  const known = new Set(deliveries.map((one) => one.email));
  const strays = [...taken]
    .filter(([email]) => !known.has(email))
    .map(([email, count]): Found => ({ fault: "stray", count, who: email }));
  const found = [
    ...deliveries.flatMap((one) => judgeOne(one, taken.get(one.email ?? "") ?? 0)),
    ...strays,
    ...judgeSums(issue, deliveries),
  ];
  const doubted = deliveries.filter((one) => one.state === "in_doubt");
  return {
    recipients: deliveries.length,
    accepted: deliveries.filter((one) => one.state === "accepted").length,
    inDoubt: doubted.length,
    inDoubtTaken: doubted.filter((one) => taken.has(one.email ?? "")).length,
    counts: countsOf(found),
    offenders: found.map(
      ({ fault, count, who }) => `${fault} ${count}: ${issue.campaign} ${issue.reference} ${who}`,
    ),
  };
}

function judgeOne({ id, state, email, listed }: Delivery, count: number): Found[] {
  const found = (fault: Fault, say: string): Found[] => [
    { fault, count: 1, who: `delivery ${id} (${email ?? "nobody"}): ${say}` },
  ];
  if (count > 1) return found("duplicated", `${state}, taken ${count} times`);
  if (state === "in_doubt") return listed ? [] : found("unlisted", "in doubt, but on no list");
  if (state === "accepted") return count === 1 ? [] : found("lost", "accepted, but never taken");
  if (OPEN.includes(state)) return found("open", `${state}, taken ${count} times`);
  if (!ENDS.includes(state)) return found("lost", `in the unknown state ${state}`);
  return count === 0 ? [] : found("contradicted", `${state}, but it was taken`);
}

function judgeSums({ frozen, frozenInLog, endsInLog }: Issue, deliveries: readonly Delivery[]): Found[] {
  const promised = Math.max(frozen ?? 0, frozenInLog ?? 0);
  const missing = promised - deliveries.length;
  const found: Found[] = [];
  if (missing > 0)
    found.push({
      fault: "lost",
      count: missing,
      who: `${promised} were frozen, ${deliveries.length} are there`,
    });
  if ((frozenInLog ?? 0) !== (frozen ?? 0))
    found.push({ fault: "unlogged", count: 1, who: `frozen ${frozen}, in the log ${frozenInLog}` });
  for (const state of LOGGED) {
    const count = deliveries.filter((one) => one.state === state).length;
    const said = endsInLog[state] ?? 0;
    if (count !== said)
      found.push({
        fault: "unlogged",
        count: Math.abs(count - said),
        who: `${state} ${count}, in the log ${said}`,
      });
  }
  return found;
}

const countsOf = (found: readonly Found[]): Record<Fault, number> => {
  const counts = { lost: 0, duplicated: 0, contradicted: 0, stray: 0, unlogged: 0, open: 0, unlisted: 0 };
  for (const { fault, count } of found) counts[fault] += count;
  return counts;
};

export const NOTHING: Verdict = {
  ...{ recipients: 0, accepted: 0, inDoubt: 0, inDoubtTaken: 0 },
  ...{ counts: countsOf([]), offenders: [] },
};

export const together = (a: Verdict, b: Verdict): Verdict => ({
  recipients: a.recipients + b.recipients,
  accepted: a.accepted + b.accepted,
  inDoubt: a.inDoubt + b.inDoubt,
  inDoubtTaken: a.inDoubtTaken + b.inDoubtTaken,
  counts: Object.fromEntries(
    FAULTS.map((fault) => [fault, a.counts[fault] + b.counts[fault]]),
  ) as Verdict["counts"],
  offenders: [...a.offenders, ...b.offenders],
});

export const isClean = ({ counts }: Verdict): boolean => FAULTS.every((fault) => counts[fault] === 0);

/** Every issue there is, or all but those that were found in order and at their end before. */
export async function examine(truth: Truth, book: Book, settled = new Set<string>()): Promise<Verdict> {
  let verdict = NOTHING;
  const issues = await truth.issues();
  book.update();
  for (const issue of issues) {
    if (settled.has(issue.reference)) continue;
    const one = judge(
      issue,
      await truth.deliveries(issue.reference),
      book.taken.get(issue.reference) ?? new Map(),
    );
    if (isClean(one) && one.inDoubt === 0 && one.recipients > 0) settled.add(issue.reference);
    verdict = together(verdict, one);
  }
  const references = new Set(issues.map((issue) => issue.reference));
  for (const [reference, people] of book.taken) {
    if (references.has(reference)) continue;
    const nobodys: Issue = { campaign: "?", reference, frozen: null, frozenInLog: null, endsInLog: {} };
    verdict = together(verdict, judge(nobodys, [], people));
  }
  return verdict;
}
