// Faults of a campaign that its schema cannot see: names that lead nowhere, and eyes that are not four. Pure.
import type { WrittenCampaign } from "./campaign-file.ts";
import { type Discretion, discreetFaults } from "./discreet.ts";
import { type Reach, reachFaults } from "./campaign-reach.ts";
import { classHelperFault } from "./class-helper.ts";
import { pointedAt } from "./issue.ts";
import { type Moment, timetable } from "./timetable.ts";

/** What the partnership has, by key. */
export interface Known {
  readonly agencies: readonly string[];
  readonly people: readonly {
    readonly email: string;
    readonly agencyKey: string;
    readonly roles: readonly string[];
  }[];
  readonly priorities: readonly string[];
  readonly channels: readonly string[];
  readonly segments: readonly string[];
  readonly signposts: readonly string[];
  /** Where it is planned, and when; without it times are looked at only when it is planned. */
  readonly moment?: Moment;
  /** What tells whether a sensitive message is discreet; without it nobody looks. */
  readonly discretion?: Discretion;
  /** Whom its channels and segments reach; without it that is looked at only when it is released. */
  readonly reach?: Reach;
}
interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

type Path = Fault["path"];

/** Names that are not in `have`, each at its own place; a single name at the path itself. */
const unknown = (
  path: Path,
  what: string,
  names: readonly string[] | string | undefined,
  have: readonly string[],
): Fault[] =>
  (typeof names === "string" ? [names] : (names ?? [])).flatMap((name, i) =>
    have.includes(name)
      ? []
      : [
          {
            path: typeof names === "string" ? path : [...path, i],
            message: `there is no ${what} "${name}" (known: ${have.join(", ")})`,
          },
        ],
  );

/** Every fault, each with its path below the word "campaign". What is missing is the schema's to report, not ours. */
export function campaignFaults(campaign: Partial<WrittenCampaign>, known: Known): Fault[] {
  return [
    ...unknown(["lead_agency"], "agency", campaign.lead_agency, known.agencies),
    ...unknown(["contributing"], "agency", campaign.contributing, known.agencies),
    ...unknown(["priority"], "priority", campaign.priority, known.priorities),
    ...unknown(["audience"], "segment", campaign.audience, known.segments),
    ...unknown(["channels"], "channel", campaign.channels, known.channels),
    ...(["author", "approver"] as const).flatMap((role) => personFaults(campaign, role, known)),
    ...fourEyes(campaign),
    ...(campaign.communications ?? []).flatMap((_, i, all) => communicationFaults(all, i, campaign, known)),
    ...timeFaults(campaign, known),
    ...discreetFaults(campaign, known.discretion),
    ...(known.reach ? reachFaults(campaign, known.reach) : []),
    ...helperFaults(campaign),
  ];
}

/** The helper's answers must lead to the class that was written (LAW1). */
function helperFaults({ class: messageClass, class_helper: helper }: Partial<WrittenCampaign>): Fault[] {
  const why = helper && messageClass !== undefined ? classHelperFault(helper, messageClass) : null;
  return why === null ? [] : [{ path: ["class_helper"], message: why }];
}

function timeFaults(campaign: Partial<WrittenCampaign>, { moment }: Known): readonly Fault[] {
  const { due, class: messageClass, communications } = campaign;
  if (!moment || due === undefined || messageClass === undefined || !communications) return [];
  const times = timetable({ ...campaign, due, class: messageClass, communications }, moment);
  return "faults" in times ? times.faults : [];
}

function communicationFaults(
  all: WrittenCampaign["communications"],
  i: number,
  { images }: Partial<WrittenCampaign>,
  known: Known,
): Fault[] {
  const communication = all[i];
  if (!communication) return [];
  const at = ["communications", i] as const;
  const points = pointedAt(communication.content, communication.variants);
  const nameless = (path: Path, what: string, names: readonly string[], have: readonly string[]) =>
    unknown(path, what, names, have).map((fault) => ({ ...fault, path }));
  return [
    ...unknown([...at, "audience"], "segment", communication.audience, known.segments),
    ...unknown([...at, "channels"], "channel", communication.channels, known.channels),
    ...nameless([...at, "variants"], "segment", Object.keys(communication.variants), known.segments),
    // Where the pictures themselves are at fault, which of them are missing cannot be said.
    ...(images
      ? nameless(
          [...at, "content"],
          "image",
          points.images,
          images.map((image) => image.key),
        )
      : []),
    ...nameless([...at, "content"], "signpost", points.signposts, known.signposts),
    ...(all.findIndex((other) => other.key === communication.key) < i
      ? [{ path: [...at, "key"], message: `"${communication.key}" is there twice` }]
      : []),
  ];
}

function personFaults(
  campaign: Partial<WrittenCampaign>,
  role: "author" | "approver",
  { people }: Known,
): Fault[] {
  const email = campaign[role];
  if (email === undefined) return [];
  const person = people.find((one) => one.email === email.toLowerCase());
  const involved = [campaign.lead_agency, ...(campaign.contributing ?? [])];
  const fault = (message: string) => [{ path: [role], message }];
  if (!person) return fault("this person is not in the partnership; add them with bellman apply");
  if (!person.roles.includes(role)) return fault(`this person does not have the role ${role}`);
  if (campaign.lead_agency !== undefined && !involved.includes(person.agencyKey))
    return fault(`this person's agency, ${person.agencyKey}, neither leads nor contributes`);
  return [];
}

const fourEyes = ({ author, approver }: Partial<WrittenCampaign>): Fault[] =>
  author !== undefined && author.toLowerCase() === approver?.toLowerCase()
    ? [{ path: ["approver"], message: "nobody approves their own campaign; name a second person" }]
    : [];
