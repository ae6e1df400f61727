// The circuit breaker of a relay, moment by moment; and which relay carries a message while one of them rests.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { BREAKER } from "../../config/limits.ts";
import type { Sent } from "../../src/channels/channel.ts";
import { ask, type Breaker, CLOSED, failed, restMs, worked } from "../../src/channels/email/breaker.ts";
import type { Relay } from "../../src/channels/email/relay.ts";
import { openRelays } from "../../src/channels/email/relays.ts";
import { accepted, deferred, unavailable, unknown } from "../../src/domain/outcome.ts";

const after = (failures: number, now = 0, random = 0): Breaker => {
  let breaker = CLOSED;
  for (let i = 0; i < failures; i += 1) breaker = failed(breaker, now, random);
  return breaker;
};

describe("a breaker", () => {
  test("lets everything through until so many failures came in a row", () => {
    expect(ask(after(BREAKER.failures - 1), 0).may).toBe(true);
    expect(ask(after(BREAKER.failures), 0).may).toBe(false);
    expect(worked(after(BREAKER.failures - 1))).toEqual(CLOSED);
  });

  test("lets exactly one message try, when its rest is over", () => {
    const open = after(BREAKER.failures);
    expect(ask(open, restMs(open, 0) - 1).may).toBe(false);
    const first = ask(open, restMs(open, 0));
    expect(first.may).toBe(true);
    expect(ask(first.breaker, 1_000_000).may).toBe(false);
    expect(worked(first.breaker)).toEqual(CLOSED);
  });

  test("rests longer each time the one that tried came back, from 1 s to at most 60 s", () => {
    let breaker = after(BREAKER.failures);
    const rests: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      rests.push(restMs(breaker, 0) / 1_000);
      breaker = failed(ask(breaker, Number.MAX_SAFE_INTEGER).breaker, 0, 0);
    }
    expect(rests).toEqual([1, 2, 4, 8, 16, 30, 30, 30, 30]);
  });

  test("rests between 1 s and 60 s whatever chance says, and is not kept open by latecomers", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.double({ min: 0, max: 0.999, noNaN: true }), (times, random) => {
        let breaker = after(BREAKER.failures, 0, random);
        for (let i = 0; i < times; i += 1) breaker = failed(ask(breaker, 1e15).breaker, 0, random);
        expect(restMs(breaker, 0)).toBeGreaterThanOrEqual(1_000);
        expect(restMs(breaker, 0)).toBeLessThanOrEqual(60_000);
        expect(failed(breaker, 5, random)).toEqual(breaker);
        expect(worked(breaker)).toEqual(breaker);
      }),
    );
  });
});

describe("two relays", () => {
  const envelope = { from: "a@x.test", to: "b@x.test", messageId: "<1@x.test>" };
  const message = { head: [], tail: "", isAscii: true };
  const yes = () => Promise.resolve(true);
  const down = unavailable("relay-not-reached", "not-reached");

  /** Both with what they answer from now on, whether they ask the gate, and how often each was asked. */
  function pair(first: () => Sent, second: () => Sent = () => accepted("second"), asksGate = false) {
    const asked = { first: 0, second: 0 };
    const clock = { now: 0 };
    const relay = (name: "first" | "second", answer: () => Sent): Relay => ({
      send: async (_envelope, _message, gate) => {
        asked[name] += 1;
        if (asksGate) await gate();
        return answer();
      },
      close: () => undefined,
    });
    const both = { first: relay("first", first), second: relay("second", second) };
    const nature = { now: () => clock.now, random: () => 0 };
    const relays = openRelays(["first", "second"], nature, (url) => both[url as "first" | "second"]);
    return { send: () => relays.send(envelope, message, yes), asked, clock };
  }

  test("leave everything to the first while it works, also where it puts off or refuses", async () => {
    const { send, asked } = pair(() => deferred("smtp-450"));
    for (let i = 0; i < 20; i += 1) expect(await send()).toEqual(deferred("smtp-450"));
    expect(asked).toEqual({ first: 20, second: 0 });
  });

  test("carry by the second what the first turned away, and do not ask the first again while it rests", async () => {
    const { send, asked, clock } = pair(() => down);
    for (let i = 0; i < 20; i += 1) expect(await send()).toEqual(accepted("second"));
    expect(asked).toEqual({ first: BREAKER.failures, second: 20 });
    clock.now = 1_000;
    await send();
    await send();
    expect(asked.first).toBe(BREAKER.failures + 1);
  });

  test("come back to the first when it works again", async () => {
    let isBack = false;
    const { send, clock } = pair(() => (isBack ? accepted("first") : down));
    for (let i = 0; i < 10; i += 1) await send();
    [isBack, clock.now] = [true, 60_000];
    expect([await send(), await send()]).toEqual([accepted("first"), accepted("first")]);
  });

  test("say when it is worth trying again, once both rest, and try nothing until then", async () => {
    const { send, asked } = pair(
      () => down,
      () => down,
    );
    for (let i = 0; i < BREAKER.failures; i += 1) await send();
    const before = { ...asked };
    expect(await send()).toEqual(unavailable("relays-resting", "resting", 1));
    expect(asked).toEqual(before);
  });

  test("never try twice behind one gate: lost after the gate is not carried by the other", async () => {
    const { send, asked } = pair(() => unavailable("connection-lost", "lost"), undefined, true);
    expect((await send()).kind).toBe("unavailable");
    expect(asked.second).toBe(0);
  });

  test("never carry by the one what the other's policy turned down, nor what may have been taken", async () => {
    for (const answer of [unavailable("policy-550", "policy", 3_600), unknown("reply-lost")]) {
      const { send, asked } = pair(() => answer);
      expect(await send()).toEqual(answer);
      expect(asked.second).toBe(0);
    }
  });

  test("are not tired by policy: it says nothing of the relay", async () => {
    const { send, asked } = pair(() => unavailable("policy-550", "policy", 3_600));
    for (let i = 0; i < 20; i += 1) await send();
    expect(asked).toEqual({ first: 20, second: 0 });
  });
});
