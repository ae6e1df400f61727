// Step 1. A campaign as written becomes rows: the campaign, its communications as drafts, the renditions each wants.
import { randomBytes } from "node:crypto";
import type { WrittenCampaign } from "../domain/campaign-file.ts";
import { baseTime, dueTimes } from "../domain/due-time.ts";
import { DomainError } from "../domain/errors.ts";
import type { AuthoredText, FrozenImage } from "../domain/issue.ts";
import { draftIssue, type Surroundings } from "../domain/issue-draft.ts";
import { referenceFrom } from "../domain/reference.ts";
import type { NewCommunication } from "../store/plan.ts";
import type { Store } from "../store/store.ts";
import type { PreviewArguments, Previewed } from "./preview.ts";

export interface PlanDeps {
  readonly store: Pick<Store, "plan">;
  readonly preview: (...draft: PreviewArguments) => Promise<Previewed>;
  readonly surroundings: () => Promise<Surroundings & { readonly zone: string }>;
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

/** Returns the campaign's key. Every communication is rendered once, so that what cannot be sent is refused before it is stored. */
export async function plan(deps: PlanDeps, input: PlanInput): Promise<string> {
  const { campaign } = input;
  const around = await deps.surroundings();
  const base = baseTime({
    due: campaign.due,
    zone: around.zone,
    now: await deps.store.plan.now(),
    repeated: input.repeatedHour,
  });
  if ("fault" in base) throw new DomainError("due-time", base.fault);

  const communications: NewCommunication[] = [];
  for (const written of campaign.communications) {
    const times = dueTimes(base, around.zone, written.after_days, written.latest_useful_days);
    const latestUsefulAt =
      written.after_days === 0 ? (input.latestUsefulAt ?? times.latestUsefulAt) : times.latestUsefulAt;
    const text: AuthoredText = { content: written.content, variants: written.variants, images: input.images };
    const facts = {
      ...times,
      latestUsefulAt,
      title: written.title,
      reference: referenceFrom(randomBytes(8)),
      text,
      audience: [...new Set([...(written.audience ?? campaign.audience)])],
      channels: [...new Set(written.channels ?? campaign.channels)],
    };
    const { draft, wanted } = draftIssue({ ...facts, ...wholeCampaign(campaign) }, around);
    await deps.preview(draft, wanted);
    communications.push({
      ...facts,
      key: written.key,
      authorEmail: campaign.author,
      approverEmail: campaign.approver,
      renditions: wanted,
    });
  }
  await store(deps, input, communications);
  return campaign.key;
}

const wholeCampaign = (campaign: WrittenCampaign) => ({
  class: campaign.class,
  sensitivity: campaign.sensitivity,
  leadAgencyKey: campaign.lead_agency,
  contributing: campaign.contributing,
});

async function store(
  { store: { plan: table } }: PlanDeps,
  { campaign, libraryKey, seasonKey }: PlanInput,
  communications: NewCommunication[],
) {
  const { key, title, purpose, objective, emphasis, level } = campaign;
  const id = await table.create(
    {
      ...{ key, title, purpose, objective, emphasis, level, libraryKey, seasonKey },
      ...wholeCampaign(campaign),
      priorityKey: campaign.priority,
      placeOrIssue: campaign.place_or_issue,
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
      },
    },
  );
  if (id === null)
    throw new DomainError(
      "campaign-exists",
      `There is a campaign "${key}" already; give this one another key.`,
    );
}
