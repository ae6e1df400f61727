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

/** What came back of one dispatch after the relay had taken it. */
export interface Returned {
  readonly accepted: number;
  readonly hard: number;
  readonly policy: number;
  readonly complaints: number;
  readonly reviewed: boolean;
}
export interface ReturnedThresholds {
  readonly sample: number;
  /** Shares of what was accepted. */
  readonly hard: number;
  readonly complaints: number;
  /** So many in all. */
  readonly policy: number;
  /** Fewer complaints than this are one person's, not the list's. */
  readonly complaintsFrom: number;
}

/** The same question, asked of what comes back later (C5, X4, LAW9). */
export function whyPauseReturned(
  { accepted, hard, policy, complaints, reviewed }: Returned,
  at: ReturnedThresholds,
): string | null {
  if (reviewed) return null;
  if (policy >= at.policy)
    return `${policy} messages came back because a mail system did not want them: look at the message, and at bellman sender check, before going on`;
  if (accepted < at.sample) return null;
  if (complaints >= at.complaintsFrom && complaints / accepted > at.complaints)
    return `${complaints} of ${accepted} recipients called it unwanted; look at the list and the message before going on`;
  if (hard / accepted > at.hard)
    return `${hard} of ${accepted} messages came back for good; look at the list before going on`;
  return null;
}
