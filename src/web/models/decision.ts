// A communication that waits for a person, as the decisions' pages show it.
import type { Undecided } from "../../store/holds.ts";
import type { ProgressRow } from "../../store/pages.ts";
import type { WebDeps } from "../web-deps.ts";
import type { Names } from "./names.ts";
import { progressOf } from "./progress.ts";
import { capital, communicationTag, plural, sayCount, sayList, sentence, type Tag } from "./words.ts";

export interface DecisionView {
  readonly reference: string;
  readonly title: string;
  readonly href: string;
  readonly campaignHref: string;
  readonly tag: Tag;
  readonly why: string;
  readonly due: string;
  readonly usefulUntil: string;
  readonly late: boolean;
  readonly owner: string;
  readonly gone: number;
  readonly left: number;
  readonly sentence: string;
}

export async function decisionViews(
  { store }: Pick<WebDeps, "store">,
  rows: readonly Undecided[],
  names: Names,
): Promise<DecisionView[]> {
  const progress = await store.pages.progress(rows.map((row) => row.id));
  return rows.map((row) => {
    const own = progress.filter((one) => one.communicationId === row.id);
    return decisionView(row, own, names);
  });
}

function decisionView(row: Undecided, progress: readonly ProgressRow[], names: Names): DecisionView {
  const { counts, recipients } = progressOf(progress, names, false).total;
  const left = counts.waiting + counts.held;
  const gone = recipients - left - counts.suppressed - counts.cancelled - counts.expired - counts.inDoubt;
  return {
    reference: row.reference,
    title: row.title,
    href: `/decisions/${row.reference}`,
    campaignHref: `/campaigns/${row.campaignKey}#${row.reference}`,
    tag: tagOf(row),
    why: sentence(capital(row.why)),
    due: names.when(row.dueAt),
    usefulUntil: names.when(row.latestUsefulAt),
    late: row.late,
    owner: names.personWithAgency(row.authorEmail),
    ...{ gone, left, sentence: goneSentence(gone, left, counts.inDoubt, recipients) },
  };
}

function tagOf({ state, partly }: Undecided): Tag {
  if (state === "needs_decision") return communicationTag(state);
  return partly ? { text: "Partly held", colour: "orange" } : { text: "Paused", colour: "red" };
}

function goneSentence(gone: number, left: number, inDoubt: number, recipients: number): string {
  if (recipients === 0) return "Nothing has gone out: its audience is not frozen yet";
  const has = gone === 0 ? "None has gone out" : `${plural(gone, "message has", "messages have")} gone out`;
  const waits = left === 0 ? "none waits" : `${sayCount(left)} ${left === 1 ? "waits" : "wait"}`;
  return sayList([has, ...(inDoubt > 0 ? [`${sayCount(inDoubt)} in doubt`] : []), waits]);
}
