// The shape of a ready message in templates/library and of a campaign file: what an author may write down. Pure.
import { z } from "zod";
import { classHelper } from "./class-helper.ts";
import { CLASSES } from "./classes.ts";
import { emailVariant, image, key, language, languageContent, line } from "./content.ts";
import { repeatRule } from "./repeat-rule.ts";
import { howToWrite, WALL } from "./written-time.ts";

export { CLASSES };

/** The six message objectives of the partnerships' own plans (R17). */
export const OBJECTIVES = ["inform", "explain", "reassure", "engage", "prevent-crime", "support"] as const;
/** The seven emphases of content (R19). */
export const EMPHASES = [
  "prevention-advice",
  "contact-and-reporting",
  "good-news",
  "reassurance",
  "accessible-contacts",
  "joint-partnership-message",
  "role-of-residents",
] as const;
/** The Community Involvement Continuum (R16). */
export const LEVELS = ["inform", "consult", "involve", "collaborate", "empower"] as const;
const usefulDays = z.number().positive().max(120);
const variants = z.record(key, z.record(language, z.strictObject({ email: emailVariant })));

/** One thing we say, in all its forms and languages. */
export const communicationText = z.strictObject({
  key,
  title: line(120),
  /** Days after the campaign's own due day; 0 is the launch. */
  after_days: z.int().min(0).max(120).default(0),
  /** Days after its due time beyond which it must not go out by itself (I6). */
  latest_useful_days: usefulDays.default(7),
  audience: z.array(key).min(1).optional(),
  channels: z.array(key).min(1).optional(),
  content: z.record(language, languageContent).refine((c) => "en" in c, "must have an English version (en)"),
  variants: variants.default({}),
  /** For this communication, in place of what the campaign says. */
  count_links: z.boolean().optional(),
});

/** A ready message of the library: everything but who sends it and when. */
export const libraryMessage = z.strictObject({
  key,
  title: line(120),
  purpose: line(400),
  priority: key,
  objective: z.enum(OBJECTIVES),
  emphasis: z.array(z.enum(EMPHASES)).min(1),
  level: z.enum(LEVELS).default("inform"),
  place_or_issue: z.enum(["place", "issue"]),
  class: z.enum(CLASSES),
  /** Sensitive topics travel discreetly: neutral subject, exit link, no images fetched, nothing tracked (LAW6). */
  sensitivity: z.enum(["normal", "sensitive"]).default("normal"),
  audience: z.array(key).min(1),
  channels: z.array(key).min(1),
  images: z.array(image).default([]),
  communications: z.array(communicationText).min(1).max(12),
});
export type LibraryMessage = z.infer<typeof libraryMessage>;

/** A wall time as an author writes it: "2026-10-25 09:00" or with a T; seconds are not ours to promise. */
const wallTime = z
  .string()
  .refine((text) => WALL.test(text), { error: ({ input }) => howToWrite(String(input)) });
const dueTime = z.string().refine((text) => text === "now" || WALL.test(text), {
  error: ({ input }) => `${howToWrite(String(input))} Or write "now".`,
});

/** Who sends it: part of a campaign file, and of a season. */
export const carriers = {
  lead_agency: key,
  contributing: z.array(key).default([]),
  author: z.email(),
  approver: z.email(),
};

const sending = {
  ...carriers,
  /** A local time, or "now". */
  due: dueTime,
  /** Which of the two, where a local time happens twice as the clocks go back. */
  repeated_hour: z.enum(["first", "second"]).optional(),
  /** Not before this, whoever moves it. */
  earliest: wallTime.optional(),
  /** From then on it is wrong: its page says so, lists and feeds leave it out. */
  expires: wallTime.optional(),
  /** For every communication of the campaign, in place of its own (days after its due time, I6). */
  latest_useful_days: usefulDays.optional(),
  repeat: repeatRule.optional(),
  /** Buttons lead over short links of ours that are counted, never per person; without it readers see the real addresses (ADR 13). */
  count_links: z.boolean().optional(),
  /** The helper's six questions as somebody answered them; they must lead to the class (LAW1). */
  class_helper: classHelper.optional(),
  /** Why it cannot wait for the end of the partnership's quiet hours; goes to the record (S9). */
  quiet_hours_override: line(200).optional(),
};

/** A campaign written out in full. */
const writtenCampaign = libraryMessage.extend(sending);
/** A campaign taken from the library: its own key and senders; anything else it gives replaces the library's. */
const takenCampaign = libraryMessage
  .pick({ title: true, purpose: true, priority: true, audience: true, channels: true })
  .partial()
  .extend({ key, library: key, ...sending });

/** The two forms of `bellman campaign run FILE.yaml`; a file has one top-level word, campaign. */
export const writtenFile = z.strictObject({ campaign: writtenCampaign });
export const takenFile = z.strictObject({ campaign: takenCampaign });
export type WrittenCampaign = z.infer<typeof writtenCampaign>;
export type TakenCampaign = z.infer<typeof takenCampaign>;

/** The library's message under the campaign's own key and senders. What the campaign gives itself holds for every communication. */
export function takeFrom(
  message: LibraryMessage,
  { library: _library, ...own }: TakenCampaign,
): WrittenCampaign {
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined)) as Omit<
    TakenCampaign,
    "library"
  >;
  const communications = message.communications.map(({ audience, channels, ...communication }) => ({
    ...communication,
    ...(audience && !own.audience ? { audience } : {}),
    ...(channels && !own.channels ? { channels } : {}),
  }));
  return { ...message, ...given, communications } as WrittenCampaign;
}
