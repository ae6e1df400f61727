// Step 4. What is approved gets its place in time: approved → scheduled. Nothing is sent here; the scheduler releases what is due.
import { type CommunicationState, moveCommunication } from "../domain/communication.ts";
import { DomainError } from "../domain/errors.ts";
import type { Doorbell } from "../queue/doorbell.ts";
import { quietHoursOf, quietUntil, waitsAtNight } from "../domain/quiet-hours.ts";
import { inQuietHours } from "../domain/window.ts";
import type { Store } from "../store/store.ts";
import { lineAbout } from "./log.ts";

export interface ScheduleDeps {
  readonly store: Pick<Store, "plan" | "partnership">;
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
  await refuseInQuietHours(deps, communication);
  const why = communication.quietOverrideWhy ?? undefined;
  const facts = {
    dueAt: communication.dueAt.toISOString(),
    dueWall: communication.dueWall,
    zone: communication.zone,
    latestUsefulAt: communication.latestUsefulAt.toISOString(),
    ...(communication.earliestAt ? { earliestAt: communication.earliestAt.toISOString() } : {}),
    ...(communication.expiresAt ? { expiresAt: communication.expiresAt.toISOString() } : {}),
    ...(communication.quietOverride ? { quietOverride: true } : {}),
  };
  const line = lineAbout("communication.scheduled", communication, actor, facts, why);
  if (!(await deps.store.plan.move(communicationId, "approved", to, line)))
    throw new DomainError(
      "somebody-was-first",
      `${communication.reference} was changed by somebody else just now.`,
    );
  // Made before its time, it keeps nobody waiting when the time has come; the sweeper finds what is not heard.
  for (const { id } of communication.renditions) await deps.doorbell.ring("render", { renditionId: id });
}

/** The partnership may have changed its quiet hours since it was planned (S9). An override is in the line, with its reason. */
async function refuseInQuietHours(
  { store }: ScheduleDeps,
  {
    dueAt,
    zone,
    quietOverride,
    campaign,
  }: { dueAt: Date; zone: string; quietOverride: boolean; campaign: { class: string } },
): Promise<void> {
  const { partnership } = await store.partnership.read();
  const quiet = partnership && quietHoursOf(partnership);
  if (!quiet || quietOverride || !waitsAtNight(campaign.class, quiet)) return;
  if (quietUntil(dueAt.toISOString(), zone, quiet) === null) return;
  throw new DomainError("quiet-hours", inQuietHours(dueAt.toISOString(), zone, quiet));
}
