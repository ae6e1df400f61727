// One communication as a campaign's page shows it: state, times, sign-offs, renditions and how far sending has come.
import type { Expected } from "../../audience/expected.ts";
import type { ProgressRow } from "../../store/pages.ts";
import type { ReturnedRow } from "../../store/bounces.ts";
import type { WebDeps } from "../web-deps.ts";
import type { Names } from "./names.ts";
import type { Stopped } from "../../store/standing.ts";
import { sayReturned } from "./returned.ts";
import { type Progress, progressOf } from "./progress.ts";
import { type Link, proofLink } from "./proof.ts";
import { type StoppedWords, stoppedWords } from "./stopped.ts";
import { sayShown } from "./segment.ts";
import { capital, communicationTag, renditionTag, sayLanguage, sayLeftOut, type Tag } from "./words.ts";

export type CampaignRow = NonNullable<Awaited<ReturnType<WebDeps["store"]["pages"]["campaign"]>>>;
export type CommunicationRow = CampaignRow["communications"][number];
type ProofRow = Awaited<ReturnType<WebDeps["store"]["pages"]["proofs"]>>[number];

export interface SignOffWords {
  readonly who: string;
  readonly when: string;
  readonly verdict: string;
  /** The first characters of the hash that was signed. */
  readonly hash: string;
  /** False where the text was changed after this signature. */
  readonly holds: boolean;
}
export interface RenditionGroup {
  readonly channel: string;
  readonly rows: readonly {
    readonly segment: string;
    readonly links: readonly { readonly href: string; readonly language: string; readonly tag: Tag | null }[];
  }[];
}
export interface Published {
  readonly channel: string;
  readonly language: string;
  readonly link: Link | null;
  readonly state: string;
}
export interface CommunicationView {
  readonly reference: string;
  readonly title: string;
  readonly tag: Tag;
  /** Why it does not go on; null where it does. */
  readonly stopped: StoppedWords | null;
  readonly due: string;
  readonly dueIso: string;
  readonly usefulUntil: string;
  readonly notBefore: string | null;
  readonly expires: string | null;
  readonly dueNote: string | null;
  readonly quietOverride: string | null;
  readonly released: string | null;
  readonly completed: string | null;
  readonly author: string;
  readonly approver: string;
  readonly going: boolean;
  readonly signOffs: readonly SignOffWords[];
  readonly checkedBy: string | null;
  readonly audience: readonly string[];
  /** How many it would reach now, by channel, while it has not gone; else whom it left out. Null where there is nothing to say. */
  readonly reach: string | null;
  readonly leftOut: string | null;
  /** What will keep it from being released, as it is now. */
  readonly warnings: readonly string[];
  readonly renditions: readonly RenditionGroup[];
  readonly progress: Progress | null;
  readonly published: readonly Published[];
  /** What came back, in a sentence; "" where nothing did. */
  readonly returned: string;
}

export interface Sending {
  readonly returned: readonly ReturnedRow[];
  readonly progress: readonly ProgressRow[];
  readonly proofs: readonly ProofRow[];
  readonly stopped: Stopped | undefined;
  /** Only of what has not gone yet. */
  readonly expected: readonly Expected[];
}
const HASH_SHOWN = 12;
const TO_COME = new Set(["draft", "in_review", "approved", "scheduled", "needs_decision", "cancelled"]);

function timesOf(row: CommunicationRow, names: Names) {
  return {
    due: names.when(row.dueAt),
    dueIso: row.dueAt.toISOString(),
    usefulUntil: names.when(row.latestUsefulAt),
    notBefore: row.earliestAt && names.when(row.earliestAt),
    expires: row.expiresAt && names.when(row.expiresAt),
    dueNote: row.dueNote,
    quietOverride: row.quietOverrideWhy,
    released: row.releasedAt && names.when(row.releasedAt),
    completed: row.completedAt && names.when(row.completedAt),
  };
}

