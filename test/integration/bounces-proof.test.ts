// What comes back is believed only where it proves to be about a message of ours (H93, H96); the whole corpus, told of real deliveries.
import { describe, expect, test } from "@jest/globals";
import { returnAddress, returnToken } from "../../src/audience/bounces/return-token.ts";
import { mailStopToken } from "../../src/audience/stop-token.ts";
import { corpus } from "../support/report-corpus.ts";
import { dsn, failed, plain } from "../support/report-mail.ts";
import { nth, said, withReturns } from "../support/returns.ts";

const { deps, states, sendAll, take, suppressedFor, free } = withReturns();

describe("what proves nothing changes nothing (H93, H96)", () => {
  test("a token of another delivery number, of another secret, or with one character changed", async () => {
    const [one, two] = await sendAll();
    if (!one || !two) throw new Error("nothing was sent");
    const forged = [
      one.returnPath.replace(/\+[0-9a-z]+(?=[0-9a-f]{24}@)/, `+${two.id.toString(36)}`),
      returnAddress("bounce@example.org", returnToken("another secret", one.id, "x")),
      one.returnPath.replace(/[0-9a-f]@/, (end) => (end === "0@" ? "1@" : "0@")),
    ];
    for (const returnPath of forged)
      expect(await take(said({ ...one, returnPath, messageId: "<x@y>" }, "5.1.1"))).toMatchObject({
        unproven: 1,
      });
    expect(await suppressedFor(one)).toBeNull();
    expect(await suppressedFor(two)).toBeNull();
  });

  test("a forged Original-Recipient: the token alone says about whom", async () => {
    const [one, victim] = (await sendAll()).slice(30);
    if (!one || !victim) throw new Error("nothing was sent");
    await take(dsn(one, { recipients: [failed(victim.to, "5.1.1", "550 unknown")] }));
    expect(await suppressedFor(victim)).toBeNull();
    expect(await suppressedFor(one)).toBe("hard-bounce");
    await free(one);
  });

  test("a message to stop works by its token alone, whoever it says it is from", async () => {
    const [one, other] = (await sendAll()).slice(40);
    if (!one || !other) throw new Error("nothing was sent");
    const mail = (token: string) =>
      plain([`From: ${one.to}`, `To: <unsubscribe+${token}@example.org>`, "Subject: unsubscribe"], "stop");
    expect(
      await take(mail(mailStopToken("another secret", one.subscriberId)), mail("x".repeat(20))),
    ).toMatchObject({ stopped: 0, unproven: 2 });
    expect(await suppressedFor(one)).toBeNull();
    expect(await take(mail(mailStopToken(deps().secret, other.subscriberId).toUpperCase()))).toMatchObject({
      stopped: 1,
    });
    expect(await suppressedFor(other)).toBe("mail");
    expect(`unsubscribe+${mailStopToken(deps().secret, other.subscriberId)}`).toHaveLength(64);
    await free(other);
  });
});

test("every specimen of the corpus, told of a real delivery, comes to what it should", async () => {
  const sent = await sendAll();
  const wrong: string[] = [];
  for (const [at, { name }] of corpus(nth(sent, 0)).entries()) {
    const one = nth(sent, at);
    const specimen = corpus(one)[at];
    if (!specimen) throw new Error("the corpus changed");
    const taken = await take(specimen.bytes);
    const suppressed = (await suppressedFor(one)) !== null;
    const counted = Object.entries(taken.kinds).find(([, count]) => count > 0)?.[0];
    const came = counted ?? (taken.stopped ? "stop" : taken.unproven ? "unproven" : "none");
    const silences = ["hard", "complaint", "stop"].includes(came);
    if (came !== specimen.says || silences !== suppressed)
      wrong.push(`${name}: ${came}, not ${specimen.says}`);
    await free(one);
  }
  expect(wrong).toEqual([]);
  expect(await states()).toEqual({ accepted: sent.length });
});
