// One campaign all the way: planned, coordinated, approved by its approver, scheduled; then watched until nothing is left to do.
import { dirname } from "node:path";
import { DOUBT_SETTLES_SECONDS } from "../../config/limits.ts";
import { isQuiet, type Tally, tally, tallyRows, type TallyRow } from "../domain/tally.ts";
import type { WrittenCampaign } from "../domain/campaign-file.ts";
import { DomainError } from "../domain/errors.ts";
import type { Deps } from "../deps.ts";
import { decide, submit } from "../journey/approve.ts";
import { coordinate } from "../journey/coordinate.ts";
import { plan } from "../journey/plan.ts";
import { schedule } from "../journey/schedule.ts";
import { sleep } from "../lib/clock.ts";
import { readCampaign } from "../library/campaign-text.ts";
import { freezePictures, fromFolder } from "../library/pictures.ts";
import { progress } from "./print.ts";
import { knownOf, libraryPictures } from "./planning.ts";

/** Only the sandbox does this: whatever may reach anybody waits for its approver. */
const SANDBOX_APPROVAL = "approved by itself in the sandbox";

export interface CampaignText {
  readonly text: string;
  readonly name: string;
  /** Release at once, whatever due time the file gives. */
  readonly now: boolean;
}

/** Steps 1 to 4. In the sandbox the named approver signs off by itself; elsewhere it waits for them. Returns the campaign's key. */
export async function startCampaign(deps: Deps, { text, name, now }: CampaignText): Promise<string> {
  const { moment, ...known } = await knownOf(deps);
  // With --now the times of the file do not count.
  const read = readCampaign(text, name, deps.library, now || !moment ? known : { ...known, moment });
  const campaign = now ? atOnce(read.campaign) : read.campaign;
  const images = read.libraryKey
    ? await libraryPictures(deps)(read.libraryKey)
    : await freezePictures(campaign.images, fromFolder(dirname(name)), deps.store.site.keepPicture);
  const { libraryKey } = read;
  const key = await plan(deps, {
    campaign,
    images,
    libraryKey,
    seasonKey: null,
    repeatedHour: campaign.repeated_hour,
  });
  await carryOn(deps, key);
  return key;
}

/** Due now and not before: a file's earliest time is left aside. One that repeats has no single "now". */
function atOnce(campaign: WrittenCampaign): WrittenCampaign {
  if (campaign.repeat)
    throw new DomainError(
      "due-time",
      `"${campaign.title}" repeats: it cannot be sent with --now. Run it without, or leave "repeat" out.`,
    );
  return { ...campaign, due: "now", earliest: undefined };
}

/** Takes every communication of a campaign on from wherever it stands: after a start that was broken off, nothing is done twice. */
export async function carryOn(deps: Deps, key: string): Promise<void> {
  for (const { id } of (await deps.store.plan.campaign(key))?.communications ?? [])
    await takeThrough(deps, id);
}

async function takeThrough(deps: Deps, communicationId: string): Promise<void> {
  const read = async () => {
    const communication = await deps.store.plan.communication(communicationId);
    if (!communication) throw new Error(`communication ${communicationId} is missing`);
    return communication;
  };
  const { state, authorEmail: author, approverEmail: approver, dueAt } = await read();
  if (state === "draft") {
    const answers = { joint: false, duplicate: false, referral: "", note: "started from a campaign file" };
    await coordinate(deps, { communicationId, actor: author, answers });
    await submit(deps, { communicationId, actor: author });
  }
  const { state: reviewed, contentHash } = await read();
  const itself = deps.settings.sending === "sandbox";
  if (itself && reviewed === "in_review" && contentHash !== null)
    await decide(deps, {
      communicationId,
      by: approver,
      decision: "approved",
      contentHash,
      why: SANDBOX_APPROVAL,
    });
  if ((await read()).state === "approved") await schedule(deps, { communicationId, actor: author });
  if ((await deps.store.plan.now()) >= dueAt.toISOString())
    await deps.doorbell.ring("release", { communicationId });
}

export interface Finished extends Tally {
  readonly campaign: string;
  /** Small numbers of it are not printed (src/domain/tally.ts, discreetly). */
  readonly sensitive: boolean;
  readonly rows: readonly TallyRow[];
  readonly posts: readonly string[];
  readonly pages: readonly string[];
  readonly logEntries: number;
  /** What the log's own lines add up to; equal to `accepted` when the record is whole. */
  readonly acceptedInLog: number;
}

/** Where a campaign stands now, with what the log says of it. */
export async function standing(deps: Deps, key: string): Promise<Finished> {
  const { ids, counts, sensitive } = await position(deps, key);
  const proofs = (await Promise.all(ids.map((id) => deps.store.pages.proofs(id))))
    .flat()
    .flatMap(({ proof }) => proof ?? []);
  const isPage = (proof: string) => proof.includes("/news/");
  const { log } = deps.store;
  return {
    ...{ campaign: key, sensitive },
    rows: tallyRows(counts),
    ...tally(counts),
    posts: proofs.filter((proof) => !isPage(proof)),
    pages: proofs.filter(isPage),
    logEntries: await log.count(key),
    acceptedInLog:
      (await log.sum(key, "deliveries.recorded", "accepted")) +
      (await log.sum(key, "deliveries.resolved", "accepted")),
  };
}

async function position(deps: Deps, key: string) {
  const campaign = await deps.store.plan.campaign(key);
  if (!campaign)
    throw new DomainError("no-such-campaign", `There is no campaign "${key}". See: bellman campaign list`);
  const ids = campaign.communications.map((communication) => communication.id);
  const now = await deps.store.plan.now();
  const toRelease = campaign.communications.filter(
    (c) => c.state === "releasing" || (c.state === "scheduled" && c.dueAt.toISOString() <= now),
  ).length;
  const sensitive = campaign.sensitivity === "sensitive";
  return { ids, counts: await deps.store.pages.progress(ids), toRelease, sensitive };
}

/** Watches until everything that is due has been released and nothing waits any more; shows progress while it does. */
export async function watch(deps: Deps, key: string, signal: AbortSignal): Promise<Finished> {
  const bar = progress(key);
  for (;;) {
    const { counts, toRelease } = await position(deps, key);
    const now = tally(counts);
    bar.update(now.recipients - now.waiting, now.recipients);
    const over = toRelease === 0 && isQuiet(now) && !(now.inDoubt > 0 && (await maySettle(deps)));
    if (over || signal.aborted) {
      bar.stop();
      return standing(deps, key);
    }
    await sleep(500, signal);
  }
}

/** Doubt that has just begun is mostly ended by a look-up; after that it is for a person, and nobody waits for them here. */
const maySettle = async ({ store }: Deps): Promise<boolean> =>
  (await store.doubts.settling(2 * DOUBT_SETTLES_SECONDS)) > 0;
