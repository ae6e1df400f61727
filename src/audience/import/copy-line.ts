// A person as one line of COPY's text format, with everything sealed or hashed that no table may hold as it is (LAW6).
import type { ImportPerson } from "../../domain/import-rules.ts";
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
}) {
  const sealed = new Map([...sensitive].map((key) => [key, sealedInterest(secret, key)]));
  return (rowNo: number, person: ImportPerson): string => {
    const { evidence } = person;
    return `${[
      ...[importId, String(rowNo), text(person.email), keyedHash(secret, "address", person.key)],
      ...[
        text(person.firstName),
        person.language,
        text(person.areaCode),
        text(person.postcode),
        keys(person.groups),
      ],
      ...[
        keys(person.interests.map((key) => sealed.get(key) ?? key)),
        person.ageBand,
        evidence?.basis ?? NOTHING,
      ],
      ...[text(evidence?.wording ?? null), text(evidence?.source ?? null), evidence?.givenAt ?? NOTHING],
    ].join("\t")}\n`;
  };
}
