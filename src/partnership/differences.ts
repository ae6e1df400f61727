// What `apply` would change, as lines a person can read. Pure: compares two set-ups, writes nothing.
import { canonical, type LogValue } from "../domain/log-entry.ts";
import type { SetUp } from "../store/partnership.ts";

type Row = Record<string, unknown>;

const PARTS = {
  agencies: "agency",
  people: "person",
  areas: "area",
  priorities: "priority",
  groups: "group",
  interests: "interest",
  lists: "list",
  channels: "channel",
  segments: "segment",
} as const satisfies Partial<Record<keyof SetUp, string>>;

const nameOf = (row: Row): string => (row["key"] ?? row["code"] ?? row["email"] ?? "") as string;
const same = (a: unknown, b: unknown): boolean => canonical(a as LogValue) === canonical(b as LogValue);

/** Lines such as `+ segment older-residents`, `~ channel email: label "E-mail" → "Email"`, `- person …`; none when nothing changes. */
export function differences(current: SetUp, wanted: SetUp): string[] {
  const parts = Object.entries(PARTS) as [keyof typeof PARTS, string][];
  return [
    ...changes("partnership", "", current.partnership, wanted.partnership),
    ...parts.flatMap(([part, word]) => {
      const before = new Map((current[part] as readonly unknown[] as Row[]).map((row) => [nameOf(row), row]));
      const after = new Map((wanted[part] as readonly unknown[] as Row[]).map((row) => [nameOf(row), row]));
      const names = [...new Set([...before.keys(), ...after.keys()])];
      return names.flatMap((name) =>
        changes(word, ` ${name}`, before.get(name) ?? null, after.get(name) ?? null),
      );
    }),
  ];
}

function changes(word: string, name: string, before: object | null, after: object | null): string[] {
  if (before === null) return after === null ? [] : [`+ ${word}${name}`];
  if (after === null) return [`- ${word}${name} (switched off; what it did stays in the record)`];
  const fields = Object.keys(after).filter((field) => !same((before as Row)[field], (after as Row)[field]));
  if (fields.length === 0) return [];
  const said = fields.map(
    (field) => `${field} ${show((before as Row)[field])} → ${show((after as Row)[field])}`,
  );
  return [`~ ${word}${name}: ${said.join("; ")}`];
}

const show = (value: unknown): string => {
  const text = canonical(value as LogValue);
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
};
