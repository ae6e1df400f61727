// Was the database restored? The end of its record is compared with the end a process saw before. Pure.

/** The newest entry of the record a process has seen, kept outside the database. */
export interface Checkpoint {
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
  readonly stamp: string | null;
}
interface Head {
  readonly seq: number;
  readonly hash: string;
  readonly at: string;
}
export interface Restored {
  /** The newest entry of the database as it was found. */
  readonly endsAt: number;
  readonly endsAtTime: string | null;
  /** How many entries are known to be missing; null where it went on since and nobody can say. */
  readonly missing: number | null;
  /** The entry that was seen before and is not there. */
  readonly lost: Checkpoint;
}

/** How the reason of such a hold begins, so that one is not placed twice. */
export const RESTORED = "the database was restored";

/**
 * Null when the record goes on from what was seen before. `hashThere`: the hash of the database's entry of the checkpoint's
 * number, null where it has none.
 */
export function wasRestored(seen: Checkpoint, head: Head | null, hashThere: string | null): Restored | null {
  if (hashThere === seen.hash) return null;
  const endsAt = head?.seq ?? 0;
  const missing = endsAt < seen.seq ? seen.seq - endsAt : null;
  return { endsAt, endsAtTime: head?.at ?? null, missing, lost: seen };
}

/** Why everything is held, in the words of the hold. */
export function sayRestored({ endsAt, endsAtTime, missing, lost }: Restored): string {
  if (missing === null)
    return `${RESTORED}: its entry ${lost.seq} is not the one that was there before, of ${lost.at}`;
  const time = endsAtTime === null ? "" : ` of ${endsAtTime}`;
  return `${RESTORED}: it ends at entry ${endsAt}${time}, ${missing} ${missing === 1 ? "entry is" : "entries are"} missing`;
}
