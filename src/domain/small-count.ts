// Small numbers say something about single people: on a sensitive subject they are not shown (LAW6). Pure.

/** Fewer people than this are never counted apart where the subject is sensitive (RELIABILITY.md LAW6). */
export const FEWEST_SHOWN = 10;

/** The count as it may be shown; null where it must not be. Nought is hidden too: that nobody is there also says something. */
export const shownCount = (count: number, sensitive: boolean): number | null =>
  sensitive && count < FEWEST_SHOWN ? null : count;

/** Counts as they may be written down: of a sensitive subject those that must not be shown are left out. */
export const shownCounts = (
  counts: Readonly<Record<string, number>>,
  sensitive: boolean,
): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => shownCount(count, sensitive) !== null));

/** "fewer than 10", or the number as people read it. */
export const sayShown = (count: number | null): string =>
  count === null ? `fewer than ${FEWEST_SHOWN}` : count.toLocaleString("en-GB");
