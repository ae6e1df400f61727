// What the record says of people who join, change, stop and complain, in words. Never who.
import type { LogKind } from "../../domain/log-entry.ts";
import { plural } from "./words.ts";

type Facts = Readonly<Record<string, unknown>>;
type Sentence = (who: string) => string;
type Detail = (facts: Facts) => string;

export const PEOPLE_SENTENCES = {
  "subscriber.joined": (who) => `${who} joined`,
  "subscriber.changed": (who) => `${who} changed what they get`,
  "subscriber.confirmed": (who) => `${who} still wants to hear from us`,
  "subscriber.lapsed": (who) =>
    `${who} stopped writing to people who did not answer whether they still want to hear`,
  "subscriber.erased": (who) =>
    who === "A subscriber" ? "A subscriber was erased as they asked" : `${who} erased a subscriber`,
  "subscriber.stopped": (who) => `${who} asked us to stop writing`,
  "subscriber.suppressed": (who) =>
    `${who} stopped writing to people at whose address the relay says there is nobody`,
  "complaint.made": (who) => `${who === "A subscriber" ? "Somebody" : who} complained`,
  "complaint.acknowledged": (who) => `${who} took up a complaint`,
  "complaint.answered": (who) => `${who} answered a complaint`,
} as const satisfies Partial<Record<LogKind, Sentence>>;

const HOW: Readonly<Record<string, string>> = {
  "one-click": "With the button of their mailbox",
  mail: "By a message to us",
};
const text = (value: unknown): string => (typeof value === "string" ? value : "");
const complaint: Detail = (facts) => text(facts.complaint);
const howMany: Detail = ({ people }) => plural(typeof people === "number" ? people : 0, "person", "people");

export const PEOPLE_DETAILS = {
  "subscriber.lapsed": howMany,
  "subscriber.stopped": ({ how, list }) =>
    (HOW[text(how)] ?? "On our page") + (list === undefined ? "" : ", for one list"),
  "subscriber.suppressed": howMany,
  "complaint.made": complaint,
  "complaint.acknowledged": complaint,
  "complaint.answered": complaint,
} as const satisfies Partial<Record<LogKind, Detail>>;
