// Step 6. One wanted rendition is made from the frozen version and held against the hash that was approved.
import { DomainError } from "../domain/errors.ts";
import type { Issue } from "../domain/issue.ts";
import type { LogValue } from "../domain/log-entry.ts";
import { failpoint } from "../lib/failpoint.ts";
import type { Library } from "../library/library.ts";
import type { Doorbell } from "../queue/doorbell.ts";
import type { RenderApart } from "../render/apart.ts";
import type { Store } from "../store/store.ts";
import { lineAbout, MACHINE } from "./log.ts";

export interface RenderDeps {
  readonly store: Pick<Store, "plan" | "renditions" | "release">;
  readonly library: Pick<Library, "labels">;
  readonly render: RenderApart["render"];
  readonly doorbell: Doorbell;
}

/** Safe to ring twice. A rendition that differs from the approved one is refused, and its deliveries are held until a person decides. */
export async function renderRendition(
  deps: RenderDeps,
  { renditionId }: { renditionId: string },
): Promise<void> {
  const rendition = await deps.store.renditions.one(renditionId);
  if (rendition?.state !== "wanted" || rendition.communication.contentHash === null) return;
  const version = await deps.store.plan.version(rendition.communication.contentHash);
  if (!version) throw new Error(`the approved version of rendition ${renditionId} is missing`);
  const { channelKey: channel, segmentKey: segment, language } = rendition;
  const made = await deps
    .render({
      issue: JSON.parse(version.body) as Issue,
      wanted: { channelKey: channel, segmentKey: segment, language },
      labels: deps.library.labels(language),
    })
    .catch(whyNot);
  if ("why" in made) return refuse(deps, rendition, {}, made.why);
  failpoint("after_render");
  const { rendered, hash } = made;
  const facts = { channel, segment, language, hash };
  if (hash === rendition.approvedHash) {
    await deps.store.renditions.ready(
      renditionId,
      rendered,
      lineAbout("rendition.ready", rendition.communication, MACHINE, facts),
    );
  } else {
    const why = "made from the same words it came out differently than when it was approved";
    await refuse(deps, rendition, { ...facts, approved: rendition.approvedHash }, why);
  }
  for (const dispatchId of await deps.store.release.dispatches(rendition.communicationId))
    await deps.doorbell.ring("dispatch", { dispatchId });
}

/** A rendition that cannot be made harms only itself: its deliveries are held for a person. */
function whyNot(error: unknown): { why: string } {
  if (error instanceof DomainError) return { why: error.message };
  throw error;
}

type Found = NonNullable<Awaited<ReturnType<Store["renditions"]["one"]>>>;

async function refuse(
  { store }: RenderDeps,
  rendition: Found,
  facts: Record<string, LogValue>,
  why: string,
): Promise<void> {
  const { channelKey: channel, segmentKey: segment, language } = rendition;
  const said = { channel, segment, language, ...facts };
  await store.renditions.refuse(
    rendition.id,
    lineAbout("rendition.refused", rendition.communication, MACHINE, said, why),
  );
}
