// Step 1. A campaign as written becomes rows: the campaign, its communications as drafts, the renditions each wants.
import { randomBytes } from "node:crypto";
import type { WrittenCampaign } from "../domain/campaign-file.ts";
import type { ClassHelper } from "../domain/class-helper.ts";
import { DomainError } from "../domain/errors.ts";
import type { AuthoredText, FrozenImage } from "../domain/issue.ts";
import { draftIssue, type Surroundings } from "../domain/issue-draft.ts";
import type { QuietHours } from "../domain/quiet-hours.ts";
import { referenceFrom } from "../domain/reference.ts";
import { type Moment, type Place, type Timetable, timetable } from "../domain/timetable.ts";
import type { NewCommunication } from "../store/plan.ts";
import type { Store } from "../store/store.ts";
import type { PreviewArguments, Previewed } from "./preview.ts";

export interface PlanDeps {
  readonly store: Pick<Store, "plan">;
  readonly preview: (...draft: PreviewArguments) => Promise<Previewed>;
  readonly surroundings: () => Promise<
    Surroundings & { readonly zone: string; readonly quiet: QuietHours | null }
  >;
}
export interface PlanInput {
  /** Checked already (domain/campaign-check.ts). */
  readonly campaign: WrittenCampaign;
  readonly images: Readonly<Record<string, FrozenImage>>;
  readonly libraryKey: string | null;
  readonly seasonKey: string | null;
  readonly repeatedHour?: "first" | "second" | undefined;
  /** Where a season says itself until when its launch is useful; UTC. */
  readonly latestUsefulAt?: string;
}

/** Returns the campaign's key. Each text is rendered once, so that what cannot be sent is refused before it is stored. */
export async function plan(deps: PlanDeps, input: PlanInput): Promise<string> {
  const { campaign } = input;
  const around = await deps.surroundings();
  const times = timesOf(input, { ...around, now: await deps.store.plan.now() });
  const tried = new Set<number>();
  const communications: NewCommunication[] = [];
  for (const place of times.places) {
    const facts = factsOf(input, place);
    const { draft, wanted } = draftIssue({ ...facts, ...wholeCampaign(campaign) }, around);
    // A later turn has the same words.
    if (!tried.has(place.index)) await deps.preview(draft, wanted);
    tried.add(place.index);
    communications.push({
      ...facts,
      authorEmail: campaign.author,
      approverEmail: campaign.approver,
      renditions: wanted,
    });
  }
  await store(deps, input, communications, times);
  return campaign.key;
}

function timesOf({ campaign, repeatedHour, latestUsefulAt }: PlanInput, moment: Moment): Timetable {
  const asked = { ...campaign, repeated_hour: repeatedHour ?? campaign.repeated_hour };
  const times = timetable(asked, moment, latestUsefulAt);
  if (!("faults" in times)) return times;
  const said = times.faults.map(({ path, message }) =>
    path[0] === "due" ? message : `${path.join(".")}: ${message}`,
  );
  const [only] = said;
  if (said.length === 1 && only !== undefined) throw new DomainError("due-time", only);
  throw new DomainError("due-time", `The times of "${campaign.title}" cannot be.`, said);
}

function factsOf({ campaign, images }: PlanInput, { index, ...place }: Place) {
  const written = campaign.communications[index];
  if (!written) throw new Error(`there is no communication ${index}`);
  const counts = written.count_links ?? campaign.count_links ?? false;
  const text: AuthoredText = {
    ...{ content: written.content, variants: written.variants, images },
    ...(counts ? { countLinks: true } : {}),
  };
  return {
    ...place,
    title: written.title,
    reference: referenceFrom(randomBytes(8)),
    text,
    audience: [...new Set([...(written.audience ?? campaign.audience)])],
    channels: [...new Set(written.channels ?? campaign.channels)],
    quietOverride: campaign.quiet_hours_override !== undefined,
    quietOverrideWhy: campaign.quiet_hours_override ?? null,
  };
}

const wholeCampaign = (campaign: WrittenCampaign) => ({
  class: campaign.class,
  sensitivity: campaign.sensitivity,
  leadAgencyKey: campaign.lead_agency,
  contributing: campaign.contributing,
});

/** Who reasoned, and how: the record keeps it (LAW1). */
const helperFacts = ({ answered_by: answeredBy, ...answers }: ClassHelper) => ({ answeredBy, ...answers });

async function store(
  { store: { plan: table } }: PlanDeps,
  { campaign, libraryKey, seasonKey }: PlanInput,
  communications: NewCommunication[],
  { repeats, skips }: Timetable,
) {
  const { key, title, purpose, objective, emphasis, level } = campaign;
  const id = await table.create(
    {
      ...{ key, title, purpose, objective, emphasis, level, libraryKey, seasonKey, repeats },
      skips: [...skips],
      ...wholeCampaign(campaign),
      priorityKey: campaign.priority,
      placeOrIssue: campaign.place_or_issue,
      classAnswers: campaign.class_helper ?? null,
    },
    communications,
    {
      kind: "campaign.planned",
      actor: campaign.author,
      agency: campaign.lead_agency,
      campaign: key,
      facts: {
        communications: communications.map(({ reference, dueAt }) => ({ reference, dueAt })),
        library: libraryKey,
        season: seasonKey,
        ...(repeats === null ? {} : { repeats, skips }),
        ...(campaign.class_helper
          ? { class: campaign.class, classHelper: helperFacts(campaign.class_helper) }
          : {}),
      },
    },
  );
  if (id === null)
    throw new DomainError(
      "campaign-exists",
      `There is a campaign "${key}" already; give this one another key.`,
    );
}
