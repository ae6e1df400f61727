// Complaints about data protection: made on a page, acknowledged within 30 days, answered by a person (DPA 2018 s.164A, LAW12).
import { randomBytes } from "node:crypto";
import { COMPLAINT_DAYS, LETTERS_A_DAY } from "../../config/audience-limits.ts";
import { readAddress } from "../domain/address.ts";
import { DomainError } from "../domain/errors.ts";
import { ownAddressFault } from "../domain/own-address.ts";
import { referenceFrom } from "../domain/reference.ts";
import type { LogKind, LogLine } from "../domain/log-entry.ts";
import type { ComplaintRow } from "../store/complaints.ts";
import type { Store } from "../store/store.ts";
import { emailHash } from "./stop-token.ts";

/** What complaints are about, in the words of the form. */
export const COMPLAINT_SUBJECTS = {
  "not-asked": "I get messages I did not ask for",
  "after-stop": "I got a message after I said stop",
  "my-details": "What you keep about me, or how you got it",
  "my-rights": "You did not do what I asked with my details",
  other: "Something else",
} as const;
export type ComplaintSubject = keyof typeof COMPLAINT_SUBJECTS;

export interface ComplaintDeps {
  readonly store: Pick<Store, "complaints">;
  readonly secret: string;
  readonly settings: { readonly mailFrom: string; readonly bounceAddress?: string | undefined };
}
/** How long a letter about it may wait for the relay, and how many one address gets in a day. */
const RULE = { minutes: COMPLAINT_DAYS * 24 * 60, mostADay: LETTERS_A_DAY } as const;
/**
 * The outcome is owed (LAW12) and leaves once, when a member of staff says it: the day's limit, which keeps strangers from filling a
 * mailbox through our forms, would otherwise leave an answer on record that nobody was ever sent.
 */
const ANSWER_RULE = { ...RULE, mostADay: 1_000 } as const;
const REFERENCE = /^C-[2-9A-Z]{4}-[2-9A-Z]{4}$/;

/** Of the complaint its reference only: who complains and of what is nobody else's to read. */
const lineOf = (kind: LogKind, actor: string, complaint: string): LogLine => ({
  kind,
  actor,
  facts: { complaint },
});

export type Made =
  { readonly ok: true; readonly reference: string } | { readonly ok: false; readonly why: string };

/** Keeps the complaint and has its acknowledgement sent; or why the address cannot be written to, as a sentence. */
export async function complain(
  { store, secret, settings }: ComplaintDeps,
  { email, about, words }: { email: string; about: ComplaintSubject; words: string },
): Promise<Made> {
  const read = readAddress(email);
  const why = read.ok ? ownAddressFault(read.address, settings.mailFrom, settings.bounceAddress) : read.why;
  if (!read.ok || why !== null)
    return {
      ok: false,
      why: why === "is empty" ? "Enter your email address" : `The email address ${why ?? ""}`,
    };
  for (;;) {
    const reference = referenceFrom(randomBytes(8)).replace(/^BM/, "C");
    const given = { email: read.address, emailHash: emailHash(secret, read.address), about, words };
    const line = lineOf("complaint.made", "subscriber", reference);
    if (await store.complaints.make({ ...given, reference, days: COMPLAINT_DAYS }, RULE, line))
      return { ok: true, reference };
  }
}

/** Throws "no-such-complaint". */
export async function complaintOf({ store }: ComplaintDeps, given: string): Promise<ComplaintRow> {
  const reference = given.trim().toUpperCase();
  const found = REFERENCE.test(reference) ? await store.complaints.byReference(reference) : null;
  if (found) return found;
  throw new DomainError(
    "no-such-complaint",
    'There is no complaint of this reference. "bellman complaints list" and the page /complaints show all.',
  );
}

/** A person has read it and looks after it. Throws "no-such-complaint", "somebody-was-first". */
export async function acknowledgeComplaint(
  deps: ComplaintDeps,
  { reference, by }: { reference: string; by: string },
): Promise<void> {
  const found = await complaintOf(deps, reference);
  const line = lineOf("complaint.acknowledged", by, found.reference);
  if (!(await deps.store.complaints.acknowledge(found.reference, by, line))) throw first(found.reference);
}

/** The outcome is kept and sent to whoever complained. Throws "no-such-complaint", "no-outcome", "somebody-was-first". */
export async function answerComplaint(
  deps: ComplaintDeps,
  { reference, outcome, by }: { reference: string; outcome: string; by: string },
): Promise<void> {
  if (outcome.trim() === "")
    throw new DomainError(
      "no-outcome",
      "A complaint is answered with its outcome: say what you found and did.",
    );
  const found = await complaintOf(deps, reference);
  const given = {
    ...{ reference: found.reference, outcome: outcome.trim(), by },
    emailHash: emailHash(deps.secret, found.email),
  };
  const line = lineOf("complaint.answered", by, found.reference);
  if (!(await deps.store.complaints.answer(given, ANSWER_RULE, line))) throw first(found.reference);
}

const first = (reference: string): DomainError =>
  new DomainError(
    "somebody-was-first",
    `Somebody else has acknowledged or answered ${reference} already. Look at it again before you go on.`,
  );
