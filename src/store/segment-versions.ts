// A segment and every rule it ever had: what was counted, approved and sent to can always be looked up (R22).
import { canonical, type LogValue } from "../domain/log-entry.ts";
import type { SegmentRule } from "../domain/segment.ts";
import type { Prisma } from "../generated/prisma/client.ts";

export interface SegmentRow {
  readonly key: string;
  readonly name: string;
  readonly rule: SegmentRule;
  readonly specificity: number;
}
/** `file`: kept by `bellman apply`; `page`: built on the segments page. */
export type SegmentOrigin = "file" | "page";

/** Writes a segment; a changed name or rule is a new version. Returns the version that stands now. */
export async function writeSegment(
  tx: Prisma.TransactionClient,
  { key, name, rule, specificity }: SegmentRow,
  { origin, madeBy }: { origin: SegmentOrigin; madeBy: string },
): Promise<number> {
  const known = await tx.segment.findUnique({
    where: { key },
    include: { versions: { select: { version: true } } },
  });
  const same =
    known !== null &&
    known.name === name &&
    canonical(known.rule as LogValue) === canonical(rule as LogValue);
  // A set-up from before versions has none on record: its rule becomes the first.
  const recorded = known?.versions.map(({ version }) => version) ?? [];
  const version = known === null ? 1 : same ? known.version : Math.max(known.version, ...recorded) + 1;
  const row = { key, name, rule, specificity, version, origin };
  await tx.segment.upsert({ where: { key }, create: row, update: { ...row, active: true } });
  if (!recorded.includes(version))
    await tx.segmentVersion.create({ data: { segmentKey: key, version, name, rule, madeBy } });
  return version;
}
