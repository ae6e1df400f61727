// Tokens of links and of addresses: for one purpose, one person, one list, until their time; turned by one bit, for nobody (SEC28, H94, H96).
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type LinkPurpose, linkToken, readLink } from "../../src/audience/link-token.ts";
import { mailStopToken, readStopToken, stopAddress, stopToken } from "../../src/audience/stop-token.ts";
import { fromBase32, toBase32 } from "../../src/lib/base32.ts";

const secret = "a secret of at least thirty-two characters";
const uuid = fc.uuid();
const PURPOSES: LinkPurpose[] = ["confirm", "still", "preferences", "everything"];
const list = fc.stringMatching(/^[a-z][a-z0-9-]{0,30}$/);

function* oneBitTurned(token: string): Generator<string> {
  for (let at = 0; at < token.length; at += 1)
    for (let bit = 0; bit < 7; bit += 1) {
      const bytes = Buffer.from(token, "latin1");
      bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
      yield bytes.toString("latin1");
    }
}

describe("a link's token", () => {
  test("opens its own purpose and no other", () => {
    fc.assert(
      fc.property(uuid, fc.constantFrom(...PURPOSES), fc.constantFrom(...PURPOSES), (id, made, asked) =>
        expect(readLink(secret, asked, linkToken(secret, made, id))).toBe(made === asked ? id : null),
      ),
    );
  });

  test("with a time is good until then and not after, and its time cannot be changed", () => {
    fc.assert(
      fc.property(uuid, fc.integer({ min: 1_000_000, max: 4e12 }), (id, until) => {
        const token = linkToken(secret, "everything", id, until);
        expect(readLink(secret, "everything", token, until - 2_000)).toBe(id);
        expect(readLink(secret, "everything", token, until + 1_000)).toBeNull();
        const later = (Math.floor(until / 1_000) + 9_999).toString(36);
        expect(readLink(secret, "everything", token.replace(/\.[^.]+\./, `.${later}.`), until)).toBeNull();
        expect(readLink(secret, "everything", token.replace(/\.[^.]+\./, "."), until)).toBeNull();
      }),
    );
  });

  test("with any one bit turned, at every place, opens nothing", () => {
    const id = "0198f3a2-7c51-7abc-8def-0123456789ab";
    for (const token of [linkToken(secret, "preferences", id), linkToken(secret, "preferences", id, 9e12)])
      for (const turned of oneBitTurned(token)) expect(readLink(secret, "preferences", turned)).toBeNull();
  });

  test("any other text opens nothing and never throws", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) =>
        expect(readLink(secret, "confirm", text)).toBeNull(),
      ),
    );
  });
});

describe("a stop link's list", () => {
  test("is the one it was made for; with the signature of another list it stops nobody", () => {
    fc.assert(
      fc.property(uuid, list, list, (subscriberId, listKey, other) => {
        const token = stopToken(secret, subscriberId, listKey);
        expect(readStopToken(secret, token)).toEqual({ subscriberId, listKey });
        fc.pre(other !== listKey);
        expect(readStopToken(secret, token.replace(`.${listKey}.`, `.${other}.`))).toBeNull();
        expect(readStopToken(secret, token.replace(`.${listKey}.`, "."))).toBeNull();
      }),
    );
  });

  test("with any one bit turned, at every place, stops nobody", () => {
    for (const turned of oneBitTurned(stopToken(secret, "0198f3a2-7c51-7abc-8def-0123456789ab", "news")))
      expect(readStopToken(secret, turned)).toBeNull();
  });
});

describe("the token of an address (H96)", () => {
  test("fits before the @, and capitals lost or made on the way change nothing", () => {
    fc.assert(
      fc.property(uuid, (id) => {
        const address = stopAddress(secret, id, "bellman@example.org");
        const [local = "", domain] = address.split("@");
        expect(local.length).toBeLessThanOrEqual(64);
        expect(domain).toBe("example.org");
        const token = local.slice("unsubscribe+".length);
        for (const written of [token, token.toUpperCase()])
          expect(readStopToken(secret, written)).toEqual({ subscriberId: id, listKey: null });
      }),
    );
  });

  test("with any one letter changed, at every place, stops nobody", () => {
    const id = "0198f3a2-7c51-7abc-8def-0123456789ab";
    const token = mailStopToken(secret, id);
    for (let at = 0; at < token.length; at += 1)
      for (const letter of "abcdefghijklmnopqrstuvwxyz234567 0189=+")
        if (letter !== token[at])
          expect(readStopToken(secret, token.slice(0, at) + letter + token.slice(at + 1))).toBeNull();
  });

  test("of another person, another secret, cut or longer stops nobody", () => {
    fc.assert(
      fc.property(uuid, uuid, fc.integer({ min: 1, max: 51 }), (mine, theirs, cut) => {
        fc.pre(mine !== theirs);
        const [a, b] = [mailStopToken(secret, mine), mailStopToken(secret, theirs)];
        for (const wrong of [b.slice(0, 26) + a.slice(26), a.slice(cut), a.slice(0, -cut), `${a}a`, `${a}\n`])
          expect(readStopToken(secret, wrong)).toBeNull();
        expect(readStopToken(`${secret}.`, a)).toBeNull();
      }),
    );
  });
});

describe("letters and figures for bytes", () => {
  test("come back as they were, and each text stands for one value", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const text = toBase32(bytes);
        expect(fromBase32(text)).toEqual(Buffer.from(bytes));
        for (const letter of "abcdefghijklmnopqrstuvwxyz234567") {
          const other = text.slice(0, -1) + letter;
          if (text !== "" && other !== text) expect(fromBase32(other)?.equals(bytes) ?? false).toBe(false);
        }
      }),
    );
  });

  test("as RFC 4648 has it", () => {
    expect(toBase32(Buffer.from("foobar"))).toBe("mzxw6ytboi");
  });
});
