// Calls that arrive close together share one flush; each still gets its own answer.
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { grouped } from "../../src/lib/group.ts";

const window = { windowMs: 5, most: 100 };
/** A flush that notes its groups and how many ran at once, and answers each item with its double. */
function doubling({ takes = 2 }: { takes?: number } = {}) {
  const groups: number[][] = [];
  let running = 0;
  let mostAtOnce = 0;
  const flush = async (items: readonly number[]) => {
    groups.push([...items]);
    mostAtOnce = Math.max(mostAtOnce, ++running);
    await wait(takes);
    running -= 1;
    return items.map((item) => item * 2);
  };
  return { flush, groups, mostAtOnce: () => mostAtOnce };
}
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("grouped calls", () => {
  test("that arrive together share one flush and get each its own result", async () => {
    const { flush, groups } = doubling();
    const call = grouped(flush, window);
    expect(await Promise.all(numbers(10).map(call))).toEqual(numbers(10).map((n) => n * 2));
    expect(groups).toEqual([numbers(10)]);
  });

  test("are answered in order, each once, however many there are and whatever the limit", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 60 }),
        fc.integer({ min: 1, max: 20 }),
        async (count, most) => {
          const { flush, groups, mostAtOnce } = doubling({ takes: 0 });
          const call = grouped(flush, { windowMs: 1, most });
          expect(await Promise.all(numbers(count).map(call))).toEqual(numbers(count).map((n) => n * 2));
          expect(groups.flat()).toEqual(numbers(count));
          for (const group of groups) expect(group.length).toBeLessThanOrEqual(most);
          expect(mostAtOnce()).toBeLessThanOrEqual(1);
        },
      ),
      { numRuns: 40 },
    );
  });

  test("do not wait for the window when the group is full", async () => {
    const { flush } = doubling();
    const call = grouped(flush, { windowMs: 60_000, most: 3 });
    expect(await Promise.all(numbers(3).map(call))).toEqual([0, 2, 4]);
  });

  test("that arrive during a flush form the next group: never two flushes at once", async () => {
    const { flush, groups, mostAtOnce } = doubling({ takes: 30 });
    const call = grouped(flush, window);
    const first = call(1);
    await wait(15);
    const later = [call(2), call(3)];
    expect(await Promise.all([first, ...later])).toEqual([2, 4, 6]);
    expect(groups).toEqual([[1], [2, 3]]);
    expect(mostAtOnce()).toBe(1);
  });

  test("that arrive during a flush in more than one full group are all answered", async () => {
    const { flush, groups, mostAtOnce } = doubling({ takes: 20 });
    const call = grouped(flush, { windowMs: 2, most: 4 });
    const first = call(0);
    await wait(10);
    await Promise.all([first, ...numbers(10).map(call)]);
    expect(groups.slice(1).map((group) => group.length)).toEqual([4, 4, 2]);
    expect(mostAtOnce()).toBe(1);
  });

  test("whose flush fails all fail, and no other group does", async () => {
    const flush = async (items: readonly number[]) => {
      await wait(1);
      if (items.includes(2)) throw new Error("the second group broke");
      return items;
    };
    const call = grouped(flush, { windowMs: 1, most: 2 });
    const settled = await Promise.allSettled(numbers(6).map(call));
    expect(settled.map((one) => one.status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
    expect(await call(7)).toBe(7);
  });

  test("fail in the same way where the flush throws before it begins", async () => {
    const call = grouped<number, number>(() => {
      throw new Error("not even begun");
    }, window);
    await expect(call(1)).rejects.toThrow("not even begun");
    await expect(call(2)).rejects.toThrow("not even begun");
  });
});
