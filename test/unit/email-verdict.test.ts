// Which answers of a relay are about an address that is nobody's, and which are about us: the first suppress a person (X3, X4).
import { describe, expect, test } from "@jest/globals";
import { POLICY_WAIT_SECONDS } from "../../config/limits.ts";
import { type Phase, verdict } from "../../src/channels/email/verdict.ts";
import { deferred } from "../../src/domain/outcome.ts";
import { reportOf } from "../../src/journey/record.ts";
import type { Waiting } from "../../src/store/batches.ts";

const after = (
  response: string,
  { command = "RCPT TO", phase = "envelope" }: { command?: string; phase?: Phase } = {},
) => {
  const said = { code: "EENVELOPE" as const, command, response, responseCode: Number(response.slice(0, 3)) };
  return verdict(Object.assign(new Error(response), said), phase);
};

describe("an answer to the recipient", () => {
  test.each([
    "550 5.1.1 no such user ann@x.test",
    "550 5.1.1",
    "550 5.1.2 no such domain",
    "553 5.1.3 bad address syntax",
    "551 5.1.6 has moved, no forwarding address",
    "550 5.1.10 null MX",
    "550 5.2.1 mailbox disabled",
    "550 No such user here",
    "550-5.1.1 The email account that you tried to reach does not exist. Please try\n550-5.1.1 again\n550 5.1.1 https://x.test/",
  ])("that says %j names nobody", (said) => {
    expect(after(said)).toEqual({ kind: "refused", code: "no-such-address" });
  });

  test.each([
    ["552 5.2.2 mailbox full", "smtp-552"],
    ["550 5.2.2 mailbox full", "smtp-550"],
    ["554 5.1.1 no such user", "smtp-554"],
    ["550 rejected", "smtp-550"],
    ["550 5.1.8 sender not known", "smtp-550"],
    ["550 5.1.1 refused: our block list names you", "smtp-550"],
    ["550 5.1.1 user unknown (5.7.1 from upstream)", "smtp-550"],
    ["553 sorry, relaying denied: user unknown", "smtp-553"],
  ])("that says %j is a refusal that silences nobody", (said, code) => {
    expect(after(said)).toEqual({ kind: "refused", code });
  });

  test.each(["550 5.7.1 looks like spam", "550 5.7.515 not authenticated", "550 5.7.1"])(
    "that says %j is about us",
    (said) => {
      expect(after(said)).toMatchObject({ kind: "unavailable", why: "policy" });
    },
  );

  test.each(["450 4.1.1 not now", "451 4.2.1 mailbox disabled for now", "450 No such user"])(
    "that says %j is for now",
    (said) => {
      expect(after(said)).toEqual(deferred(`smtp-${said.slice(0, 3)}`));
    },
  );
});

test("the same words after the body name nobody, and said of the sender they are about us", () => {
  const words = "550 5.1.1 no such user";
  const [body, sender] = [
    { command: "", phase: "end" as const },
    { command: "MAIL FROM", phase: "envelope" as const },
  ];
  expect(after(words, body)).toEqual({ kind: "refused", code: "no-such-address" });
  expect(after(words, sender)).toMatchObject({ kind: "unavailable", why: "turned-away" });
});

describe("what is put off waits for its turn, and never less than it was told", () => {
  const waiting = (tries: number) => ({ id: 1, fence: 1, tries }) as Waiting;
  test.each([
    [0, deferred("smtp-451"), 1],
    [0, deferred("policy-550", POLICY_WAIT_SECONDS), 60],
    [0, deferred("policy-550", 61), 2],
    [3, deferred("policy-550", 61), 60],
  ])("after %i tries, %j: %i minutes", (tries, outcome, minutes) => {
    expect(reportOf(waiting(tries), outcome, true).waitMinutes).toBe(minutes);
  });
});
