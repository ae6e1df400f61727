// Step 5. A due communication's audience is frozen into delivery rows, most specific segment first, and its doorbells rung.
import { DomainError } from "../domain/errors.ts";
import { DEFAULT_LANGUAGE, type Issue } from "../domain/issue.ts";
import { bySpecificity } from "../domain/segment.ts";
import { sha256 } from "../lib/hash.ts";
import type { Doorbell } from "../queue/doorbell.ts";
import type { FreezeChannel } from "../store/release.ts";
import type { Store } from "../store/store.ts";
import { lineAbout, MACHINE } from "./log.ts";

export interface ReleaseDeps {
  readonly store: Pick<Store, "plan" | "release">;
  readonly doorbell: Doorbell;
}

/**
 * Safe to ring twice: only the first finds it scheduled. Too late to be useful → needs_decision, nothing leaves (I6).
 * The audience is the one that was approved (its rules are in the frozen version), less those who have stopped since.
 */
export async function release(
  deps: ReleaseDeps,
  { communicationId }: { communicationId: string },
): Promise<void> {
  const communication = await deps.store.plan.communication(communicationId);
  if (communication?.state !== "scheduled") return;
  const now = await deps.store.plan.now();
  if (now < communication.dueAt.toISOString()) return;
  if (now > communication.latestUsefulAt.toISOString()) {
    const facts = {
      dueAt: communication.dueAt.toISOString(),
      latestUsefulAt: communication.latestUsefulAt.toISOString(),
    };
    await deps.store.release.lapse(
      communicationId,
      lineAbout("communication.lapsed", communication, MACHINE, facts),
    );
    return;
  }
  const issue = await approvedIssue(deps, communication.contentHash, communication.reference);
  const recipients = await deps.store.release.freeze({
    communicationId,
    channels: issue.channels.map((channel) => freezeChannel(channel, issue)),
    fallbackLanguage: DEFAULT_LANGUAGE,
    line: (counts) =>
      lineAbout("communication.released", communication, MACHINE, {
        recipients: counts,
        contentHash: communication.contentHash,
      }),
  });
  if (recipients === null) return;
  for (const { id } of communication.renditions) await deps.doorbell.ring("render", { renditionId: id });
}

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
