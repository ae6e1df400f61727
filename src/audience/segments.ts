// Segments as people build them on the page: checked, written as a new version, and in the record. Those of the file stay the file's.
import { line } from "../domain/content.ts";
import { DomainError } from "../domain/errors.ts";
import { type SegmentRule, segmentRule, specificity } from "../domain/segment.ts";
import { ruleFaults } from "../domain/segment-check.ts";
import type { Store } from "../store/store.ts";

export interface SegmentDeps {
  readonly store: Pick<Store, "segments" | "partnership">;
}
export interface SegmentWish {
  /** Null for a new one: its key is made of its name. */
  readonly key: string | null;
  readonly name: string;
  readonly rule: SegmentRule;
  /** Who asks for it, by address; goes into the record. */
  readonly by: string;
}

/**
 * Returns its key and the version that stands now; a segment saved as it was has no new one.
 * Throws DomainError "segment-rule" with every fault, "segment-exists", "segment-in-file", "not-here".
 */
export async function saveSegment(
  deps: SegmentDeps,
  { key, name, rule, by }: SegmentWish,
): Promise<{ key: string; version: number }> {
  const named = line(120).safeParse(name);
  if (!named.success) throw new DomainError("segment-rule", "A segment needs a name of one line.");
  await checkRule(deps, rule);
  const own = key ?? slug(named.data);
  const known = await deps.store.segments.one(own);
  if (key === null && known !== null)
    throw new DomainError(
      "segment-exists",
      `There is a segment "${own}" already; give this one another name.`,
    );
  if (key !== null) mayChange(key, known);
  const row = { key: own, name: named.data, rule, specificity: specificity(rule) };
  const version = await deps.store.segments.write(row, by, (now) => ({
    kind: "segment.changed",
    actor: by,
    facts: { segment: own, version: now },
  }));
  return { key: own, version };
}

function mayChange(key: string, known: { readonly origin: string } | null): void {
  if (known === null) throw new DomainError("not-here", `There is no segment "${key}".`);
  if (known.origin === "file")
    throw new DomainError(
      "segment-in-file",
      `The segment "${key}" is kept in the partnership's file: change it there and run bellman apply, or build one of your own from it.`,
    );
}

/** Throws DomainError "segment-rule" with every fault of a rule, each a sentence. */
export async function checkRule({ store }: SegmentDeps, rule: SegmentRule): Promise<void> {
  const shape = segmentRule.safeParse(rule);
  const faults = shape.success
    ? ruleFaults(rule, await store.partnership.read())
    : shape.error.issues.map(({ path, message }) => ({ path: path.map(String), message }));
  if (faults.length > 0)
    throw new DomainError(
      "segment-rule",
      "This segment cannot be.",
      faults.map(({ path, message }) => `${path.join(", ")}: ${message}`),
    );
}

/** "Adults in Castle" → "adults-in-castle"; a name without a letter of ours is told so by its empty key. */
function slug(name: string): string {
  const key = name
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60)
    .replace(/-+$/, "");
  if (key === "")
    throw new DomainError("segment-rule", "A segment's name needs a letter of a to z or a digit.");
  return key;
}
