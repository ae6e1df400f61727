// Faults of a campaign that its schema cannot see: names that lead nowhere, and eyes that are not four. Pure.
import type { WrittenCampaign } from "./campaign-file.ts";
import { pointedAt } from "./issue.ts";

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
}
interface Fault {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Every fault, each with its path below the word "campaign". */
export function campaignFaults(campaign: WrittenCampaign, known: Known): Fault[] {
  const find = (path: Fault["path"], what: string, names: readonly string[], have: readonly string[]) =>
    names.flatMap((name, i) =>
      have.includes(name)
        ? []
        : [
            {
              path: path.length > 1 || names.length > 1 ? [...path, i] : path,
              message: `there is no ${what} "${name}" (known: ${have.join(", ")})`,
            },
          ],
    );
  return [
    ...find(["lead_agency"], "agency", [campaign.lead_agency], known.agencies),
    ...find(["contributing"], "agency", campaign.contributing, known.agencies),
    ...find(["priority"], "priority", [campaign.priority], known.priorities),
    ...find(["audience"], "segment", campaign.audience, known.segments),
    ...find(["channels"], "channel", campaign.channels, known.channels),
    ...peopleFaults(campaign, known),
    ...campaign.communications.flatMap((communication, i) => {
      const at = ["communications", i] as const;
      const images = campaign.images.map((image) => image.key);
      const points = pointedAt(communication.content, communication.variants);
      return [
        ...find([...at, "audience"], "segment", communication.audience ?? [], known.segments),
        ...find([...at, "channels"], "channel", communication.channels ?? [], known.channels),
        ...find([...at, "variants"], "segment", Object.keys(communication.variants), known.segments),
        ...find([...at, "content"], "image", points.images, images),
        ...find([...at, "content"], "signpost", points.signposts, known.signposts),
      ];
    }),
    ...campaign.communications.flatMap(({ key }, i, all) =>
      all.findIndex((other) => other.key === key) < i
        ? [{ path: ["communications", i, "key"], message: `"${key}" is there twice` }]
        : [],
    ),
  ];
}

function peopleFaults(campaign: WrittenCampaign, { people }: Known): Fault[] {
  const find = (email: string) => people.find((person) => person.email === email.toLowerCase());
  const involved = [campaign.lead_agency, ...campaign.contributing];
  const faults: Fault[] = [];
  const needs = (field: "author" | "approver") => {
    const person = find(campaign[field]);
    if (!person)
      faults.push({
        path: [field],
        message: "this person is not in the partnership; add them with bellman apply",
      });
    else if (!person.roles.includes(field))
      faults.push({ path: [field], message: `this person does not have the role ${field}` });
    else if (!involved.includes(person.agencyKey))
      faults.push({
        path: [field],
        message: `this person's agency, ${person.agencyKey}, neither leads nor contributes`,
      });
  };
  needs("author");
  needs("approver");
  if (campaign.author.toLowerCase() === campaign.approver.toLowerCase())
    faults.push({ path: ["approver"], message: "nobody approves their own campaign; name a second person" });
  return faults;
}
