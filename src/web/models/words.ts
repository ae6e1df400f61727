// The words pages use for states, languages, forms and counts. One place, so that every page says the same.
import type { CommunicationState } from "../../domain/communication.ts";
import { leftOutWords } from "../../domain/left-out.ts";

export interface Tag {
  readonly text: string;
  /** One of GOV.UK's tag colours. Never the only sign: the text says it. */
  readonly colour: string;
}

export const COMMUNICATION_TAGS: Readonly<Record<CommunicationState, Tag>> = {
  draft: { text: "Draft", colour: "grey" },
  in_review: { text: "Waiting for sign-off", colour: "yellow" },
  approved: { text: "Signed off", colour: "teal" },
  scheduled: { text: "Scheduled", colour: "blue" },
  needs_decision: { text: "Needs a decision", colour: "red" },
  releasing: { text: "Audience being frozen", colour: "purple" },
  released: { text: "Being sent", colour: "purple" },
  completed: { text: "Sent", colour: "green" },
  cancelled: { text: "Cancelled", colour: "grey" },
};
export const communicationTag = (state: string): Tag =>
  COMMUNICATION_TAGS[state as CommunicationState] ?? { text: state, colour: "grey" };

const RENDITION_TAGS: Readonly<Record<string, Tag>> = {
  wanted: { text: "To be made", colour: "grey" },
  ready: { text: "Ready", colour: "green" },
  refused: { text: "Not what was signed off", colour: "red" },
};
export const renditionTag = (state: string): Tag => RENDITION_TAGS[state] ?? { text: state, colour: "grey" };

const OBJECTIVES: Readonly<Record<string, string>> = {
  inform: "To inform",
  explain: "To explain",
  reassure: "To reassure",
  engage: "To engage",
  "prevent-crime": "To prevent crime",
  support: "To support",
};
const EMPHASES: Readonly<Record<string, string>> = {
  "prevention-advice": "prevention advice",
  "contact-and-reporting": "contact and reporting",
  "good-news": "good news",
  reassurance: "reassurance",
  "accessible-contacts": "accessible contacts",
  "joint-partnership-message": "joint message of the partnership",
  "role-of-residents": "the role of residents",
};
const CLASSES: Readonly<Record<string, string>> = {
  emergency: "Emergency message",
  "public-task-information": "Public information",
  "direct-marketing": "Promotion",
  consultation: "Consultation",
  internal: "Internal message",
};
const plain = (key: string): string => capital(key.replaceAll("-", " "));
export const sayObjective = (key: string): string => OBJECTIVES[key] ?? plain(key);
export const sayEmphasis = (keys: readonly string[]): string =>
  capital(keys.map((key) => EMPHASES[key] ?? plain(key)).join(", "));
export const sayClass = (key: string): string => CLASSES[key] ?? plain(key);
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** With one full stop at its end, whatever a person wrote. */
export const sentence = (text: string): string =>
  /[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`;

const languages = new Intl.DisplayNames("en-GB", { type: "language" });
/** "Polish" for "pl"; what is no language is shown as it was written. */
export function sayLanguage(code: string): string {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code;
  }
}

const RIGHT_TO_LEFT = new Set(["ar", "ckb", "fa", "he", "ku", "ps", "sd", "ug", "ur", "yi"]);
export const directionOf = (language: string): "rtl" | "ltr" =>
  RIGHT_TO_LEFT.has(language.split("-")[0] ?? "") ? "rtl" : "ltr";

/** Given any value a template may hold, so that a filter never throws. */
export const sayCount = (count: unknown): string =>
  typeof count === "number" ? count.toLocaleString("en-GB") : String(count);
export const plural = (count: number, one: string, many = `${one}s`): string =>
  `${sayCount(count)} ${count === 1 ? one : many}`;

/** "a", "a and b", "a, b and c". */
export const sayList = (items: readonly string[]): string =>
  items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} and ${items.at(-1) ?? ""}`;

/** "12 kB" as people say it, of bytes. */
export const saySize = (bytes: number): string =>
  bytes < 1000
    ? `${bytes} bytes`
    : bytes < 1_000_000
      ? `${Math.round(bytes / 1000)} kB`
      : `${(bytes / 1_000_000).toFixed(1)} MB`;

/** "left out: 12 paused for a while and 3 had as many messages as they may get"; "" where nobody was. */
export const sayLeftOut = (leftOut: unknown): string => {
  const said = leftOutWords(leftOut).map(({ people, words }) => `${sayCount(people)} ${words}`);
  return said.length === 0 ? "" : `left out: ${sayList(said)}`;
};
