// One line of the shared record: what may be in it, how it is written down, how the chain is checked. Pure.
// Lines hold no personal data about the public: counts and references only. Officers are named, as the record is theirs.

/** What happened. A new kind is added here and nowhere else; docs/log.md lists them and a test compares. */
export const LOG_KINDS = {
  "partnership.applied": "the partnership's set-up was changed",
  "campaign.planned": "a campaign was planned",
  "communication.submitted": "a communication was put before its approvers",
  "communication.coordinated": "the plan of all agencies was checked for overlaps",
  "communication.approved": "a communication was signed off",
  "communication.rejected": "a communication was sent back",
  "communication.scheduled": "a communication was given its time",
  "communication.moved": "the rules of a time zone changed: what was planned keeps its local time",
  "communication.lapsed": "a communication was too late to be useful and waits for a decision",
  "communication.refused":
    "a release was refused, as its list may not be used for it now; it waits for a decision",
  "communication.paused": "sending stopped in the middle and waits for a decision",
  "communication.decided": "a person decided what becomes of a communication that waited",
  "communication.released": "the audience was frozen and sending began",
  "communication.completed": "every delivery of a communication has ended",
  "rendition.ready": "a rendition was made and is what was approved",
  "rendition.refused": "a rendition differs from what was approved and is held",
  "deliveries.recorded": "outcomes of sending were recorded",
  "deliveries.doubted": "sending was interrupted and nobody knows whether it arrived",
  "deliveries.resolved": "doubt about deliveries was ended",
  "deliveries.returned": "reports came back about messages that a relay had taken",
  "hold.placed": "a person stopped everything in a scope",
  "hold.released": "a hold was lifted; what it kept back asks for a decision",
  "account.blocked": "a provider turned an account away, or asked it to wait",
  "environment.adopted": "a copied database was given to another environment, with everything held",
  "restore.detected": "the database was found restored to an earlier state; everything is held",
  "subscriber.joined": "a person confirmed that they want to hear",
  "subscriber.changed": "a person changed what they get",
  "subscriber.confirmed": "a person still wants to hear",
  "subscriber.lapsed": "people who did not answer whether they still want to hear are no longer written to",
  "subscriber.erased": "a person was erased; only the keyed hash of the address remains",
  "segment.changed": "a segment was built or changed on its page",
  "audience.recounted": "the counts of the audience were not what the lists say, and were put right",
  "subscriber.stopped": "a person asked us to stop writing",
  "subscriber.suppressed": "people at whose address a relay says there is nobody are no longer written to",
  "retention.done": "what had been kept for its time was deleted",
  "complaint.made": "a person complained about what we do with their details",
  "complaint.acknowledged": "a person of the partnership took up a complaint",
  "complaint.answered": "a complaint was answered with its outcome",
  "list.imported": "people were brought into a list from a file",
  "list.exported": "a list was taken out as a file",
  "export.requested": "somebody asked to take a sensitive list out",
  "export.agreed": "a second person agreed to that",
  "subscriber.accessed": "what we hold about one person was put together for them",
  "postcodes.imported": "the table of postcodes and areas was brought up to date",
} as const;
export type LogKind = keyof typeof LOG_KINDS;

export type LogValue =
  string | number | boolean | null | readonly LogValue[] | { readonly [key: string]: LogValue };

export interface LogLine {
  readonly kind: LogKind;
  /** Who did it: a person's address, or "bellman" for the machine itself. */
  readonly actor: string;
  readonly agency?: string;
  readonly campaign?: string;
  /** The public reference of the communication. */
  readonly reference?: string;
  readonly why?: string;
  readonly facts?: { readonly [key: string]: LogValue };
}

/** JSON with sorted keys and no spaces: the same line always gives the same bytes. */
export function canonical(value: LogValue): string {
  if (Array.isArray(value)) return `[${value.map((item: LogValue) => canonical(item)).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const entries = Object.entries(value as { readonly [key: string]: LogValue | undefined });
    const said = entries.filter((entry): entry is [string, LogValue] => entry[1] !== undefined);
    said.sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${said.map(([name, item]) => `${JSON.stringify(name)}:${canonical(item)}`).join(",")}}`;
  }
  return JSON.stringify(value);
}

/** The body of a line as it is stored and hashed. */
export const bodyOf = (line: LogLine): string => canonical(line as unknown as LogValue);

export interface StoredEntry {
  readonly seq: number;
  readonly at: string;
  readonly body: string;
  readonly prevHash: string;
  readonly hash: string;
}

export const GENESIS = "0".repeat(64);

/** The bytes an entry's hash is made of; append_log() in the database writes the same. */
export const hashedText = (entry: Pick<StoredEntry, "seq" | "at" | "body" | "prevHash">): string =>
  `${entry.seq}\n${entry.prevHash}\n${entry.at}\n${entry.body}`;

/** Why `entry` cannot follow `before`, in one sentence; null when it can. `sha256` gives lower-case hex. */
export function faultIn(
  entry: StoredEntry,
  before: StoredEntry | null,
  sha256: (text: string) => string,
): string | null {
  const expected = (before?.seq ?? 0) + 1;
  if (entry.seq !== expected)
    return `Entry ${expected} is missing: after ${expected - 1} comes ${entry.seq}.`;
  if (entry.prevHash !== (before?.hash ?? GENESIS))
    return `Entry ${entry.seq} does not continue from entry ${entry.seq - 1}.`;
  if (sha256(hashedText(entry)) !== entry.hash) return `Entry ${entry.seq} was changed after it was written.`;
  return null;
}
