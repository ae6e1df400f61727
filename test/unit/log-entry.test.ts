// How a line of the record is written down, and that no tampering with the chain goes unseen.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  bodyOf,
  canonical,
  faultIn,
  GENESIS,
  hashedText,
  type LogValue,
  type StoredEntry,
} from "../../src/domain/log-entry.ts";
import { sha256 } from "../../src/lib/hash.ts";

/** What JSON can carry. -0 is left out: JSON has no such number and writes 0. */
const jsonValue = fc
  .jsonValue()
  .filter((value) => !JSON.stringify(value).includes("-0")) as fc.Arbitrary<LogValue>;

/** The same value with the keys of every object in another order. */
function turned(value: LogValue): LogValue {
  if (Array.isArray(value)) return value.map(turned);
  if (value === null || typeof value !== "object") return value;
  const entries = Object.entries(value as Record<string, LogValue>).reverse();
  return Object.fromEntries(entries.map(([name, item]) => [name, turned(item)]));
}

describe("canonical JSON", () => {
  test("never depends on the order in which keys were given", () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(canonical(turned(value))).toBe(canonical(value));
      }),
    );
  });

  test("can be read back to the same value", () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(JSON.parse(canonical(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("writes the same again after it has been read", () => {
    fc.assert(
      fc.property(jsonValue, (value) => {
        expect(canonical(JSON.parse(canonical(value)) as LogValue)).toBe(canonical(value));
      }),
    );
  });

  test("leaves out what is undefined, at every depth", () => {
    const value = { b: 1, a: undefined, c: { d: undefined, e: [{ f: undefined }] } } as unknown as LogValue;
    expect(canonical(value)).toBe('{"b":1,"c":{"e":[{}]}}');
  });

  test("has no spaces and sorts by code unit, as an outsider's tool can repeat", () => {
    expect(canonical({ b: [1, true, null], a: 'é"\n', B: "x" })).toBe(
      '{"B":"x","a":"é\\"\\n","b":[1,true,null]}',
    );
  });

  test("keeps a line on one line whatever its reason says", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (why) => {
        expect(bodyOf({ kind: "campaign.planned", actor: "bellman", why })).not.toMatch(/[\n\r]/);
      }),
    );
  });
});

const LENGTH = 50;
const part = fc.record({
  at: fc
    .integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 })
    .map((ms) => new Date(ms).toISOString().replace("Z", "000Z")),
  actor: fc.constantFrom("bellman", "maya.okafor@council.example.org"),
  facts: fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.oneof(fc.integer(), fc.string(), fc.boolean()), {
    maxKeys: 3,
  }),
});
/** A sound chain of 50 entries. */
const chain: fc.Arbitrary<StoredEntry[]> = fc
  .array(part, { minLength: LENGTH, maxLength: LENGTH })
  .map((parts) =>
    parts.reduce<StoredEntry[]>((made, { at, actor, facts }) => {
      const seq = made.length + 1;
      const body = bodyOf({ kind: "deliveries.recorded", actor, facts });
      return [...made, sealed({ seq, at, body, prevHash: made.at(-1)?.hash ?? GENESIS })];
    }, []),
  );
const sealed = (entry: Omit<StoredEntry, "hash">): StoredEntry => ({
  ...entry,
  hash: sha256(hashedText(entry)),
});
const place = fc.integer({ min: 0, max: LENGTH - 1 });

/** The first fault of a chain as an outsider meets it, from the beginning. */
function firstFault(entries: readonly StoredEntry[]): string | null {
  let before: StoredEntry | null = null;
  for (const entry of entries) {
    const fault = faultIn(entry, before, sha256);
    if (fault) return fault;
    before = entry;
  }
  return null;
}
const replaced = (entries: readonly StoredEntry[], at: number, entry: StoredEntry) =>
  entries.map((kept, i) => (i === at ? entry : kept));
const entryAt = (entries: readonly StoredEntry[], at: number): StoredEntry => entries[at] as StoredEntry;

