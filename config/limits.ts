// Policy numbers, each with where it comes from. No number of this kind is typed anywhere else.

/** Deliveries in one batch: per-recipient jobs are the wrong grain on PostgreSQL (RELIABILITY 0.1(9): 100-500). */
export const BATCH_SIZE = 500;

/** How many subscribers one transaction of a freeze goes through: a kill costs a stretch, not the audience (S8). */
export const FREEZE_STRETCH = 50_000;

/** Fewer people than this in the first stretch, and the rest is taken in one: it costs no more than a look at the list. */
export const FREEZE_NARROW = 2_500;

/** A worker's lease by the database's clock. Short, so that what a killed worker held waits little: with the sweep, 6 s (G3: 10). */
export const LEASE_SECONDS = 5;

/** How often a living worker renews its lease: five chances before it ends. */
export const BEAT_MS = 1_000;

/** How long a claim's answer is waited for before what nobody holds is given back; the gate knows an older claim by its fence. In ms. */
export const CLAIM_ANSWER_MS = 2_000;

/** The sweeper's beat. What is due waits no longer than this (G6: p99 within 5 s of due, urgent within 2 s). */
export const SWEEP_SECONDS = 1;

/** How often a worker that nobody rang looks for work by itself: a lost queue is a delay of this, not of a minute. */
export const POLL_MS = 1_000;

/** How often a worker looks for releases and renditions nobody rang for, and how long they have lain by then. */
export const LOOKOUT_MS = 5_000;

/** Jobs that lose their rings are rung again under an id of their own for this long. In seconds (D2: missing for > 30 s). */
export const RING_AGAIN_SECONDS = 30;

/** A batch is split once this many workers died with it, into this many parts, until the delivery at fault is alone (R3). */
export const DEATHS_BEFORE_SPLIT = 3;
export const SPLIT_INTO = 8;

/**
 * "Not taken" is believed only when a delivery has been in doubt for this long: the last bytes of a killed worker may still be
 * on their way to the relay, which answers a look-up by what it has finished. In seconds.
 */
export const DOUBT_SETTLES_SECONDS = 10;

/** A delivery that was put off this often is given up as dead and shown: 1+5+15+60+60… minutes, about a day (X2). */
export const MOST_ATTEMPTS = 24;

/** Messages one batch has under way at once; as many as one worker opens connections to a relay. */
export const SENDING_AT_ONCE = 160;

/** Batches of one channel and lane a worker has at once: the next one fills the connections the last messages leave idle. */
export const BATCHES_AT_ONCE = 2;

/** One commit for all gates of these milliseconds (RELIABILITY 0.3 D4: 5-10 ms); a message waits for its gate. */
export const GATE_WINDOW_MS = 5;

/** Commits of one process's gate under way at once: while one waits for the disk the next is gathered and asked. */
export const GATES_AT_ONCE = 2;

/**
 * A passage through the gate is good for this long from when it was asked for, by the process's own monotonic clock. Shorter than a
 * lease: before anybody can have taken over what it let through. In ms.
 */
export const PASSAGE_GOOD_MS = 4_000;

/** At most this many messages share one commit. */
export const GATE_MOST = 500;

/** Where no later gate takes the results along, they are written after this long. */
export const RECORD_WINDOW_MS = 20;

/** What failed for a reason of ours or the relay's is looked at again after this long. In seconds. */
export const TRY_AGAIN_SECONDS = 5;

/**
 * A dispatch is paused for its owner when at least `sample` of its deliveries ended and this share was
 * refused (C5: 5 % hard; R2: 1 % or 50 in all), or when the relay would not take the message itself this often (X4).
 */
export const PAUSE_AT = { sample: 100, refused: 0.05, missing: 0.01, missingMany: 50, policy: 20 } as const;

/** RFC 5321 4.5.3.2 lets a server take minutes before its final reply; cutting that short makes doubt. In ms. */
export const SMTP_TIMEOUTS = { connect: 10_000, greeting: 10_000, idle: 600_000 } as const;

/** Connections one worker opens to one relay, as many as there is work for (DESIGN section 7: 80-160 measured best). */
export const SMTP_CONNECTIONS = 160;

/** A connection nobody used for this long is ended; relays end theirs after 5 minutes (RFC 5321 4.5.3.2.7). */
export const SMTP_IDLE_MS = 60_000;

/** After the relay turned down one more connection, it is not asked for another this long: it has its own limit. */
export const SMTP_NARROW_MS = 30_000;

/** The circuit breaker of a relay (X1): so many failures in a row open it, and it is tried again after 1 s … 60 s. */
export const BREAKER = { failures: 5, firstMs: 1_000, mostMs: 60_000 } as const;

/** No batch waits longer than this for its next try: what is put off, or turned down by policy, waits an hour (X2, X4). In seconds. */
export const LONGEST_WAIT_SECONDS = 7_200;

/** A message that the relay's policy turned down (X4) is not offered again sooner: somebody has to look first. */
export const POLICY_WAIT_SECONDS = 3_600;

/** What one rendition may take in its thread (R3); a real one takes a tenth of a second. The thread ends when idle for idleMs. */
export const RENDER_LIMITS = { ms: 20_000, megabytes: 256, idleMs: 10_000 } as const;

/** X's published weighted limit; the sandbox timeline counts as X does (twitter-text's own configuration v3). */
export const POST_LIMIT = 280;

/** GOV.UK's own file size guidance keeps a page small; Gmail clips an email at 102 kB, so a rendition must stay below. */
export const EMAIL_HTML_BYTES = 100_000;

/** A clock that moved by more than this against the monotonic one jumped: nothing is claimed (RELIABILITY 0.3 D6). */
export const CLOCK_DRIFT_MS = 2_000;

/** Further apart than this, app and database do not work together (RELIABILITY 0.3 D6). */
export const CLOCKS_APART_MS = 30_000;

/** A clock is judged against where it was up to this long ago: a time server may slew it by 30 ms a minute, never by 2 s. */
export const CLOCK_ANCHOR_MS = 60_000;

/**
 * A process that is started before its database or queue, as after a reboot, asks for them this often and for this long (W2: services
 * start in any order and wait for each other). In ms.
 */
export const START_WAIT = { againMs: 2_000, mostMs: 300_000 } as const;

/** How long the journal beside the database is kept: longer than any backup one would restore. In days. */
export const JOURNAL_DAYS = 31;

/** How long a process that is asked to stop waits for what has passed the gate; the rest is in doubt (X18: out within 30 s). In ms. */
export const STOP_WITHIN_MS = 25_000;
