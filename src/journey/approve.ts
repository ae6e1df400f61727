// Step 3. The frozen preview is put before its approvers; a second person signs off exactly that, or sends it back.
import { moveCommunication, type CommunicationState } from "../domain/communication.ts";
import { DomainError } from "../domain/errors.ts";
import type { AuthoredText, Issue } from "../domain/issue.ts";
import { draftIssue } from "../domain/issue-draft.ts";
import { wallAt } from "../domain/wall-time.ts";
import type { Store } from "../store/store.ts";
import { lineAbout } from "./log.ts";
import type { PlanDeps } from "./plan.ts";

export interface ApproveDeps extends Pick<PlanDeps, "preview" | "surroundings"> {
  readonly store: Pick<Store, "plan" | "partnership">;
}

const load = async ({ store }: ApproveDeps, id: string) => {
  const communication = await store.plan.communication(id);
  if (!communication) throw new DomainError("no-such-communication", `There is no communication ${id}.`);
  return communication;
};
const late = (reference: string) =>
  new DomainError(
    "somebody-was-first",
    `${reference} was changed by somebody else just now. Look at it again before you go on.`,
  );

/** Renders everything, freezes it under its content hash and moves draft → in_review. Returns the hash. */
export async function submit(
  deps: ApproveDeps,
  { communicationId, actor }: { communicationId: string; actor: string },
): Promise<string> {
  const communication = await load(deps, communicationId);
  moveCommunication(communication.state as CommunicationState, "submit");
  const { campaign } = communication;
  const { draft, wanted } = draftIssue(
    {
      ...communication,
      class: campaign.class,
      sensitivity: campaign.sensitivity,
      dueAt: communication.dueAt.toISOString(),
      latestUsefulWall:
        communication.latestUsefulWall ??
        wallAt(communication.latestUsefulAt.toISOString(), communication.zone),
      text: communication.text as unknown as AuthoredText,
      leadAgencyKey: campaign.leadAgencyKey,
      contributing: campaign.contributing.map((one) => one.agencyKey),
    },
    await deps.surroundings(),
  );
  const { hash, body, issue } = await deps.preview(draft, wanted);
  const line = lineAbout("communication.submitted", communication, actor, {
    contentHash: hash,
    renditions: wanted.length,
  });
  if (!(await deps.store.plan.submit(communicationId, { hash, body }, issue.renditions, line)))
    throw late(communication.reference);
  return hash;
}

export interface Decision {
  readonly communicationId: string;
  readonly by: string;
  readonly decision: "approved" | "rejected";
  /** The hash of what the approver looked at; another one means it changed under them. */
  readonly contentHash: string;
  readonly why?: string;
}

/** One sign-off by an approver of the leading or a contributing agency who is not the author. in_review → approved or draft. */
export async function decide(
  deps: ApproveDeps,
  { communicationId, by, decision, contentHash, why }: Decision,
): Promise<void> {
  const communication = await load(deps, communicationId);
  const agencyKey = await approverAgency(deps, communication, by);
  if (communication.contentHash !== contentHash)
    throw new DomainError(
      "hash-mismatch",
      `${communication.reference} is not what you looked at; open it again before you decide.`,
    );
  const to = moveCommunication(
    communication.state as CommunicationState,
    decision === "approved" ? "approve" : "reject",
  );
  const line = lineAbout(
    `communication.${decision}`,
    communication,
    by,
    { contentHash, agency: agencyKey },
    why,
  );
  const signOff = { agencyKey, submittedBy: communication.authorEmail, decidedBy: by, decision, contentHash };
  const links = decision === "approved" ? await linksOf(deps, contentHash) : [];
  if (!(await deps.store.plan.signOff(communicationId, signOff, to, line, links)))
    throw late(communication.reference);
}

/** The short links of the version that is signed off: from then on they lead somewhere. */
async function linksOf({ store }: ApproveDeps, contentHash: string): Promise<Issue["links"]> {
  const version = await store.plan.version(contentHash);
  return version ? (JSON.parse(version.body) as Issue).links : [];
}

async function approverAgency(
  deps: ApproveDeps,
  communication: Awaited<ReturnType<typeof load>>,
  by: string,
): Promise<string> {
  const refuse = (why: string) =>
    new DomainError("not-an-approver", `${by} cannot sign off ${communication.reference}: ${why}.`);
  if (by.toLowerCase() === communication.authorEmail.toLowerCase())
    throw refuse("nobody approves their own campaign");
  const { people } = await deps.store.partnership.read();
  const person = people.find((one) => one.email === by.toLowerCase());
  if (!person?.roles.includes("approver")) throw refuse("they do not have the role approver");
  const involved = [
    communication.campaign.leadAgencyKey,
    ...communication.campaign.contributing.map((one) => one.agencyKey),
  ];
  if (!involved.includes(person.agencyKey)) throw refuse("their agency neither leads nor contributes");
  return person.agencyKey;
}
