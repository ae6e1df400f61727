// Reads what a page's address asks for. One value each, checked; anything else is a mistake told in plain words (H83, H86).
import { z } from "zod";
import { DomainError } from "../domain/errors.ts";

/** Deeper than this nobody turns pages: a filter finds it sooner. */
const LAST_PAGE = 2_000;
const LONGEST_SEARCH = 200;

export const pageNumber = z
  .string()
  .regex(/^[1-9]\d{0,4}$/, "must be a whole number from 1")
  .transform(Number)
  .refine((page) => page <= LAST_PAGE, `must be at most ${LAST_PAGE}`)
  .optional()
  .transform((page) => page ?? 1);

/** An empty search field is no search. */
export const searchText = z
  .string()
  .trim()
  .max(LONGEST_SEARCH, `must be at most ${LONGEST_SEARCH} characters`)
  .optional()
  .transform((text) => text || undefined);

export const entryNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, "must be a whole number from 1")
  .transform(Number);

/** Words nobody asked for are left aside; a wrong value of a known one throws DomainError "bad-query". */
export function readQuery<T>(schema: z.ZodType<T>, query: unknown): T {
  const read = schema.safeParse(query);
  if (read.success) return read.data;
  const faults = read.error.issues.map(({ path, message, code }) => {
    const what = code === "invalid_type" ? "must be given once" : message;
    return `“${path.join(".")}” ${what}.`;
  });
  throw new DomainError("bad-query", "Part of the address cannot be used:", faults);
}

/** What an address names but is not there. */
export const notHere = (sentence: string): DomainError => new DomainError("not-here", sentence);

/** A page whose words are no longer right; its address stays and says so. */
export const hasExpired = (day: string): DomainError =>
  new DomainError(
    "expired",
    `What was said here was right until ${day}, and no longer is. All our news is listed at /news.`,
  );

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
/** PostgreSQL throws at anything else. */
export const isId = (text: string): boolean => UUID.test(text);
