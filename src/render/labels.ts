// The small fixed words around a message, per language, as kept in templates/email/labels.yaml. Reads no file itself.
import { parse } from "yaml";
import { z } from "zod";
import { language, line } from "../domain/content.ts";
import { DomainError } from "../domain/errors.ts";

/** A label with one place to fill, written {names}, {name}, {reference} or {alt}. */
const withPlace = (place: string) =>
  line(150).refine((text) => text.includes(place), `must say where ${place} goes`);

export const labels = z.strictObject({
  leave: line(60),
  issued_by: withPlace("{name}"),
  credit: withPlace("{names}"),
  /** Stands between the last two names, spaces included. */
  and: z.string().min(1).max(20),
  contacts: line(60),
  picture: withPlace("{alt}"),
  reference: withPlace("{reference}"),
  check: line(100),
  preferences: line(60),
  unsubscribe: line(60),
  /** The document title of a sensitive email. */
  neutral_title: withPlace("{name}"),
});
export type Labels = z.infer<typeof labels>;

const labelsFile = z
  .record(language, labels)
  .refine((all) => "en" in all, "must have the English labels (en)");

/** The text of labels.yaml → the labels of a language, English where there are none. Throws DomainError("bad-labels"). */
export function loadLabels(yamlText: string): (language: string) => Labels {
  const read = labelsFile.safeParse(parse(yamlText));
  if (!read.success) {
    const faults = read.error.issues.map((issue) => `${issue.path.join(".")} ${issue.message}`);
    throw new DomainError("bad-labels", `The email labels cannot be used: ${faults.join("; ")}.`, faults);
  }
  const all = new Map(Object.entries(read.data));
  return (wanted) => (all.get(wanted) ?? all.get(wanted.slice(0, 2)) ?? all.get("en")) as Labels;
}

/** Fills the one place of a label; the value is never parsed again. */
export const say = (label: string, place: string, value: string): string =>
  label.split(`{${place}}`).join(value);

/** "A", "A and B", "A, B and C". */
export const listNames = (names: readonly string[], and: string): string =>
  names.length < 2 ? names.join("") : names.slice(0, -1).join(", ") + and + (names.at(-1) ?? "");
