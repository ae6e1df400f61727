// The name a channel writes as (H30): one plain line, and never that of an agency which does not own the channel. Pure.
import { line } from "./content.ts";

interface Place {
  readonly path: readonly (string | number)[];
  readonly message: string;
}
interface Register {
  readonly agencies: readonly { readonly key: string; readonly name: string }[];
  readonly channels: readonly {
    readonly agency: string;
    readonly settings: Readonly<Record<string, string | number | boolean>>;
  }[];
}

/** What a mail program could read as an address, a second one, or a comment. */
const ADDRESS_SIGNS = /[<>@"(),:;[\]\\]/;
const plainLine = line(80);

/** Faults of the names in the settings of any channel that has one. */
export const fromNameFaults = ({ agencies, channels }: Register): Place[] =>
  channels.flatMap(({ agency: owner, settings }, i) =>
    (["from_name", "discreet_from_name"] as const).flatMap((field) => {
      const name = settings[field];
      const message = typeof name === "string" ? faultOf(name, owner, agencies) : null;
      return message === null ? [] : [{ path: ["channels", i, "settings", field], message }];
    }),
  );

function faultOf(name: string, owner: string, agencies: Register["agencies"]): string | null {
  const shape = plainLine.safeParse(name);
  if (!shape.success) return shape.error.issues[0]?.message ?? "cannot be used";
  if (ADDRESS_SIGNS.test(name)) return 'must be a name, without an address or any of < > @ " ( ) , : ; [ ]';
  const said = folded(name);
  const names = (agency: { name: string }) => ` ${said} `.includes(` ${folded(agency.name)} `);
  // A joint name such as "Alderwick Council with Alderwick Police" says whose channel it is.
  if (agencies.some((agency) => agency.key === owner && names(agency))) return null;
  const other = agencies.find((agency) => agency.key !== owner && names(agency));
  return other ? `is the name of ${other.name}, but the channel belongs to "${owner}"` : null;
}

/** As a reader sees it: capitals, accents, wide letters, invisible signs and full stops make no other name. */
const folded = (text: string): string =>
  text
    .normalize("NFKD")
    .replace(/[\p{M}\p{Cf}]/gu, "")
    .toLowerCase()
    .replace(/&/g, " and ")
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
