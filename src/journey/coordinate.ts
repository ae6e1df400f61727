// Step 2. Before anyone approves: what the other agencies have planned near it, and what was answered (R37).
import { type Overlap, OVERLAP_DAYS, overlaps, type Planned } from "../domain/coordination.ts";
import { DomainError } from "../domain/errors.ts";
import type { Store } from "../store/store.ts";
import { lineAbout } from "./log.ts";

export interface CoordinateDeps {
  readonly store: Pick<Store, "plan">;
}
/** The three questions of the plans: a joint message? a duplicate? a referral to add? */
export interface Answers {
  readonly joint: boolean;
  readonly duplicate: boolean;
  readonly referral: string;
  readonly note: string;
}

const DAY = 86_400_000;

/** Finds the overlaps, stores them with the answers given, and returns them. */
export async function coordinate(
  deps: CoordinateDeps,
  { communicationId, actor, answers }: { communicationId: string; actor: string; answers: Answers },
): Promise<Overlap[]> {
  const communication = await deps.store.plan.communication(communicationId);
  if (!communication)
    throw new DomainError("no-such-communication", `There is no communication ${communicationId}.`);
  const due = communication.dueAt.getTime();
  const span = (OVERLAP_DAYS + 1) * DAY;
  const near = await deps.store.plan.between(
    new Date(due - span).toISOString(),
    new Date(due + span).toISOString(),
  );
  const found = overlaps(planned(communication), near.map(planned));
  await deps.store.plan.saveCheck(
    communicationId,
    { overlaps: found, answers, answeredBy: actor },
    lineAbout("communication.coordinated", communication, actor, {
      overlaps: found.map((overlap) => overlap.reference),
      joint: answers.joint,
      duplicate: answers.duplicate,
    }),
  );
  return found;
}

type Row = Awaited<ReturnType<Store["plan"]["between"]>>[number];
const planned = (
  row: Pick<Row, "id" | "reference" | "title" | "audience" | "dueAt"> & {
    campaign: Pick<Row["campaign"], "key" | "leadAgencyKey" | "priorityKey">;
  },
): Planned => ({
  communicationId: row.id,
  reference: row.reference,
  title: row.title,
  campaignKey: row.campaign.key,
  leadAgency: row.campaign.leadAgencyKey,
  priority: row.campaign.priorityKey,
  audience: row.audience,
  dueAt: row.dueAt.toISOString(),
});
