// A line of the shared record in words: who did what, about what, with which counts, and why. Never throws on an odd entry.
import type { LogKind, StoredEntry } from "../../domain/log-entry.ts";
import { countsIn, sayPeople } from "./log-counts.ts";
import { PEOPLE_DETAILS, PEOPLE_SENTENCES } from "./log-people.ts";
import { localPart } from "./proof.ts";
import { AUDIENCE_DETAILS, AUDIENCE_SENTENCES } from "./log-words-lists.ts";
import type { Names } from "./names.ts";
import { capital, plural, sayLanguage, sayLeftOut, sayList } from "./words.ts";

export interface LogWords {
  readonly seq: number;
  readonly kind: string;
  readonly facts: Facts;
  readonly when: string;
  readonly at: string;
  /** "Maya Okafor planned a campaign". */
  readonly sentence: string;
  readonly who: string;
  /** Counts and particulars; "" where there are none. */
  readonly detail: string;
  readonly why: string | null;
  readonly campaign: string | null;
  readonly campaignTitle: string | null;
  readonly reference: string | null;
  readonly title: string | null;
  /** Of a sensitive campaign: few people are not counted. */
  readonly sensitive: boolean;
}
export interface Titles {
  readonly campaign: (key: string) => string | null;
  /** Whether it is a campaign about something sensitive. */
  readonly sensitive: (key: string | undefined) => boolean;
  readonly communication: (reference: string) => string | null;
}

export type Facts = Readonly<Record<string, unknown>>;
interface Body {
  readonly kind: string;
  readonly actor: string;
  readonly campaign?: string;
  readonly reference?: string;
  readonly why?: string;
  readonly facts: Facts;
}

export function logWords(entry: StoredEntry, names: Names, titles: Titles): LogWords {
  const body = readBody(entry.body);
  const who = whoDid(body, names);
  const sensitive = titles.sensitive(body.campaign);
  return {
    seq: entry.seq,
    kind: body.kind,
    facts: body.facts,
    at: entry.at,
    when: names.when(entry.at),
    who,
    sentence: SENTENCES[body.kind as LogKind]?.(who) ?? `${who}: ${body.kind}`,
    detail: (DETAILS[body.kind as LogKind] ?? (() => ""))(body.facts, { names, sensitive }),
    why: body.why ?? null,
    campaign: body.campaign ?? null,
    campaignTitle: body.campaign ? (titles.campaign(body.campaign) ?? body.campaign) : null,
    reference: body.reference ?? null,
    title: body.reference ? titles.communication(body.reference) : null,
    sensitive,
  };
}

/** The campaign and reference of entries, so that their titles can be asked for at once. */
export function mentioned(entries: readonly StoredEntry[]): { campaigns: string[]; references: string[] } {
  const bodies = entries.map((entry) => readBody(entry.body));
  return {
    campaigns: [...new Set(bodies.flatMap((body) => body.campaign ?? []))],
    references: [...new Set(bodies.flatMap((body) => body.reference ?? []))],
  };
}

/** A body that was tampered with may be anything. */
function readBody(text: string): Body {
  try {
    const { kind, actor, campaign, reference, why, facts } = JSON.parse(text) as Record<string, unknown>;
    const string = (value: unknown) => (typeof value === "string" ? value : undefined);
    const held = { campaign: string(campaign), reference: string(reference), why: string(why) };
    const given = Object.fromEntries(Object.entries(held).filter(([, value]) => value !== undefined));
    return {
      kind: string(kind) ?? "an unknown event",
      actor: string(actor) ?? "somebody",
      ...given,
      facts: (facts ?? {}) as Facts,
    };
  } catch {
    return { kind: "an entry that cannot be read", actor: "somebody", facts: {} };
  }
}

function whoDid({ actor }: Body, names: Names): string {
  if (actor === "subscriber") return "A subscriber";
  return actor.includes("@")
    ? names.person(actor)
    : actor === "bellman"
      ? "Bellman"
      : capital(localPart(actor));
}

