// A complaint in words: its state, how many of its 30 days are left, and what was said and done.
import { COMPLAINT_REMIND_DAYS } from "../../../config/audience-limits.ts";
import { COMPLAINT_SUBJECTS, type ComplaintSubject } from "../../audience/complaints.ts";
import type { LetterState } from "../../store/letters.ts";
import type { WebDeps } from "../web-deps.ts";
import type { Names } from "./names.ts";
import { plural, type Tag } from "./words.ts";

export type Complaint = Awaited<ReturnType<WebDeps["store"]["complaints"]["list"]>>[number];

const TAGS: Readonly<Record<string, Tag>> = {
  open: { text: "Open", colour: "yellow" },
  acknowledged: { text: "Acknowledged", colour: "blue" },
  answered: { text: "Answered", colour: "green" },
};
const OVERDUE: Tag = { text: "Overdue", colour: "red" };
const DAY_MS = 86_400_000;

export interface ComplaintView {
  readonly reference: string;
  readonly about: string;
  readonly tag: Tag;
  /** "12 days left to acknowledge"; how long it waits for its outcome once it is acknowledged. */
  readonly clock: string;
  readonly urgent: boolean;
  readonly made: string;
  readonly acknowledgeBy: string;
  readonly acknowledged: string | null;
  readonly answered: string | null;
}

export function complaintView(row: Complaint, names: Names, now: number): ComplaintView {
  const left = Math.ceil((row.acknowledgeBy.getTime() - now) / DAY_MS);
  const isOverdue = row.state === "open" && left <= 0;
  const who = (at: Date | null, by: string | null) =>
    at === null ? null : `${names.when(at)}, ${names.personWithAgency(by ?? "")}`;
  return {
    reference: row.reference,
    about: COMPLAINT_SUBJECTS[row.about as ComplaintSubject] ?? row.about,
    tag: isOverdue ? OVERDUE : (TAGS[row.state] ?? { text: row.state, colour: "grey" }),
    clock: clockOf(row, left, now),
    urgent: row.state === "open" && left <= COMPLAINT_REMIND_DAYS,
    made: names.when(row.madeAt),
    acknowledgeBy: names.day(row.acknowledgeBy),
    acknowledged: who(row.acknowledgedAt, row.acknowledgedBy),
    answered: who(row.answeredAt, row.answeredBy),
  };
}

function clockOf({ state, madeAt }: Complaint, left: number, now: number): string {
  if (state === "answered") return "";
  if (state === "acknowledged")
    return `${plural(Math.floor((now - madeAt.getTime()) / DAY_MS), "day")} since it was made`;
  return left > 0 ? `${plural(left, "day")} left to acknowledge` : `Overdue by ${plural(1 - left, "day")}`;
}

const MAY_HAVE_LEFT =
  "An acknowledgement of receipt was given to the mail system; whether it arrived is not known.";
/** What staff can rely on: only a letter that was taken counts as one that left. */
const RECEIPTS: Readonly<Record<LetterState, string>> = {
  sent: "An acknowledgement of receipt went out by itself.",
  handed: MAY_HAVE_LEFT,
  unknown: MAY_HAVE_LEFT,
  waiting: "No acknowledgement of receipt has left yet: it waits to be sent.",
  refused: "No acknowledgement of receipt has left: the address did not take it. Find another way.",
  expired: "No acknowledgement of receipt has left: its time ran out. Write to them yourself.",
};
/** `state` of its letter; null where there is none. */
export const receiptWords = (state: LetterState | null): string =>
  state === null ? "No acknowledgement of receipt has left. Write to them yourself." : RECEIPTS[state];

/** "2 complaints have to be acknowledged within 7 days."; null where none is near. */
export function complaintReminder({ due, overdue }: { due: number; overdue: number }): string | null {
  const said = [
    ...(overdue > 0 ? [`${plural(overdue, "complaint")} should have been acknowledged by now`] : []),
    ...(due > 0
      ? [
          `${plural(due, "complaint")} ${due === 1 ? "has" : "have"} to be acknowledged within ${COMPLAINT_REMIND_DAYS} days`,
        ]
      : []),
  ];
  return said.length === 0 ? null : `${said.join(", and ")}.`;
}
