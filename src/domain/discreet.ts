// Faults of a sensitive campaign: what somebody may see of a message who should not know what it is about (LAW6); and what may not be
// counted of children (LAW8). Pure.
import type { WrittenCampaign } from "./campaign-file.ts";
import type { Block, EmailVariant } from "./content.ts";
import { type DiscreetWords, tellingIn } from "./discreet-words.ts";
import { type ListUse, listFaults } from "./list-use.ts";

type Path = readonly (string | number)[];
interface Fault {
  readonly path: Path;
  readonly message: string;
}
/** What has to be known beyond the file to tell whether a message is discreet. */
export interface Discretion extends ListUse {
  readonly words: DiscreetWords;
  /** What sensitive lists and interests are called. */
  readonly names: readonly string[];
  readonly channels: readonly (ListUse["channels"][number] & {
    /** The name a sensitive message of it is sent under; null where it writes to nobody's mailbox. */
    readonly fromName: string | null;
  })[];
  readonly mailFrom: string;
}
type Communication = WrittenCampaign["communications"][number];
type Tell = (text: string) => string | null;

export function discreetFaults(
  campaign: Partial<WrittenCampaign>,
  known: Discretion | undefined,
): readonly Fault[] {
  if (!known) return [];
  const { communications = [] } = campaign;
  const all = listFaults(campaign, known);
  if (campaign.sensitivity !== "sensitive") return [...all, ...childFaults(campaign, known)];
  const words = communications.flatMap((communication, i) => wordFaults(communication, i, known));
  return [...all, ...words, ...senderFaults(campaign, known), ...countFaults(campaign)];
}

/** Nothing is counted of who reads a sensitive message, not even for all together. */
function countFaults({ count_links: whole, communications = [] }: Partial<WrittenCampaign>): Fault[] {
  const message = "a sensitive message counts nothing; leave this out";
  return [
    ...(whole ? [{ path: ["count_links"], message }] : []),
    ...communications.flatMap(({ count_links: own }, i) =>
      own ? [{ path: ["communications", i, "count_links"], message }] : [],
    ),
  ];
}

/** Nor of what children and young people read (LAW8). One that says nothing of its own counts as the campaign says. */
function childFaults(
  { count_links: whole, channels: all = [], communications = [] }: Partial<WrittenCampaign>,
  { channels }: Discretion,
): Fault[] {
  const message =
    "nothing is counted of what children and young people read; leave this out, or say count_links: false for what goes to them";
  const young = new Set(channels.flatMap(({ key, list }) => (list?.kind === "youth" ? [key] : [])));
  const toYoung = (own: readonly string[] | undefined) => (own ?? all).some((key) => young.has(key));
  const counted = communications.map((one) => (one.count_links ?? whole) === true && toYoung(one.channels));
  const isWhole = communications.some(({ count_links: own }, i) => own === undefined && counted[i]);
  return [
    ...(isWhole ? [{ path: ["count_links"], message }] : []),
    ...communications.flatMap(({ count_links: own }, i) =>
      own && counted[i] ? [{ path: ["communications", i, "count_links"], message }] : [],
    ),
  ];
}

function wordFaults({ content, variants }: Communication, i: number, known: Discretion): Fault[] {
  const common = Object.entries(content).flatMap(([language, { email }]) =>
    email === undefined
      ? []
      : emailFaults(["communications", i, "content", language, "email"], email, {
          language,
          known,
          note: noteOf(email.opening),
        }),
  );
  const varied = Object.entries(variants).flatMap(([segment, languages]) =>
    Object.entries(languages).flatMap(([language, { email }]) =>
      emailFaults(["communications", i, "variants", segment, language, "email"], email, {
        ...{ language, known, note: noteOf(content[language]?.email?.opening) },
      }),
    ),
  );
  return [...common, ...varied];
}

interface Reading {
  readonly language: string;
  readonly known: Discretion;
  /** The safety note of the common text in this language, as one text; null where it has none. */
  readonly note: string | null;
}

function emailFaults(at: Path, email: EmailVariant, { language, known, note }: Reading): Fault[] {
  const tell = tellingIn(known.words, language, known.names);
  if (tell === null)
    return [
      {
        path: at,
        message: `nobody has written down yet which words of "${language}" give a subject away; add them to templates/library/discreet-words.yaml, or leave this language out of a sensitive message`,
      },
    ];
  const said = (["subject", "preheader"] as const).flatMap((part) =>
    telling([...at, part], email[part], tell, `the ${part} is seen before the message is opened`),
  );
  return email.opening === undefined
    ? said
    : [...said, ...openingFaults([...at, "opening"], email.opening, tell, note)];
}

/** First a heading that any message could have, or none; then the safety note, the same in every variant. */
function openingFaults(at: Path, opening: readonly Block[], tell: Tell, note: string | null): Fault[] {
  const place = notePlace(opening);
  if (place === null)
    return [
      {
        path: at,
        message:
          "a sensitive email begins with a safety note: a callout, at most a heading before it, that says how to leave and that this is a personal subject",
      },
    ];
  const first = opening.slice(0, place + 1);
  const words = first.flatMap((block, i) =>
    telling([...at, i], wordsOf(block), tell, "these are the first words on a screen, and of a preview"),
  );
  const other =
    note !== null && noteOf(opening) !== note
      ? [
          {
            path: [...at, place],
            message: "the safety note of a variant must be the one of the common text, word for word",
          },
        ]
      : [];
  return [...words, ...other];
}

function notePlace(opening: readonly Block[]): number | null {
  const place = opening.slice(0, 2).findIndex((block) => "callout" in block);
  const before = opening[0];
  return place === -1 || (place === 1 && !(before && "heading" in before)) ? null : place;
}
function noteOf(opening: readonly Block[] | undefined): string | null {
  const place = notePlace(opening ?? []);
  const note = place === null ? undefined : opening?.[place];
  return note === undefined ? null : wordsOf(note);
}
const wordsOf = (block: Block): string =>
  "heading" in block
    ? block.heading
    : "callout" in block
      ? `${block.callout.title}\n${block.callout.text}`
      : "";

const telling = (path: Path, text: string | undefined, tell: Tell, why: string): Fault[] => {
  const word = text === undefined ? null : tell(text);
  return word === null
    ? []
    : [
        {
          path,
          message: `says "${word}", which gives the subject away: ${why}. Use words any message could have`,
        },
      ];
};

function senderFaults(
  { channels = [], communications = [] }: Partial<WrittenCampaign>,
  known: Discretion,
): Fault[] {
  const tell = tellingIn(known.words, "en", known.names);
  const used = new Set([...channels, ...communications.flatMap((one) => one.channels ?? [])]);
  return known.channels.flatMap(({ key, fromName }) => {
    if (fromName === null || !used.has(key) || tell === null) return [];
    const word = tell(fromName) ?? tell(known.mailFrom);
    if (word === null) return [];
    const how = tell(fromName)
      ? `give the channel a discreet_from_name in the partnership's file, such as the partnership's own name`
      : "set MAIL_FROM to an address without it";
    return [
      { path: ["channels"], message: `the sender of "${key}" says "${word}" in every list of mails; ${how}` },
    ];
  });
}
