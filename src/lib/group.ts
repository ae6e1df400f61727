// Groups calls that arrive close together into one: many connections share one commit. No business words.

/**
 * Returns a function that hands its item to `flush` together with the others of the same few milliseconds and answers with
 * that item's own result. `flush` must answer in the order it was given. One flush runs at a time; what arrives meanwhile
 * forms the next group. A failed flush fails every caller of its group and no other.
 */
export function grouped<Item, Result>(
  flush: (items: readonly Item[]) => Promise<readonly Result[]>,
  { windowMs, most }: { windowMs: number; most: number },
): (item: Item) => Promise<Result> {
  type Waiting = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };
  const waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | null = null;
  let running = false;

  const run = async (): Promise<void> => {
    timer = null;
    if (running || waiting.length === 0) return;
    running = true;
    const group = waiting.splice(0, most);
    try {
      const results = await flush(group.map((entry) => entry.item));
      group.forEach((entry, index) => entry.resolve(results[index] as Result));
    } catch (error) {
      for (const entry of group) entry.reject(error);
    } finally {
      running = false;
      if (waiting.length > 0) timer ??= setTimeout(() => void run(), 0);
    }
  };

  return (item) =>
    new Promise<Result>((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      if (waiting.length >= most && !running) {
        if (timer) clearTimeout(timer);
        void run();
      } else timer ??= setTimeout(() => void run(), windowMs);
    });
}
