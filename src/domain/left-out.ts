// Why a freeze left somebody out who may be written to; dispatch.left_out counts them so that the count shown and the count sent to agree. Pure.

/** `elsewhere`: the same communication reaches them through another list. */
export type LeftOut = Partial<Record<"elsewhere" | "paused" | "capped", number>>;

const WORDS: Readonly<Record<keyof LeftOut, string>> = {
  elsewhere: "reached by another list",
  paused: "paused for a while",
  capped: "had as many messages as they may get",
};

/** Those there are, in a set order; whatever else it is given, it never throws. */
export function leftOutWords(leftOut: unknown): { people: number; words: string }[] {
  const counts = (leftOut ?? {}) as Readonly<Record<string, unknown>>;
  return Object.entries(WORDS).flatMap(([why, words]) => {
    const people = counts[why];
    return typeof people === "number" && people > 0 ? [{ people, words }] : [];
  });
}
