// Faults of a segment's rule that its shape cannot show: names that lead nowhere, and combinations that would give somebody away. Pure.
import type { ListKind } from "./basis.ts";
import { halves, type SegmentPart, type SegmentRule } from "./segment.ts";

/** What a rule may name. */
export interface Nameable {
  readonly areas: readonly { readonly code: string }[];
  readonly groups: readonly { readonly key: string }[];
  readonly interests: readonly { readonly key: string; readonly sensitive: boolean }[];
  readonly lists: readonly { readonly key: string; readonly kind: ListKind; readonly sensitive: boolean }[];
}
export interface RuleFault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Whether a rule chooses by something that would tell of a person by itself (LAW6): then few are never counted apart. */
export const isSensitive = (rule: SegmentRule, { interests }: Pick<Nameable, "interests">): boolean => {
  const { own, except } = halves(rule);
  const sensitive = new Set(interests.filter((one) => one.sensitive).map(({ key }) => key));
  return [...(own.interests ?? []), ...(except.interests ?? [])].some((key) => sensitive.has(key));
};

/** Every fault, with its path inside the rule. A set-up that names no groups or interests leaves them free, as the first one did. */
export function ruleFaults(rule: SegmentRule, known: Nameable): RuleFault[] {
  const { own, except } = halves(rule);
  return [
    ...nameFaults(own, known, []),
    ...nameFaults(except, known, ["except"]),
    ...secrecyFaults(own, except, known),
  ];
}

function nameFaults(part: SegmentPart, known: Nameable, path: readonly (string | number)[]): RuleFault[] {
  const keys = (rows: readonly { readonly key: string }[]) => rows.map(({ key }) => key);
  const fault = (line: keyof SegmentPart, what: string, have: readonly string[]): RuleFault[] =>
    ((part[line] as readonly string[] | undefined) ?? []).flatMap((name, i) =>
      have.includes(name)
        ? []
        : [
            {
              path: [...path, line, i],
              message: `there is no ${what} "${name}" (known: ${have.slice(0, 30).join(", ")})`,
            },
          ],
    );
  const named = (line: keyof SegmentPart, what: string, have: readonly string[]) =>
    have.length === 0 ? [] : fault(line, what, have);
  return [
    ...fault(
      "areas",
      "area",
      known.areas.map(({ code }) => code),
    ),
    ...named("groups", "group", keys(known.groups)),
    ...named("interests", "interest", keys(known.interests)),
    ...fault("lists", "list", keys(known.lists)),
    ...listFaults(part, known, path),
  ];
}

/** Being on one of these lists is for that list alone: a purpose is a limit (LAW6, LAW8, LAW19). */
function listFaults(
  { lists = [] }: SegmentPart,
  known: Nameable,
  path: readonly (string | number)[],
): RuleFault[] {
  return lists.flatMap((key, i) => {
    const list = known.lists.find((one) => one.key === key);
    if (!list || (!list.sensitive && list.kind === "residents")) return [];
    const what = list.sensitive ? "sensitive" : WORDS[list.kind];
    return [
      {
        path: [...path, "lists", i],
        message: `"${key}" is a list ${what === "sensitive" ? "about something sensitive" : what}; who is on it is nobody else's business, so no segment may choose by it`,
      },
    ];
  });
}
const WORDS: Readonly<Record<ListKind, string>> = {
  residents: "for residents",
  youth: "for children and young people",
  emergency: "for emergencies",
  internal: "of staff and members",
};

/** Two sensitive things together say more than either, and who is missing says as much as who is there (LAW6). */
function secrecyFaults(own: SegmentPart, except: SegmentPart, { interests }: Nameable): RuleFault[] {
  const sensitive = (key: string) => interests.some((one) => one.key === key && one.sensitive);
  const chosen = (own.interests ?? []).filter(sensitive);
  return [
    ...(chosen.length > 1
      ? [
          {
            path: ["interests"],
            message: `"${chosen.join('" and "')}" are sensitive: one segment may use only one of them`,
          },
        ]
      : []),
    ...((except.interests ?? []).some(sensitive)
      ? [
          {
            path: ["except", "interests"],
            message: "may not name a sensitive interest: who is left out would be known by it",
          },
        ]
      : []),
  ];
}
