// The short public reference: read out on the telephone, typed from a leaflet.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { referenceFrom } from "../../src/domain/reference.ts";

const bytes = fc.uint8Array({ minLength: 8, maxLength: 16 });

describe("a reference", () => {
  test("always reads BM, four signs, four signs", () => {
    fc.assert(
      fc.property(bytes, (random) => {
        expect(referenceFrom(random)).toMatch(/^BM-[2-9A-Z]{4}-[2-9A-Z]{4}$/);
      }),
    );
  });

  test("holds no vowel and no sign that is mistaken for another", () => {
    fc.assert(
      fc.property(bytes, (random) => {
        expect(referenceFrom(random).slice(3)).not.toMatch(/[AEIOU01S58B]/);
      }),
    );
  });

  test("is the same for the same bytes, and looks at the first eight only", () => {
    fc.assert(
      fc.property(bytes, (random) => {
        expect(referenceFrom(random)).toBe(referenceFrom(random.slice(0, 8)));
      }),
    );
  });

  test("is another one where one of its bytes is another sign", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 8, maxLength: 8 }),
        fc.nat(7),
        fc.integer({ min: 1, max: 24 }),
        (a, i, step) => {
          const b = Uint8Array.from(a, (byte, at) => (at === i ? ((byte % 25) + step) % 25 : byte % 25));
          expect(referenceFrom(b)).not.toBe(referenceFrom(a));
        },
      ),
    );
  });

  test("uses each of its 25 signs", () => {
    const first = Array.from({ length: 25 }, (_, i) => referenceFrom(new Uint8Array(8).fill(i)).charAt(3));
    expect(new Set(first).size).toBe(25);
  });

  test.each([0, 1, 7])("is not made of %i bytes: too few to be unique", (length) => {
    expect(() => referenceFrom(new Uint8Array(length))).toThrow(RangeError);
  });
});
