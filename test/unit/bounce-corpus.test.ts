// What comes back, read without a database: a corpus of reports as many systems write them, and whatever chance makes of them (H93).
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readReport } from "../../src/audience/bounces/read-report.ts";
import {
  claimedBy,
  isFor,
  returnAddress,
  returnToken,
  tokensIn,
} from "../../src/audience/bounces/return-token.ts";
import { judge } from "../../src/domain/bounce-kind.ts";
import { BOUNCE_KINDS } from "../../src/domain/bounce-kind.ts";
import { messageIdLocal } from "../../src/lib/message-id.ts";
import { corpus, nested, type Specimen } from "../support/report-corpus.ts";
import { dsn, failed } from "../support/report-mail.ts";

const SECRET = "0123456789012345678901234567890123456789";
const KEY = "communication/email/subscriber";
const ours = {
  returnPath: returnAddress("bounce@news.example.org", returnToken(SECRET, 4711, KEY)),
  messageId: `<${messageIdLocal(KEY)}@news.example.org>`,
  reference: "SA-2026-0001",
  to: "ann@example.com",
  stopLink: `https://news.example.org/stop/${"0".repeat(8)}-0000-7000-8000-${"0".repeat(12)}.${"0".repeat(64)}`,
};
const specimens = corpus(ours);

/** Whether a report proves to be ours, by what it carries alone. */
const proves = (about: {
  tokens: readonly string[];
  messageId: string | null;
  reference: string | null;
}): boolean =>
  about.tokens.some((token) => claimedBy(token) === 4711 && isFor(SECRET, token, KEY)) ||
  (about.messageId === messageIdLocal(KEY) && about.reference === ours.reference);

async function says({ bytes }: Pick<Specimen, "bytes">): Promise<string> {
  const report = await readReport({ bytes });
  if (report.kind === "none") return "none";
  if (report.kind === "unsubscribe") return "stop";
  if (!proves(report.about)) return "unproven";
  if (report.kind === "feedback") return report.wish === "complaint" ? "complaint" : "stop";
  const named = report.recipients.filter(({ addresses }) => addresses.includes(ours.to));
  const kinds = (named.length > 0 ? named : report.recipients).map((one) => judge(one)?.kind ?? "delayed");
  const order = ["delivered", "delayed", "soft", "policy", "hard"];
  return kinds.sort((a, b) => order.indexOf(a) - order.indexOf(b))[0] ?? "none";
}

describe(`of ${specimens.length} messages that came back`, () => {
  test("there are at least forty, each with a name of its own", () => {
    expect(specimens.length).toBeGreaterThanOrEqual(40);
    expect(new Set(specimens.map(({ name }) => name)).size).toBe(specimens.length);
  });

  test.each(specimens)("$name: $says", async (specimen) => {
    expect(await says(specimen)).toBe(specimen.says);
  });
});

test("a report of 50 MB is read by its first MiB, in a moment", async () => {
  const small = dsn(ours, {
    recipients: [failed(ours.to, "5.1.1", "550 unknown")],
    returned: "Content-Type: message/rfc822\n\nSubject: long\n\nHello",
  });
  const bytes = Buffer.concat([small.subarray(0, -20), Buffer.alloc(50_000_000, "x")]);
  const began = performance.now();
  expect(await says({ bytes })).toBe("hard");
  expect(performance.now() - began).toBeLessThan(2_000);
});

test.each([21, 100, 5_000])("%i parts inside each other are not unravelled", async (depth) => {
  expect(await readReport({ bytes: nested(depth) })).toEqual({ kind: "none", why: "unreadable" });
});

test("whom the mail system names counts like the header it did not write", async () => {
  const bytes = dsn(
    { ...ours, returnPath: "x@example.org" },
    { recipients: [failed(ours.to, "5.1.1", "")], returned: null },
  );
  expect(await readReport({ bytes })).toMatchObject({ about: { tokens: [] } });
  expect(await readReport({ bytes, envelope: [ours.returnPath] })).toMatchObject({
    about: { tokens: tokensIn(ours.returnPath) },
  });
});

describe("a return address", () => {
  test("fits before the @ at any number of a delivery, and says which", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.string({ minLength: 1 }),
        (id, key) => {
          const token = returnToken(SECRET, id, key);
          const address = returnAddress("b".repeat(28) + "@example.org", token);
          expect(address.lastIndexOf("@")).toBeLessThanOrEqual(64);
          expect(tokensIn(address.toUpperCase())).toEqual([token]);
          expect(claimedBy(token)).toBe(id);
          expect(isFor(SECRET, token, key)).toBe(true);
          expect(isFor(SECRET, token, `${key}.`)).toBe(false);
        },
      ),
    );
  });

  test("with one character changed is nobody's", () => {
    const token = returnToken(SECRET, 4711, KEY);
    for (let at = token.length - 24; at < token.length; at += 1) {
      const other = token.slice(0, at) + (token[at] === "0" ? "1" : "0") + token.slice(at + 1);
      expect(isFor(SECRET, other, KEY)).toBe(false);
    }
  });
});

describe("whatever comes", () => {
  test("bytes of chance are read without an error and prove nothing", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 3_000 }), async (bytes) => {
        expect(["none", "unproven"]).toContain(await says({ bytes: Buffer.from(bytes) }));
      }),
      { numRuns: 200 },
    );
  });

  test("a specimen with bytes changed, lost or doubled is read without an error, and with its proof broken proves nothing", async () => {
    const change = fc.record({
      which: fc.nat(specimens.length - 1),
      cuts: fc.array(fc.record({ at: fc.nat(), take: fc.nat(80), put: fc.uint8Array({ maxLength: 40 }) }), {
        maxLength: 6,
      }),
    });
    await fc.assert(
      fc.asyncProperty(change, async ({ which, cuts }) => {
        let bytes = specimens[which]?.bytes ?? Buffer.alloc(0);
        for (const { at, take, put } of cuts) {
          const from = at % (bytes.length + 1);
          bytes = Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(from + take)]);
        }
        const said = await says({ bytes });
        expect([...BOUNCE_KINDS, "none", "unproven", "stop"]).toContain(said);
        const broken = Buffer.from(
          bytes.toString("latin1").replace(/[0-9a-f]{20}/gi, "0".repeat(20)),
          "latin1",
        );
        expect(["none", "unproven"]).toContain(await says({ bytes: broken }));
      }),
      { numRuns: 400 },
    );
  });
});
