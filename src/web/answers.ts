// Reads a form of the staff pages: was it sent from a page of ours, and is every answer there? Faults are told beside their field.
import type { z } from "zod";
import { DomainError } from "../domain/errors.ts";
import { keyedHash, sameText } from "../lib/hash.ts";
import type { Fields } from "./plugins/forms.ts";

export interface Fault {
  readonly text: string;
  /** The field's id, as "#reason". */
  readonly href: string;
}
export type Read<T> =
  { readonly ok: true; readonly answers: T } | { readonly ok: false; readonly faults: readonly Fault[] };

/** In every staff form: nobody signs in yet, but a page of somebody else cannot read it, and so cannot send our forms. */
export const formToken = (secret: string): string => keyedHash(secret, "form", "staff");

export const notOurForm = (): DomainError =>
  new DomainError(
    "bad-form",
    "This form was not sent from a page of ours, so nothing was changed. Open the page again and send it from there.",
  );

/** Throws DomainError "bad-form" where the form is not one of ours. */
export function readForm<T>(schema: z.ZodType<T>, secret: string, fields: Fields | undefined): Read<T> {
  if (!sameText(fields?.form ?? "", formToken(secret))) throw notOurForm();
  const read = schema.safeParse(fields);
  if (read.success) return { ok: true, answers: read.data };
  const faults = read.error.issues.map(({ path, message }) => ({
    text: message,
    href: `#${path.join("-")}`,
  }));
  return { ok: false, faults: faults.filter((one, i) => faults.findIndex((f) => f.href === one.href) === i) };
}

/** What a template shows beside a field. */
export const besideFields = (faults: readonly Fault[]): Record<string, { text: string }> =>
  Object.fromEntries(faults.map(({ text, href }) => [href.slice(1), { text }]));
