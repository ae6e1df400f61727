// Work on many items, so many at once.
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { eachAtOnce } from "../../src/lib/pool.ts";

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);

describe("working on each of many items", () => {
  test("does every one exactly once and never more than so many together", async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.integer({ min: 1, max: 12 }), async (count, most) => {
        const done: number[] = [];
        let running = 0;
        let together = 0;
        await eachAtOnce(numbers(count), most, async (item) => {
          together = Math.max(together, ++running);
          await wait(item % 3);
          running -= 1;
          done.push(item);
        });
        expect(done.sort((a, b) => a - b)).toEqual(numbers(count));
        expect(together).toBe(Math.min(most, count)); // and as many as are allowed
      }),
      { numRuns: 25 },
    );
  });

  test("begins them in their order", async () => {
    const begun: number[] = [];
    await eachAtOnce(numbers(20), 4, async (item) => {
      begun.push(item);
      await wait(1);
    });
    expect(begun).toEqual(numbers(20));
  });

  test("throws the first failure, and only after all the others have ended", async () => {
    const ended: number[] = [];
    const work = async (item: number) => {
      await wait(item === 1 ? 1 : 10);
      ended.push(item);
      if (item === 1 || item === 4) throw new Error(`item ${item} broke`);
    };
    await expect(eachAtOnce(numbers(8), 3, work)).rejects.toThrow("item 1 broke");
    expect(ended.sort()).toEqual(numbers(8));
  });

  test("of nothing is done at once", async () => {
    await expect(eachAtOnce([], 5, () => Promise.reject(new Error("never")))).resolves.toBeUndefined();
  });
});
