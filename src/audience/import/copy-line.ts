// A person as one line of COPY's text format, with everything sealed or hashed that no table may hold as it is (LAW6).
import type { ImportPerson } from "../../domain/import-rules.ts";
import { remembering } from "../../domain/remembering.ts";
import { keyedHash } from "../../lib/hash.ts";
import { sealedInterest } from "../sealed-topic.ts";

const NOTHING = "\\N";
const MARKS: Readonly<Record<string, string>> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** What COPY would take for its own signs. No NUL ever comes here: a cell that holds one is refused or cleaned. */
const text = (value: string | null): string =>
  value === null
    ? NOTHING
    : /[\\\t\n\r]/.test(value)
      ? value.replace(/[\\\t\n\r]/g, (sign) => MARKS[sign] ?? sign)
      : value;

/** Keys of the partnership's own, which hold neither quotation marks nor backslashes. */
const keys = (values: readonly string[]): string => `{${values.map((one) => `"${one}"`).join(",")}}`;

export function openCopyLines({
  importId,
  secret,
  sensitive,
}: {
  importId: string;
  secret: string;
  sensitive: ReadonlySet<string>;
}): (rowNo: number, person: ImportPerson) => string {
  const sealed = (key: string): string => (sensitive.has(key) ? sealedInterest(secret, key) : key);
  const groupsOf = remembering(1_000, (joined) => keys(joined === "" ? [] : joined.split(",")));
  const interestsOf = remembering(1_000, (joined) =>
    keys(joined === "" ? [] : joined.split(",").map(sealed)),
  );
  const evidenceOf = (evidence: ImportPerson["evidence"]): string =>
    evidence === null
      ? `${NOTHING}\t${NOTHING}\t${NOTHING}\t${NOTHING}`
      : `${evidence.basis}\t${text(evidence.wording)}\t${text(evidence.source)}\t${evidence.givenAt}`;
  return (rowNo, { email, key, firstName, language, areaCode, postcode, groups, interests, ...said }) =>
    `${importId}\t${rowNo}\t${text(email)}\t${keyedHash(secret, "address", key)}\t${text(firstName)}\t${language}\t${text(areaCode)}\t${text(postcode)}\t` +
    `${groupsOf(groups.join(","))}\t${interestsOf(interests.join(","))}\t${said.ageBand}\t${evidenceOf(said.evidence)}\n`;
}