export function communicationView(
  row: CommunicationRow,
  sending: Sending,
  names: Names,
  { sensitive, publicUrl }: { sensitive: boolean; publicUrl: string },
): CommunicationView {
  const stopped = stoppedWords(sending.stopped, row.state, names);
  return {
    reference: row.reference,
    title: row.title,
    stopped,
    tag: stopped?.tag ?? communicationTag(row.state),
    ...timesOf(row, names),
    author: names.personWithAgency(row.authorEmail),
    approver: names.personWithAgency(row.approverEmail),
    going: row.state === "released" && !stopped?.paused,
    signOffs: row.signOffs.map((one) => ({
      who: names.personWithAgency(one.decidedBy),
      when: names.when(one.at),
      verdict: one.decision === "approved" ? "Signed off" : "Sent back",
      hash: one.contentHash.slice(0, HASH_SHOWN),
      holds: one.contentHash === row.contentHash,
    })),
    checkedBy: row.checks[0] ? names.person(row.checks[0].answeredBy) : null,
    audience: row.audience.map(names.segment),
    reach: reachWords(sending.expected, names),
    warnings: [...new Set(sending.expected.flatMap(({ warnings }) => warnings))],
    leftOut: leftOutWords(row, sensitive),
    renditions: renditionGroups(row.renditions, names),
    progress: TO_COME.has(row.state) ? null : progressOf(sending.progress, names, sensitive),
    published: publishedOf(sending.proofs, names, publicUrl),
    returned: sayReturned(
      Object.fromEntries(sending.returned.map(({ kind, count }) => [kind, count])),
      sensitive,
    ),
  };
}

const reachWords = (expected: readonly Expected[], names: Names): string | null =>
  expected.length === 0
    ? null
    : expected
        .map(({ channelKey, count }) => `${sayShown(count.total)} now, ${names.channel(channelKey)}`)
        .join("; ");

/** Of a sensitive subject few are never counted apart (LAW6). */
function leftOutWords({ dispatches }: CommunicationRow, sensitive: boolean): string | null {
  const all: Record<string, number> = {};
  for (const { leftOut } of dispatches)
    for (const [why, people] of Object.entries(leftOut as Record<string, number>))
      all[why] = (all[why] ?? 0) + people;
  const words = sayLeftOut(all);
  if (words === "") return null;
  return sensitive ? "Some were left out: paused, or at their limit" : capital(words);
}

type RenditionRow = CommunicationRow["renditions"][number];

/** Channel by channel, a row for each segment, a link for each language. */
export function renditionGroups(rows: readonly RenditionRow[], names: Names): RenditionGroup[] {
  const channels = [...new Set(rows.map((row) => row.channelKey))];
  const bySegment = (a: string, b: string) => names.segmentOrder(a) - names.segmentOrder(b);
  return channels.map((channelKey) => {
    const inChannel = rows.filter((row) => row.channelKey === channelKey);
    const segments = [...new Set(inChannel.map((row) => row.segmentKey))].sort(bySegment);
    return {
      channel: names.channel(channelKey),
      rows: segments.map((segmentKey) => ({
        segment: names.segment(segmentKey),
        links: inChannel
          .filter((row) => row.segmentKey === segmentKey)
          .map(({ id, language, state }) => ({
            href: `/renditions/${id}`,
            language: sayLanguage(language),
            // What is ready or still to come needs no sign; what is held does.
            tag: state === "refused" ? renditionTag(state) : null,
          })),
      })),
    };
  });
}

const LANGUAGE_OF = /^post:(.+)$/;
const WAITING: Readonly<Record<string, string>> = {
  ...{
    accepted: "Published",
    in_doubt: "In doubt: nobody knows yet whether it was taken",
    refused: "Refused",
    held: "Held",
  },
  ...{ expired: "Too late to be useful", cancelled: "Cancelled", dead: "Given up" },
};

const publishedOf = (proofs: readonly ProofRow[], names: Names, publicUrl: string): Published[] =>
  proofs.map(({ channelKey, recipientKey, state, proof }) => ({
    channel: names.channel(channelKey),
    language: sayLanguage(LANGUAGE_OF.exec(recipientKey)?.[1] ?? recipientKey),
    link: state === "accepted" ? proofLink(proof, publicUrl) : null,
    state: WAITING[state] ?? "Waiting",
  }));
