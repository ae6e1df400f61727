// Step 4. What is approved gets its place in time: approved → scheduled. Nothing is sent here; the scheduler releases what is due.
import { type CommunicationState, moveCommunication } from "../domain/communication.ts";
import { DomainError } from "../domain/errors.ts";
import type { Doorbell } from "../queue/doorbell.ts";
import type { Store } from "../store/store.ts";
import { lineAbout } from "./log.ts";

export interface ScheduleDeps {
  readonly store: Pick<Store, "plan">;
  readonly doorbell: Doorbell;
}

/** Throws DomainError "too-late" once it would no longer be useful: approval came after the moment had passed. */
export async function schedule(
  deps: ScheduleDeps,
  { communicationId, actor }: { communicationId: string; actor: string },
): Promise<void> {
  const communication = await deps.store.plan.communication(communicationId);
  if (!communication)
    throw new DomainError("no-such-communication", `There is no communication ${communicationId}.`);
  const to = moveCommunication(communication.state as CommunicationState, "schedule");
  const now = await deps.store.plan.now();
  if (now > communication.latestUsefulAt.toISOString())
    throw new DomainError(
      "too-late",
      `${communication.reference} was useful until ${communication.latestUsefulAt.toISOString()}; give it a new time.`,
    );
  const facts = {
    dueAt: communication.dueAt.toISOString(),
    dueWall: communication.dueWall,
    zone: communication.zone,
    latestUsefulAt: communication.latestUsefulAt.toISOString(),
  };
  const line = lineAbout("communication.scheduled", communication, actor, facts);
  if (!(await deps.store.plan.move(communicationId, "approved", to, line)))
    throw new DomainError(
      "somebody-was-first",
      `${communication.reference} was changed by somebody else just now.`,
    );
  // Made before its time, it keeps nobody waiting when the time has come; the sweeper finds what is not heard.
  for (const { id } of communication.renditions) await deps.doorbell.ring("render", { renditionId: id });
}