describe("the chain of entries", () => {
  test("has no fault as it was written", () => {
    fc.assert(
      fc.property(chain, (entries) => expect(firstFault(entries)).toBeNull()),
      { numRuns: 20 },
    );
  });

  const otherHash = fc.stringMatching(/^[0-9a-f]{64}$/);
  const changes = {
    seq: fc.integer({ min: 0, max: 200 }),
    at: fc.constantFrom("2026-11-25T09:00:00.000001Z", ""),
    body: fc.string(),
    prevHash: otherHash,
    hash: otherHash,
  } satisfies Record<keyof StoredEntry, fc.Arbitrary<string | number>>;

  test.each(Object.entries(changes))(
    "shows a changed %s, and where",
    (field, value: fc.Arbitrary<string | number>) => {
      fc.assert(
        fc.property(chain, place, value, (entries, at, changed) => {
          const entry = entryAt(entries, at);
          fc.pre(entry[field as keyof StoredEntry] !== changed);
          const fault = firstFault(replaced(entries, at, { ...entry, [field]: changed }));
          expect(fault).toMatch(new RegExp(`^Entry ${at + 1} `));
        }),
        { numRuns: 50 },
      );
    },
  );

  test("shows one changed character of a body, by the number of its entry", () => {
    fc.assert(
      fc.property(chain, place, fc.nat(), (entries, at, letter) => {
        const entry = entryAt(entries, at);
        const i = letter % entry.body.length;
        const body = entry.body.slice(0, i) + (entry.body[i] === "x" ? "y" : "x") + entry.body.slice(i + 1);
        expect(firstFault(replaced(entries, at, { ...entry, body }))).toBe(
          `Entry ${at + 1} was changed after it was written.`,
        );
      }),
      { numRuns: 50 },
    );
  });

  test("shows an entry that was rewritten with a fitting hash of its own, at the one after it", () => {
    fc.assert(
      fc.property(chain, fc.integer({ min: 0, max: LENGTH - 2 }), (entries, at) => {
        const forged = sealed({ ...entryAt(entries, at), body: '{"forged":true}' });
        expect(firstFault(replaced(entries, at, forged))).toBe(
          `Entry ${at + 2} does not continue from entry ${at + 1}.`,
        );
      }),
      { numRuns: 50 },
    );
  });

  test("shows a removed entry", () => {
    fc.assert(
      fc.property(chain, fc.integer({ min: 0, max: LENGTH - 2 }), (entries, at) => {
        const fault = firstFault(entries.filter((_, i) => i !== at));
        expect(fault).toBe(`Entry ${at + 1} is missing: after ${at} comes ${at + 2}.`);
      }),
      { numRuns: 50 },
    );
  });

  test("shows a removed entry although the rest was numbered anew", () => {
    fc.assert(
      fc.property(chain, fc.integer({ min: 0, max: LENGTH - 2 }), (entries, at) => {
        const closed = entries.filter((_, i) => i !== at).map((entry, i) => ({ ...entry, seq: i + 1 }));
        expect(firstFault(closed)).toMatch(new RegExp(`^Entry ${at + 1} `));
      }),
      { numRuns: 50 },
    );
  });

  test("shows two swapped entries, with their numbers or without", () => {
    fc.assert(
      fc.property(chain, place, place, fc.boolean(), (entries, i, j, keepNumbers) => {
        fc.pre(i !== j);
        const [a, b] = [entryAt(entries, i), entryAt(entries, j)];
        const swapped = entries.map((entry, at) => (at === i ? b : at === j ? a : entry));
        const shown = keepNumbers ? swapped.map((entry, at) => ({ ...entry, seq: at + 1 })) : swapped;
        expect(firstFault(shown)).not.toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  test("shows an inserted entry, even one that fits what is before it", () => {
    fc.assert(
      fc.property(chain, place, (entries, at) => {
        const prevHash = entries[at - 1]?.hash ?? GENESIS;
        const extra = sealed({ seq: at + 1, at: "2026-11-25T09:00:00.000001Z", body: "{}", prevHash });
        const longer = [...entries.slice(0, at), extra, ...entries.slice(at)];
        const numbered = longer.map((entry, i) => ({ ...entry, seq: i + 1 }));
        expect(firstFault(longer)).not.toBeNull();
        expect(firstFault(numbered)).not.toBeNull();
      }),
      { numRuns: 50 },
    );
  });

  test("cannot show that its end was cut off: for that, compare the last hash with one kept elsewhere", () => {
    fc.assert(
      fc.property(chain, place, (entries, at) => expect(firstFault(entries.slice(0, at))).toBeNull()),
      {
        numRuns: 10,
      },
    );
  });
});
