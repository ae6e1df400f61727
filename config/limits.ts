// Policy numbers, each with where it comes from. No number of this kind is typed anywhere else.

/** Deliveries in one batch: per-recipient jobs are the wrong grain on PostgreSQL (RELIABILITY 0.1(9): 100-500). */
export const BATCH_SIZE = 500;

/** A claim's life by the database's clock; renewed while its worker lives. Short, so that a killed worker's batch waits little. */
export const LEASE_SECONDS = 15;

/** How often a living worker renews: three chances before the lease ends. */
export const LEASE_RENEW_MS = 5_000;

/** The sweeper's beat (DESIGN.md section 2: every 10 s). */
export const SWEEP_SECONDS = 10;

/** A batch whose job has not been heard of for this long gets a new one (D2: missing for > 30 s). */
export const RING_AGAIN_SECONDS = 30;

/** A delivery that was put off this often is given up as dead and shown: 1+5+15+60+60… minutes, about a day (X2). */
export const MOST_ATTEMPTS = 24;

/** Messages one batch has under way at once; also the connections one worker opens to the relay. */
export const SENDING_AT_ONCE = 20;

/** One commit for all gates of these milliseconds (RELIABILITY 0.3 D4: 5-10 ms); a message waits for its gate. */
export const GATE_WINDOW_MS = 5;

/** One commit and one line of the log for the results of these milliseconds; nothing waits for them but the end of the batch. */
export const RECORD_WINDOW_MS = 100;

/** RFC 5321 4.5.3.2 lets a server take minutes before its final reply; cutting that short makes doubt. In ms. */
export const SMTP_TIMEOUTS = { connect: 10_000, greeting: 10_000, idle: 600_000 } as const;

/** X's published weighted limit; the sandbox timeline counts as X does (twitter-text's own configuration v3). */
export const POST_LIMIT = 280;

/** GOV.UK's own file size guidance keeps a page small; Gmail clips an email at 102 kB, so a rendition must stay below. */
export const EMAIL_HTML_BYTES = 100_000;

/** A schedule further ahead than this is a slip of the pen (H81). */
export const MOST_YEARS_AHEAD = 2;

/** A clock that moved by more than this against the monotonic one jumped: nothing is claimed (RELIABILITY 0.3 D6). */
export const CLOCK_DRIFT_MS = 2_000;

/** Further apart than this, app and database do not work together (RELIABILITY 0.3 D6). */
export const CLOCKS_APART_MS = 30_000;

/** A clock is judged against where it was up to this long ago: a time server may slew it by 30 ms a minute, never by 2 s. */
export const CLOCK_ANCHOR_MS = 60_000;
