// The part of the partnership file that says who our audiences are: lists, groups, interests, and how often is too often. Pure.
import { z } from "zod";
import { BASES, LIST_KINDS } from "./basis.ts";
import { key, line } from "./content.ts";

/** The words a person agrees to. New words are a new version; the old one stays as evidence (LAW3). */
const wording = z.strictObject({
  version: z.string().regex(/^[a-z0-9.-]{1,20}$/, "must be short, such as 2026-1"),
  text: line(600),
});
export type ListWording = z.infer<typeof wording>;

/** Under which agreement agencies share a list, and its last day (LAW13). */
const agreement = z.strictObject({ reference: line(80), until: z.iso.date() });

/** What people agree to where a list has no words of its own. */
const PLAIN_WORDING: ListWording = {
  version: "1",
  text: "Send me these messages by email. I can stop them at any time.",
};

export const listPart = z.strictObject({
  key,
  name: line(120),
  agency: key,
  reason: line(300),
  privacy_notice_url: z.url(),
  /** Who decides over the list, by name; without it the agency it belongs to. */
  controllers: z.array(line(120)).min(1).optional(),
  basis: z.enum(BASES).default("consent"),
  kind: z.enum(LIST_KINDS).default("residents"),
  /**
   * Being on it says something about a person: its topic is sealed, its messages are neutral, it leaves only by two, and people agree to
   * it explicitly, in words of its own (LAW6).
   */
  sensitive: z.boolean().default(false),
  /** Whether anyone may join on the public page. */
  open: z.boolean().default(true),
  wording: wording.default(PLAIN_WORDING),
  agreement: agreement.optional(),
});

export const frequencyCap = z.strictObject({ most: z.int().min(1).max(100), days: z.int().min(1).max(90) });

export const audienceParts = {
  groups: z.array(z.strictObject({ key, name: line(80) })).default([]),
  interests: z
    .array(z.strictObject({ key, name: line(80), sensitive: z.boolean().default(false) }))
    .default([]),
};

interface AudienceFile {
  readonly lists: readonly z.infer<typeof listPart>[];
  readonly agencies: readonly { readonly key: string; readonly kind: string }[];
}
interface Place {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** What a sensitive list's key or reason gives away, what people did not agree to explicitly, and bases nobody may claim. */
export const audienceFaults = (file: AudienceFile): Place[] =>
  file.lists.flatMap((list, i) => [
    ...secrecyFaults(list, i),
    ...explicitFaults(list, i),
    ...basisFaults(file, list, i),
  ]);

/** The key stands in every row of consent and the reason in every message, so neither may say what the list is about. */
function secrecyFaults(list: AudienceFile["lists"][number], i: number): Place[] {
  if (!list.sensitive) return [];
  const words = wordsOf(list.name);
  return (["key", "reason"] as const).flatMap((field) => {
    const said = wordsOf(list[field]).find((word) => words.includes(word));
    return said === undefined
      ? []
      : [
          {
            path: ["lists", i, field],
            message: `says "${said}", which is what this sensitive list is about; choose a neutral ${field}, such as ${field === "key" ? "news-7" : '"You get this because you asked us to write to you."'}`,
          },
        ];
  });
}

/** Being on a sensitive list is special category data: nothing but explicit consent will do (UK GDPR Art 9(2)(a), LAW6). */
function explicitFaults({ sensitive, wording, basis }: AudienceFile["lists"][number], i: number): Place[] {
  if (!sensitive) return [];
  const unsaid = {
    path: ["lists", i, "wording"],
    message:
      "must be words of this list's own: people agree explicitly to a sensitive list, so its wording says what it is about",
  };
  const other = { path: ["lists", i, "basis"], message: "must be consent: this is a sensitive list" };
  return [...(wording.text === PLAIN_WORDING.text ? [unsaid] : []), ...(basis === "consent" ? [] : [other])];
}

/** Words every list may have in its name. */
const PLAIN = new Set([
  "news",
  "list",
  "community",
  "safety",
  "safer",
  "messages",
  "updates",
  "this",
  "because",
  "from",
  "with",
  "support",
  "service",
  "services",
]);
const wordsOf = (text: string): string[] =>
  (text.toLowerCase().match(/\p{L}{4,}/gu) ?? []).filter((word) => !PLAIN.has(word));

function basisFaults(
  { agencies }: AudienceFile,
  { basis, agency }: AudienceFile["lists"][number],
  i: number,
): Place[] {
  const kind = agencies.find((one) => one.key === agency)?.kind;
  if (kind === undefined) return [];
  if (basis === "charity-soft-opt-in" && kind !== "voluntary")
    return [
      { path: ["lists", i, "basis"], message: "is for charities only (PECR reg 22, since 5 February 2026)" },
    ];
  return basis === "public-task" && kind === "voluntary"
    ? [{ path: ["lists", i, "basis"], message: "is for public bodies; a voluntary group needs consent" }]
    : [];
}
