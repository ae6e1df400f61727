// Whom a staging copy may write to: some addresses, and everybody at some domains. Pure.

/** Addresses and "@domain" entries, in small letters. */
export type AllowList = readonly string[];

/** The entries of "a@example.org, @test.example.org"; what is empty between two commas is nothing. */
export const parseAllowList = (text: string): AllowList =>
  text
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "");

/** One address, or "@" and a whole domain: nothing that could be read as a pattern. */
export const isAllowEntry = (entry: string): boolean => /^[^\s@*]*@[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(entry);

/** An address is reached when it is listed itself or its exact domain is; a domain does not open those below it. */
export function mayReach(list: AllowList, address: string): boolean {
  const asked = address.trim().toLowerCase();
  const at = asked.lastIndexOf("@");
  return at > 0 && (list.includes(asked) || list.includes(asked.slice(at)));
}
