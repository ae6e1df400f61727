// Step 5. A due communication's audience is frozen into delivery rows, most specific segment first, and its doorbells rung.
import { DomainError } from "../domain/errors.ts";
import { DEFAULT_LANGUAGE, type Issue } from "../domain/issue.ts";
import { laneOf } from "../domain/lane.ts";
import { bySpecificity } from "../domain/segment.ts";
import { failpoint } from "../lib/failpoint.ts";
import { sha256 } from "../lib/hash.ts";
import type { Doorbell } from "../queue/doorbell.ts";
import type { FreezeChannel } from "../store/release.ts";
import type { Store } from "../store/store.ts";
import { lineAbout, MACHINE } from "./log.ts";

export interface ReleaseDeps {
  readonly store: Pick<Store, "plan" | "release">;
  readonly doorbell: Doorbell;
  /** Why so much mail to these lists had better not leave in our name now; null where it may. Absent: nobody asks. */
  readonly whyNoBulk?: (listKeys: readonly string[]) => Promise<string | null>;
}

/**
 * Safe to ring twice: only the first finds it scheduled, and a freeze that a kill broke off is gone on with. Too late to be useful → needs_decision, nothing leaves (I6).
 * The audience is the one that was approved (its rules are in the frozen version), less those who have stopped since.
 */
export async function release(
  deps: ReleaseDeps,
  { communicationId }: { communicationId: string },
): Promise<void> {
  const communication = await deps.store.plan.communication(communicationId);
  if (!communication || !(await isTime(deps, communication))) return;
  const { contentHash, reference, campaign } = communication;
  const issue = await approvedIssue(deps, contentHash, reference);
  const channels = issue.channels.map((channel) => freezeChannel(channel, issue));
  if (communication.state === "scheduled") {
    if (await isUnfit(deps, communication, issue)) return;
    const keys = channels.map(({ key }) => key);
    if (!(await deps.store.release.begin(communicationId, keys, laneOf(campaign.class)))) return;
  }
  for (const channel of channels) await freeze(deps, communicationId, channel);
  const released = await deps.store.release.end(communicationId, (recipients) =>
    lineAbout("communication.released", communication, MACHINE, { recipients, contentHash }),
  );
  if (released === null) return;
  for (const { id } of communication.renditions) await deps.doorbell.ring("render", { renditionId: id });
  for (const dispatchId of await deps.store.release.dispatches(communicationId))
    await deps.doorbell.ring("dispatch", { dispatchId });
}

/** Due and still useful, or a freeze that was broken off. */
async function isTime(deps: ReleaseDeps, communication: Scheduled): Promise<boolean> {
  if (communication.state === "releasing") return true;
  if (communication.state !== "scheduled") return false;
  const now = await deps.store.plan.now();
  return now >= communication.dueAt.toISOString() && !(await isLate(deps, communication, now));
}

/** A large mailing from a domain that receivers do not believe waits for a person, who may still let it go (SEC44). */
async function isUnfit(deps: ReleaseDeps, communication: Scheduled, issue: Issue): Promise<boolean> {
  const lists = issue.channels.flatMap(({ listKey }) => listKey ?? []);
  const why = communication.reviewed ? null : await deps.whyNoBulk?.(lists);
  if (!why) return false;
  const line = lineAbout("communication.paused", communication, MACHINE, {}, why);
  await deps.store.release.ask(communication.id, why, line);
  return true;
}

/** Stretch by stretch, each a transaction: a kill costs one, and whoever comes next goes on from there (S8). */
async function freeze(deps: ReleaseDeps, communicationId: string, channel: FreezeChannel): Promise<void> {
  while (!(await deps.store.release.freeze(communicationId, channel, DEFAULT_LANGUAGE)))
    failpoint("mid_freeze");
}

async function isLate(deps: ReleaseDeps, communication: Scheduled, now: string): Promise<boolean> {
  if (now <= communication.latestUsefulAt.toISOString()) return false;
  const facts = {
    dueAt: communication.dueAt.toISOString(),
    latestUsefulAt: communication.latestUsefulAt.toISOString(),
  };
  await deps.store.release.lapse(
    communication.id,
    lineAbout("communication.lapsed", communication, MACHINE, facts),
  );
  return true;
}
type Scheduled = NonNullable<Awaited<ReturnType<Store["plan"]["communication"]>>>;

/** The version that was signed off; a body that does not match its own hash is never sent (I3). */
async function approvedIssue(deps: ReleaseDeps, hash: string | null, reference: string): Promise<Issue> {
  const version = hash === null ? null : await deps.store.plan.version(hash);
  if (!version || sha256(version.body) !== version.hash)
    throw new DomainError(
      "hash-mismatch",
      `${reference} is not what was signed off; it was not released. Submit it again.`,
    );
  return JSON.parse(version.body) as Issue;
}

function freezeChannel({ key, listKey }: Issue["channels"][number], issue: Issue): FreezeChannel {
  if (listKey === null) return { key, people: null };
  return { key, people: { listKey, segments: [...issue.segments].sort(bySpecificity) } };
}
