// What is kept for how long, in the words of the page: which record, from when its time runs, and what is left of it. Pure.

/** Each has its span in config/limits.ts (RETENTION) and its statement in src/store/retention.ts, in this order. */
export const KEPT_RECORDS = {
  uploads: { name: "Rows of an uploaded file", from: "from the upload", left: "nothing" },
  sign_ups: {
    name: "Sign-ups nobody confirmed, or whose person is gone",
    from: "after their link has run out",
    left: "nothing",
  },
  letters: { name: "That a letter was sent to somebody", from: "after it has ended", left: "nothing" },
  deliveries: {
    name: "Who got which message",
    from: "after the last of its batch has ended",
    left: "how many in each state; posts and pages stay",
  },
  bounces: { name: "What came back for a message", from: "from its arrival", left: "nothing" },
  consents: {
    name: "Consents that ended",
    from: "after their end",
    left: "nothing; who has no other goes with them",
  },
  former_consents: { name: "Consents of people who were erased", from: "after their end", left: "nothing" },
  complaints: { name: "Complaints", from: "after the answer", left: "nothing" },
  link_counts: {
    name: "Counts of opened links",
    from: "from the day",
    left: "nothing; the links go on working",
  },
} as const;
export type KeptRecord = keyof typeof KEPT_RECORDS;
export const RECORD_KINDS = Object.keys(KEPT_RECORDS) as readonly KeptRecord[];
/** How many rows of each kind; those without any are left out. */
export type Gone = Readonly<Partial<Record<KeptRecord | "people", number>>>;

/** What no clock ends. */
export const KEPT_ON = [
  { name: "The record (log)", why: "Permanent; it holds nothing about a member of the public" },
  { name: "Campaigns, texts and sign-offs", why: "Permanent: what was said, and who approved it" },
  {
    name: "Stops and objections",
    why: "As long as there are lists: only a keyed hash, so that nobody is written to again",
  },
  { name: "Standing consents and their people", why: "Until they stop, or do not answer when asked again" },
  { name: "Deliveries in doubt", why: "Until somebody settles them; then as the others" },
] as const;

/** Rows of all kinds together. */
export const totalOf = (gone: Gone): number => Object.values(gone).reduce((sum, count) => sum + count, 0);
