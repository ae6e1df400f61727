// Step 6. One wanted rendition is made from the frozen version and held against the hash that was approved.
import type { Issue } from "../domain/issue.ts";
import type { Library } from "../library/library.ts";
import { failpoint } from "../lib/failpoint.ts";
import type { Doorbell } from "../queue/doorbell.ts";
import { renderWanted } from "../render/issue.ts";
import type { Store } from "../store/store.ts";
import { lineAbout, MACHINE } from "./log.ts";

export interface RenderDeps {
  readonly store: Pick<Store, "plan" | "renditions" | "sweeping">;
  readonly library: Pick<Library, "labels">;
  readonly doorbell: Doorbell;
}

/** Safe to ring twice. A rendition that differs from the approved one is refused, and its deliveries are held for a person. */
export async function renderRendition(
  deps: RenderDeps,
  { renditionId }: { renditionId: string },
): Promise<void> {
  const rendition = await deps.store.renditions.one(renditionId);
  if (rendition?.state !== "wanted" || rendition.communication.contentHash === null) return;
  const version = await deps.store.plan.version(rendition.communication.contentHash);
  if (!version) throw new Error(`the approved version of rendition ${renditionId} is missing`);
  const { rendered, hash } = await renderWanted(
    JSON.parse(version.body) as Issue,
    rendition,
    deps.library.labels,
  );

  failpoint("after_render");
  const { channelKey: channel, segmentKey: segment, language } = rendition;
  const facts = { channel, segment, language, hash };
  if (hash === rendition.approvedHash) {
    await deps.store.renditions.ready(
      renditionId,
      rendered,
      lineAbout("rendition.ready", rendition.communication, MACHINE, facts),
    );
  } else {
    const why = "made from the same words it came out differently than when it was approved";
    const refused = lineAbout(
      "rendition.refused",
      rendition.communication,
      MACHINE,
      { ...facts, approved: rendition.approvedHash },
      why,
    );
    await deps.store.renditions.refuse(renditionId, refused);
  }
  for (const batch of await deps.store.sweeping.silentBatches()) await deps.doorbell.ring("dispatch", batch);
}
