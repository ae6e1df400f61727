// The way out that every message carries: works without a login, and only for the person it was made for.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { emailHash, stopToken, subscriberOf } from "../../src/audience/stop-token.ts";

const secret = "a secret of at least thirty-two characters";
const uuid = fc.uuid();

describe("a stop link's token", () => {
  test("leads back to the person it was made for", () => {
    fc.assert(fc.property(uuid, (id) => expect(subscriberOf(secret, stopToken(secret, id))).toBe(id)));
  });

  test("is the same each time: a link in an old message still works", () => {
    fc.assert(fc.property(uuid, (id) => expect(stopToken(secret, id)).toBe(stopToken(secret, id))));
  });

  test("with any one bit turned leads to nobody", () => {
    fc.assert(
      fc.property(uuid, fc.nat(), fc.nat(7), (id, at, bit) => {
        const bytes = Buffer.from(stopToken(secret, id), "latin1");
        const i = at % bytes.length;
        bytes[i] = (bytes[i] ?? 0) ^ (1 << bit);
        expect(subscriberOf(secret, bytes.toString("latin1"))).toBeNull();
      }),
      { numRuns: 2_000 },
    );
  });

  test("never works for another person", () => {
    fc.assert(
      fc.property(uuid, uuid, (mine, theirs) => {
        fc.pre(mine !== theirs);
        const signature = stopToken(secret, mine).split(".")[1] ?? "";
        expect(subscriberOf(secret, `${theirs}.${signature}`)).toBeNull();
      }),
    );
  });

  test("never works under another secret", () => {
    fc.assert(
      fc.property(uuid, fc.string(), (id, other) => {
        fc.pre(other !== secret);
        expect(subscriberOf(secret, stopToken(other, id))).toBeNull();
      }),
    );
  });

  test("cannot be made from the hash under which an address is suppressed", () => {
    fc.assert(
      fc.property(uuid, (id) => expect(subscriberOf(secret, `${id}.${emailHash(secret, id)}`)).toBeNull()),
    );
  });

  test("cut short, made longer, in capitals or with a line end leads to nobody", () => {
    fc.assert(
      fc.property(uuid, fc.integer({ min: 1, max: 100 }), (id, cut) => {
        const token = stopToken(secret, id);
        for (const wrong of [
          token.slice(0, -cut),
          token.slice(cut),
          `${token}0`,
          ` ${token}`,
          `${token}\n`,
          token.toUpperCase(),
        ])
          if (wrong !== token) expect(subscriberOf(secret, wrong)).toBeNull();
      }),
    );
  });

  test("that is any other text leads to nobody and never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => expect(subscriberOf(secret, text)).toBeNull()),
    );
  });
});

describe("the hash of an address", () => {
  test("is the same however the address is written, and tells nothing of it", () => {
    const hash = emailHash(secret, "ann@police.example.org");
    expect(emailHash(secret, "  ANN@Police.Example.org ")).toBe(hash);
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
  });

  test("is another one for another address or another secret", () => {
    fc.assert(
      fc.property(fc.emailAddress(), fc.emailAddress(), (a, b) => {
        fc.pre(a.toLowerCase() !== b.toLowerCase());
        expect(emailHash(secret, a)).not.toBe(emailHash(secret, b));
        expect(emailHash(secret, a)).not.toBe(emailHash(`${secret}.`, a));
      }),
    );
  });
});
