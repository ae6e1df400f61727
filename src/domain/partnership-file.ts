// The shape of `bellman apply FILE.yaml`: a partnership written down. Pure; also finds references that lead nowhere.
import { z } from "zod";
import { audienceFaults, audienceParts, frequencyCap, listPart } from "./audience-file.ts";
import { key, line } from "./content.ts";
import { fromNameFaults } from "./from-name.ts";
import { quietHours } from "./quiet-hours.ts";
import { segmentRule } from "./segment.ts";
import { ruleFaults } from "./segment-check.ts";

const code = z.string().regex(/^[A-Z0-9-]{2,20}$/, "must be an area code such as E05900001");
const neighbourhood = z.strictObject({ code, name: line(80) });
const ward = z.strictObject({ code, name: line(80), neighbourhoods: z.array(neighbourhood).default([]) });

export const ROLES = ["author", "approver", "advocate", "officer"] as const;
export const AGENCY_KINDS = ["council", "police", "fire", "nhs", "probation", "voluntary", "other"] as const;

export const partnershipFile = z.strictObject({
  partnership: z.strictObject({
    name: line(120),
    strapline: line(120),
    /** Printed on every communication (R43). */
    strategy_line: line(300),
    timezone: z.string().refine(isZone, "must be a time zone such as Europe/London"),
    /** When ordinary messages wait; without it none ever does. */
    quiet_hours: quietHours.optional(),
    /** How many messages a person gets in how many days from all agencies together; emergencies never count. */
    frequency_cap: frequencyCap.optional(),
  }),
  agencies: z.array(z.strictObject({ key, name: line(120), kind: z.enum(AGENCY_KINDS) })).min(1),
  people: z
    .array(
      z.strictObject({ email: z.email(), name: line(80), agency: key, roles: z.array(z.enum(ROLES)).min(1) }),
    )
    .min(2),
  borough: z.strictObject({ code, name: line(80), wards: z.array(ward).min(1) }),
  priorities: z.array(z.strictObject({ key, name: line(120), period: line(20) })).min(1),
  lists: z.array(listPart).min(1),
  ...audienceParts,
  channels: z
    .array(
      z.strictObject({
        key,
        kind: key,
        label: line(80),
        agency: key,
        list: key.optional(),
        /** The account at the provider, where several channels share one; else the channel is its own. */
        account: key.optional(),
        /** How many messages a minute the provider takes of this account; all workers together keep to it. */
        most_per_minute: z.int().min(1).max(1_000_000).optional(),
        settings: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
      }),
    )
    .min(1),
  segments: z.array(z.strictObject({ key, name: line(120), rule: segmentRule })).min(1),
});
export type PartnershipFile = z.infer<typeof partnershipFile>;

function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en-GB", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export interface AreaRow {
  readonly code: string;
  readonly name: string;
  readonly kind: "borough" | "ward" | "neighbourhood";
  readonly parentCode: string | null;
}

/** The tree as rows, parents before their children. */
export const areaRows = ({ borough }: PartnershipFile): AreaRow[] => [
  { code: borough.code, name: borough.name, kind: "borough", parentCode: null },
  ...borough.wards.map((w): AreaRow => ({
    code: w.code,
    name: w.name,
    kind: "ward",
    parentCode: borough.code,
  })),
  ...borough.wards.flatMap((w) =>
    w.neighbourhoods.map((n): AreaRow => ({
      code: n.code,
      name: n.name,
      kind: "neighbourhood",
      parentCode: w.code,
    })),
  ),
];

type Place = { readonly path: readonly (string | number)[]; readonly message: string };

/** Keys used twice, and references to something the file does not define. `kinds` are the channel files there are. */
export const danglingReferences = (file: PartnershipFile, kinds: readonly string[]): Place[] => [
  ...repetitions(file),
  ...agencyFaults(file),
  ...channelFaults(file, kinds),
  ...fromNameFaults(file),
  ...segmentFaults(file),
  ...audienceFaults(file),
];

const keysOf = (items: readonly { key: string }[]) => new Set(items.map((item) => item.key));
const unknown = (path: Place["path"], what: string, name: string, known: Iterable<string>): Place => ({
  path,
  message: `there is no ${what} "${name}" (known: ${[...known].slice(0, 30).join(", ")})`,
});

function repetitions(file: PartnershipFile): Place[] {
  const parts = ["agencies", "priorities", "lists", "channels", "segments", "groups", "interests"] as const;
  const codes = areaRows(file).map((area) => area.code);
  return [
    ...parts.flatMap((part) =>
      repeated(
        part,
        file[part].map((item) => item.key),
        "key",
      ),
    ),
    ...repeated(
      "people",
      file.people.map((person) => person.email.toLowerCase()),
      "email",
    ),
    ...codes.flatMap((c, i) =>
      codes.indexOf(c) === i ? [] : [{ path: ["borough"], message: `the area code "${c}" is there twice` }],
    ),
  ];
}

function agencyFaults(file: PartnershipFile): Place[] {
  const agencies = keysOf(file.agencies);
  return (["people", "lists", "channels"] as const).flatMap((part) =>
    file[part].flatMap((item, i) =>
      agencies.has(item.agency) ? [] : [unknown([part, i, "agency"], "agency", item.agency, agencies)],
    ),
  );
}

function channelFaults(file: PartnershipFile, kinds: readonly string[]): Place[] {
  const lists = keysOf(file.lists);
  return file.channels.flatMap((c, i) => [
    ...(c.list === undefined || lists.has(c.list)
      ? []
      : [unknown(["channels", i, "list"], "list", c.list, lists)]),
    ...(kinds.includes(c.kind) ? [] : [unknown(["channels", i, "kind"], "kind of channel", c.kind, kinds)]),
  ]);
}

const segmentFaults = (file: PartnershipFile): Place[] => {
  const known = { ...file, areas: areaRows(file) };
  return file.segments.flatMap(({ rule }, i) =>
    ruleFaults(rule, known).map(({ path, message }) => ({ path: ["segments", i, "rule", ...path], message })),
  );
};

const repeated = (part: string, names: readonly string[], field: string): Place[] =>
  names.flatMap((name, i) =>
    names.indexOf(name) === i ? [] : [{ path: [part, i, field], message: `"${name}" is there twice` }],
  );
