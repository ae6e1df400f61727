// When so much of a campaign is refused that going on does harm: to people, and to the name of the sender. Pure.

/** How the deliveries of one dispatch ended so far. */
export interface Ended {
  readonly accepted: number;
  readonly refused: number;
  /** Refused by ourselves: a slot without a value. */
  readonly missing: number;
  /** True once a person has looked at it and let it go on. */
  readonly reviewed: boolean;
}
export interface Thresholds {
  /** Fewer than this say nothing. */
  readonly sample: number;
  /** Shares of what has ended. */
  readonly refused: number;
  readonly missing: number;
  /** So many in all are too many, whatever their share. */
  readonly missingMany: number;
}

/** The reason to pause, in a sentence for its owner, or null. Bounces: 5 % (C5); missing values: 1 % or 50 (R2). */
export function whyPause({ accepted, refused, missing, reviewed }: Ended, at: Thresholds): string | null {
  const ended = accepted + refused;
  if (reviewed || ended < at.sample) return null;
  if (missing > at.missingMany || missing / ended > at.missing)
    return `${missing} of ${ended} recipients lack a value the words need; give the slot a fallback, or let it go on without them`;
  const bounced = refused - missing;
  if (bounced / ended > at.refused)
    return `${bounced} of ${ended} addresses were refused for good; look at the list before going on`;
  return null;
}
