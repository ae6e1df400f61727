// The one place the time of day is read. Due times and leases are decided by the database's clock; this one is for display and waiting.

export interface Clock {
  /** Now, as a UTC instant in ISO 8601. */
  now(): string;
}

export const systemClock: Clock = { now: () => new Date().toISOString() };

/** Waits; cut short when `signal` aborts. */
export const sleep = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal?.addEventListener("abort", done, { once: true });
  });
