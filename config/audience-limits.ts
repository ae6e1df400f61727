// Policy numbers about people: how long, how often, how many. Each with where it comes from, as in limits.ts.

/**
 * How long each kind of record is kept; what is over goes the next night (RELIABILITY.md LAW10: uploads 7 days, delivery rows 13 months,
 * bounces 6 months, evidence of consent 6 years after its end). As PostgreSQL reads spans.
 */
export const RETENTION = {
  /** GOV.UK Notify keeps what was uploaded for 7 days. */
  uploads: "7 days",
  /** After the link in the confirming message has run out: nobody ever agreed. */
  sign_ups: "7 days",
  /** As long as who got which message. */
  letters: "13 months",
  /** A whole year can be compared with the one before; then only the counts are left. */
  deliveries: "13 months",
  bounces: "6 months",
  /** A claim can be brought for 6 years (Limitation Act 1980 s.2, s.9). */
  consents: "6 years",
  former_consents: "6 years",
  complaints: "6 years",
  link_counts: "13 months",
} as const;

/** How often opened links are written down: a kill costs the counts of these seconds. In ms. */
export const LINK_COUNTS_MS = 3_000;

/** Rows (or batches of deliveries) one transaction of retention takes: some tens of milliseconds. */
export const RETENTION_CHUNK = { rows: 5_000, batches: 10 } as const;

/** Between two such transactions everything else goes on. In ms. */
export const RETENTION_PAUSE_MS = 50;
/** How long the link in a confirming message can be used; then the sign-up is forgotten. In days. */
export const SIGN_UP_DAYS = 7;

/** Letters one address gets in a day, whoever asks for them: our forms must not fill a stranger's mailbox. */
export const LETTERS_A_DAY = 3;

/** How long the link that shows everything of a person works: it is used at once or not at all. In minutes. */
export const OPEN_LINK_MINUTES = 60;

/** A letter that was handed to the relay and of which nothing was heard is looked up after this: the relay's own patience is 10 minutes. */
export const LETTER_DOUBT_SECONDS = 660;

/** Letters under way at once in one worker. */
export const LETTERS_AT_ONCE = 8;

/** Letters nobody could deliver are given up after this often; the person can ask again. */
export const LETTER_TRIES = 8;

/** Whoever has said nothing for this long is asked whether they still want to hear (LAW10: 24 months). */
export const RECONFIRM_AFTER_MONTHS = 24;
/** How long they have to answer. In days. */
export const RECONFIRM_WAIT_DAYS = 60;
/** How many are asked in one night, so that the relay and the public are not surprised. */
export const RECONFIRM_PER_NIGHT = 2_000;

/** A complaint about data protection is acknowledged within 30 days (DPA 2018 s.164A); staff are reminded in the last 7. */
export const COMPLAINT_DAYS = 30;
export const COMPLAINT_REMIND_DAYS = 7;

/**
 * Public forms, requests a minute. Stops are counted by token, so that a flood of one never keeps back another (H95); the others by
 * where they come from, which behind a proxy is everybody together.
 */
export const PUBLIC_RATES = { stopPerToken: 20, changePerToken: 60, formPerAddress: 300 } as const;

/** Stops that arrive together share one commit (H95: 100,000 a minute): wait this long, take at most so many. */
export const STOP_TOGETHER = { windowMs: 10, most: 200 } as const;

/**
 * How much of a message that came back is looked at (H93). The part machines read comes before the copy of our message, which may be of
 * any size: the first MiB is enough. No report of ours is about more than a handful of recipients.
 */
export const REPORT_LIMITS = {
  ...{ bytes: 1_048_576, nesting: 20, headersBytes: 262_144 },
  ...{ fieldsBytes: 65_536, recipients: 100, tokens: 5 },
} as const;

/**
 * Soft bounces suppress an address when it sent something back on this many days of this period with nothing arriving between (Mailman's
 * own threshold is 5, at most one a day). What was not sent back for `settlesDays` has arrived: RFC 5321 4.5.4.1 gives up after 4-5 days.
 */
export const SOFT_BOUNCES = { days: 5, period: 90, settlesDays: 5 } as const;

/**
 * What comes back pauses a communication as refusals do (C5: 5 % hard; X4: policy; LAW9: complaints above 0.3 %, aim below 0.1 %). Fewer
 * complaints than `complaintsFrom` never do: one person alone could otherwise stop a campaign.
 */
export const RETURNED_AT = {
  sample: 100,
  hard: 0.05,
  policy: 20,
  complaints: 0.003,
  complaintsFrom: 3,
} as const;
/** LAW9: what a sender should stay below. */
export const COMPLAINTS_AIM = 0.001;

/**
 * A release to more people than this asks first whether the sender's domain is fit (SEC44). Gmail and Outlook call it bulk from 5,000 a day,
 * counted over a whole council's domain and all its systems (LAW9), so that our share must be far below.
 */
export const BULK_FROM = 1_000;
/** How long what was looked up of the domain is believed at a release. In ms. */
export const SENDER_GOOD_MS = 86_400_000;

/** Messages that came back, taken in with one commit and, for each communication, one line of the log. */
export const REPORT_BATCH = 100;
/** How often the mailbox of reports is looked into: soon enough for a storm to pause what is still being sent (C5). In ms. */
export const FETCH_EVERY_MS = 120_000;
/** How long the mailbox of reports may keep us waiting for one answer. In ms. */
export const IMAP_MS = 30_000;

/**
 * What an import takes (RELIABILITY 3.1 H1, H6); said on the page before anything is sent. A row of a person is some hundred characters,
 * so 20,000 in one cell and 50 lines in one row are a quotation mark that nobody closed. `characters` is a whole row.
 */
export const IMPORT_LIMITS = {
  ...{ rows: 1_000_000, bytes: 300_000_000, columns: 100, cell: 20_000, characters: 60_000, lines: 50 },
} as const;

/** Rows of the preview that a person confirms before anything is taken in (H2). */
export const IMPORT_PREVIEW_ROWS = 10;

/** How many characters of a first name and of what a file says about a consent are kept. */
export const IMPORT_TEXT = { name: 80, wording: 200, source: 200 } as const;

/** An upload that nobody went on with is deleted after this long (LAW10 allows 7 days). In hours. */
export const UPLOAD_HOURS = 24;

/** Two people's word to take a sensitive list out is good for this long, and once (SEC11). In days. */
export const EXPORT_AGREED_DAYS = 7;