const SENTENCES: Readonly<Record<LogKind, (who: string) => string>> = {
  "partnership.applied": (who) => `${who} changed the partnership’s set-up`,
  "campaign.planned": (who) => `${who} planned a campaign`,
  "communication.submitted": (who) => `${who} put it forward for sign-off`,
  "communication.coordinated": (who) => `${who} checked it against all agencies’ plans`,
  "communication.approved": (who) => `${who} signed it off`,
  "communication.rejected": (who) => `${who} sent it back`,
  "communication.scheduled": (who) => `${who} gave it its time`,
  "communication.moved": (who) => `${who} kept its local time: the rules of the time zone changed`,
  "communication.lapsed": (who) => `${who} found it too late to be useful: it waits for a decision`,
  "communication.refused": (who) => `${who} did not release it: it waits for a decision`,
  "communication.paused": (who) => `${who} stopped it in the middle: it waits for a decision`,
  "communication.decided": (who) => `${who} decided what becomes of it`,
  "communication.released": (who) => `${who} froze the audience and began to send`,
  "communication.completed": (who) => `${who} finished: every delivery has ended`,
  "rendition.ready": (who) => `${who} made a rendition, exactly as signed off`,
  "rendition.refused": (who) => `${who} held a rendition: it is not what was signed off`,
  "deliveries.recorded": (who) => `${who} recorded results of sending`,
  "deliveries.doubted": (who) => `${who} was interrupted: nobody knows yet whether these arrived`,
  "deliveries.resolved": (who) => `${who} ended the doubt about a delivery`,
  "hold.placed": (who) => `${who} put a hold on sending`,
  "hold.released": (who) => `${who} lifted a hold`,
  "account.blocked": (who) => `${who} was turned away by a provider and waits`,
  "environment.adopted": (who) => `${who} gave this database to another environment and held everything`,
  "restore.detected": (who) => `${who} found the database restored to an earlier state and held everything`,
  ...PEOPLE_SENTENCES,
  ...AUDIENCE_SENTENCES,
};
const number = (value: unknown): number => (typeof value === "number" ? value : 0);
const text = (value: unknown): string => (typeof value === "string" ? value : "");
interface Told {
  readonly names: Names;
  readonly sensitive: boolean;
}
const onChannel = (facts: Facts, { names, sensitive }: Told): string =>
  [names.channel(text(facts.channel)), countsIn(facts, sensitive)].filter(Boolean).join(": ");
const rendition = ({ channel, segment, language }: Facts, { names }: Told): string =>
  [names.channel(text(channel)), names.segment(text(segment)), sayLanguage(text(language))].join(", ");

const DETAILS: Readonly<Partial<Record<LogKind, (facts: Facts, told: Told) => string>>> = {
  "partnership.applied": ({ changes }) => plural(number(changes), "change"),
  "campaign.planned": ({ communications }) =>
    plural(Array.isArray(communications) ? communications.length : 0, "communication"),
  "communication.submitted": ({ renditions }) => plural(number(renditions), "rendition"),
  "communication.coordinated": ({ overlaps }) => {
    const found = Array.isArray(overlaps) ? overlaps.map(String) : [];
    return found.length === 0 ? "No overlaps" : `Near it: ${sayList(found)}`;
  },
  "communication.approved": ({ agency }, { names }) => names.agency(text(agency)),
  "communication.rejected": ({ agency }, { names }) => names.agency(text(agency)),
  "communication.scheduled": ({ dueAt }, { names }) =>
    text(dueAt) ? `Due ${dayAndTime(text(dueAt), names)}` : "",
  "communication.moved": ({ dueAt }, { names }) =>
    text(dueAt) ? `Due ${dayAndTime(text(dueAt), names)}` : "",
  "communication.lapsed": ({ latestUsefulAt }, { names }) =>
    text(latestUsefulAt) ? `Useful until ${dayAndTime(text(latestUsefulAt), names)}` : "",
  "communication.released": ({ recipients, leftOut }, { names, sensitive }) =>
    sayList(
      Object.entries((recipients ?? {}) as Facts).map(([channel, count]) => {
        const without = sensitive ? "" : sayLeftOut((leftOut as Facts | undefined)?.[channel]);
        return `${names.channel(channel)}: ${sayPeople(count, sensitive)}${without === "" ? "" : ` (${without})`}`;
      }),
    ),
  "communication.completed": ({ deliveries }, { sensitive }) =>
    countsIn((deliveries ?? {}) as Facts, sensitive),
  "rendition.ready": rendition,
  "rendition.refused": rendition,
  "deliveries.recorded": onChannel,
  "deliveries.doubted": onChannel,
  "deliveries.resolved": onChannel,
  "communication.decided": ({ decision }) => (decision === "go" ? "It goes on" : "It is cancelled"),
  "hold.placed": ({ scope }) => capital(text(scope)),
  "hold.released": ({ scope, waiting }) =>
    [capital(text(scope)), plural(Array.isArray(waiting) ? waiting.length : 0, "decision") + " to take"].join(
      ": ",
    ),
  ...PEOPLE_DETAILS,
  ...AUDIENCE_DETAILS,
};

function dayAndTime(instant: string, names: Names): string {
  try {
    return names.when(instant);
  } catch {
    return instant;
  }
}
