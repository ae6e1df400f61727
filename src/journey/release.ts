// Step 5. A due communication's audience is frozen into delivery rows, most specific segment first, and its doorbells rung.
import { DomainError } from "../domain/errors.ts";
import { DEFAULT_LANGUAGE, type Issue } from "../domain/issue.ts";
import { laneOf } from "../domain/lane.ts";
import { basesOf, releaseFault } from "../domain/list-duty.ts";
import { bySpecificity, type SegmentRule } from "../domain/segment.ts";
import { wallAt } from "../domain/wall-time.ts";
import { sha256 } from "../lib/hash.ts";
import type { Doorbell } from "../queue/doorbell.ts";
import type { FreezeChannel, Terms } from "../store/release.ts";
import type { Store } from "../store/store.ts";
import { lineAbout, MACHINE } from "./log.ts";

export interface ReleaseDeps {
  readonly store: Pick<Store, "plan" | "release">;
  readonly doorbell: Doorbell;
  /** Interests as they stand in people's rows: the sensitive ones sealed (src/audience/sealed-rule.ts). */
  readonly sealRule: (rule: SegmentRule, sensitive: ReadonlySet<string>) => SegmentRule;
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
  const terms = await deps.store.release.terms(issue.channels.flatMap(({ listKey }) => listKey ?? []));
  const channels = freezeChannels(deps, issue, terms);
  if (communication.state === "scheduled") {
    const mayGo = async () =>
      !(await isRefused(deps, communication, terms.lists)) && !(await isUnfit(deps, communication, issue));
    if (!(await mayGo())) return;
    const keys = channels.map(({ key }) => key);
    if (!(await deps.store.release.begin(communicationId, keys, laneOf(campaign.class)))) return;
  }
  for (const channel of channels) await freeze(deps, communicationId, channel);
  const released = await deps.store.release.end(communicationId, (recipients, leftOut) =>
    lineAbout("communication.released", communication, MACHINE, {
      ...{ recipients, contentHash },
      // Few are never counted apart on a sensitive subject, and the record is for everybody (LAW6).
      ...(Object.keys(leftOut).length > 0 && campaign.sensitivity !== "sensitive" ? { leftOut } : {}),
    }),
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
  let whole = false;
  while (!whole) whole = await deps.store.release.freeze(communicationId, channel, DEFAULT_LANGUAGE);
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

/**
 * A list may have changed its purpose, or its agreement may have ended, since this was approved: then nothing leaves, and a person
 * reads why (LAW8, LAW13, LAW19). Once the partnership's file is right, their "go" releases it.
 */
async function isRefused(
  deps: ReleaseDeps,
  communication: Scheduled,
  lists: readonly Terms[],
): Promise<boolean> {
  const day = wallAt(await deps.store.plan.now(), communication.zone).slice(0, 10);
  const { class: messageClass } = communication.campaign;
  const [why] = lists.flatMap((list) => releaseFault(list, messageClass, day) ?? []);
  if (why === undefined) return false;
  await deps.store.release.refuse(
    communication.id,
    why,
    lineAbout("communication.refused", communication, MACHINE, {}, why),
  );
  return true;
}

/** Of several channels of one kind the earlier ones reach a person first: one copy each (R23). */
function freezeChannels(
  { sealRule }: ReleaseDeps,
  issue: Issue,
  { lists, sealed }: { readonly lists: readonly Terms[]; readonly sealed: readonly string[] },
): FreezeChannel[] {
  const sensitive = new Set(sealed);
  const segments = [...issue.segments]
    .sort(bySpecificity)
    .map((segment) => ({ ...segment, rule: sealRule(segment.rule, sensitive) }));
  return issue.channels.map(({ key, kind, listKey }, i) => {
    if (listKey === null) return { key, people: null };
    const list = lists.find((one) => one.key === listKey);
    if (!list) throw new Error(`there is no list ${listKey}`);
    const before = issue.channels.slice(0, i).filter((one) => one.kind === kind && one.listKey !== null);
    const people = {
      ...{ listKey, segments, bases: basesOf(list, issue.class) },
      ...{ emergency: issue.class === "emergency", besides: before.map((one) => one.key) },
    };
    return { key, people };
  });
}
