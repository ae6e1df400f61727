// What comes back, against real PostgreSQL: who is suppressed, who never is, what counts once, and what pauses a campaign.
import { describe, expect, test } from "@jest/globals";
import { dsn, failed, feedback, group } from "../support/report-mail.ts";
import { nth, said, type Sent, withReturns } from "../support/returns.ts";

const { deps, rows, now, sendAll, take, suppressedFor, lastLine, free } = withReturns();

describe("one report", () => {
  test("suppresses where there is no such address, and never for policy or for now", async () => {
    const table = [
      ["5.1.1", "hard", "hard-bounce"],
      ["5.2.1", "hard", "hard-bounce"],
      ["5.2.2", "soft", null],
      ["4.4.1", "soft", null],
      ["5.7.1", "policy", null],
      ["5.7.26", "policy", null],
      ["5.7.515", "policy", null],
      ["5.1.8", "policy", null],
    ] as const;
    const sent = await sendAll();
    for (const [at, [status, kind, reason]] of table.entries()) {
      const one = nth(sent, at);
      expect((await take(said(one, status))).kinds).toMatchObject({ [kind]: 1 });
      expect([status, await suppressedFor(one)]).toEqual([status, reason]);
      await free(one);
    }
  });

  test("read twice, and told again by another system, counts once, suppresses once and is logged once", async () => {
    const one = nth(await sendAll(), 1);
    const again = dsn(one, {
      recipients: [failed(one.to, "5.1.1", "550 gone")],
      text: "Another system says so too.",
    });
    const first = await take(said(one, "5.1.1"), said(one, "5.1.1"), again);
    expect(first).toMatchObject({ kinds: { hard: 1 }, suppressed: 1, known: 2 });
    const logged = await lastLine("deliveries.returned");
    expect(await take(again)).toMatchObject({ kinds: { hard: 0 }, suppressed: 0, known: 1 });
    expect(await lastLine("deliveries.returned")).toBe(logged);
    expect(await rows("SELECT 1 FROM bounce WHERE delivery_id = $1", [one.id])).toHaveLength(1);
    await free(one);
  });

  test("taken in by many at once counts once", async () => {
    const sent = (await sendAll()).slice(0, 4);
    const reports = sent.map((one) => said(one, "5.1.1"));
    const taken = await Promise.all(
      Array.from({ length: 6 }, (_, i) => take(...(i % 2 ? reports : [...reports].reverse()))),
    );
    expect(taken.reduce((all, { kinds }) => all + kinds.hard, 0)).toBe(4);
    expect(taken.reduce((all, { suppressed }) => all + suppressed, 0)).toBe(4);
    for (const one of sent) await free(one);
  });

  test("says nothing of a person in the log: counts and references only", async () => {
    const one = nth(await sendAll(), 2);
    await take(said(one, "5.1.1", `550 5.1.1 <${one.to}> unknown`));
    const line = await lastLine("deliveries.returned");
    expect(JSON.parse(line)).toMatchObject({
      actor: "bellman",
      campaign: now.key,
      facts: { hard: 1, suppressed: 1 },
    });
    expect(line).not.toContain("@");
    expect(line).not.toContain(one.subscriberId);
    await free(one);
  });

  test("leaves the delivery accepted, as the relay did take it, and what waits for the person elsewhere ends", async () => {
    const one = nth(await sendAll(), 3);
    const [other] = await rows<{ id: string }>(
      `INSERT INTO dispatch (communication_id, channel_key, recipient_count, state) VALUES ($1, 'other', 1, 'released') RETURNING id`,
      [now.communicationId],
    );
    await rows(
      `INSERT INTO delivery (dispatch_id, batch_no, recipient_key, subscriber_id) VALUES ($1, 1, $2, $3)`,
      [other?.id, one.subscriberId, one.subscriberId],
    );
    await take(said(one, "5.1.1"));
    expect(await rows("SELECT state FROM delivery WHERE id = $1", [one.id])).toEqual([{ state: "accepted" }]);
    expect(await rows("SELECT state FROM delivery WHERE dispatch_id = $1", [other?.id])).toEqual([
      { state: "suppressed" },
    ]);
    expect(await deps().store.bounces.counts([now.communicationId])).toMatchObject([
      { kind: "hard", count: 1 },
    ]);
    await free(one);
  });
});

test("what is known only moves forward, in whatever order it comes (H91)", async () => {
  const table = [
    [["hard", "delivered"], ["hard"]],
    [["hard", "soft"], ["hard"]],
    [
      ["delayed", "delivered", "hard"],
      ["delayed", "delivered", "hard"],
    ],
    [
      ["soft", "hard", "complaint"],
      ["soft", "hard", "complaint"],
    ],
    [["complaint", "hard"], ["complaint"]],
    [["policy", "delivered"], ["policy"]],
  ] as const;
  const sent = await sendAll();
  for (const [at, [order, kept]] of table.entries()) {
    const one = nth(sent, at);
    const arrival = (action: string, status: string) =>
      dsn(one, {
        recipients: [group({ "Final-Recipient": `rfc822; ${one.to}`, Action: action, Status: status })],
      });
    const mail = {
      hard: said(one, "5.1.1"),
      soft: said(one, "4.2.2"),
      policy: said(one, "5.7.1"),
      complaint: feedback(one, "abuse"),
      delivered: arrival("delivered", "2.0.0"),
      delayed: arrival("delayed", "4.4.1"),
    };
    for (const kind of order) await take(mail[kind]);
    const found = await rows<{ kind: string }>("SELECT kind FROM bounce WHERE delivery_id = $1 ORDER BY id", [
      one.id,
    ]);
    expect([order, found.map(({ kind }) => kind)]).toEqual([order, kept]);
    await free(one);
    await rows("DELETE FROM bounce WHERE subscriber_id = $1", [one.subscriberId]);
  }
});

describe("what came back for now", () => {
  /** Reports of earlier days, about messages that are long gone. */
  const before = (one: Sent, ...days: readonly number[]) =>
    rows(
      `INSERT INTO bounce (report_id, subscriber_id, kind, status, source, at)
       SELECT gen_random_uuid()::text, $1, 'soft', '4.2.2', 'dsn', now() - d * interval '1 day' FROM unnest($2::int[]) AS d`,
      [one.subscriberId, days],
    );
  const softly = async (at: number, ...days: readonly number[]): Promise<string | null> => {
    const one = nth(await sendAll(), at);
    await before(one, ...days);
    await take(said(one, "4.2.2"));
    const reason = await suppressedFor(one);
    await free(one);
    return reason;
  };

  test("on four days is counted in the person's row, and they are written to", async () => {
    const one = nth(await sendAll(), 10);
    await before(one, 3, 6, 9);
    await take(said(one, "4.2.2"));
    expect(await rows("SELECT soft_bounces FROM subscriber WHERE id = $1", [one.subscriberId])).toEqual([
      { soft_bounces: 4 },
    ]);
    expect(await suppressedFor(one)).toBeNull();
  });
  test("on five days suppresses", async () => expect(await softly(11, 3, 6, 9, 12)).toBe("soft-bounces"));
  test("five times in a day is one bad day of their provider", async () =>
    expect(await softly(12, 2, 2, 2, 2, 2)).toBeNull());
  test("long ago is forgotten", async () => expect(await softly(13, 100, 110, 120, 130)).toBeNull());
  test("before something arrived is forgotten", async () => {
    const one = nth(await sendAll(), 14);
    await before(one, 3, 6, 9, 12);
    await rows("UPDATE delivery SET settled_at = now() - interval '8 days' WHERE id = $1", [one.id]);
    await rows(
      "INSERT INTO bounce (report_id, subscriber_id, kind, status, source) VALUES ('now', $1, 'delivered', '2.0.0', 'dsn')",
      [one.subscriberId],
    );
    await take(said(one, "4.2.2"));
    expect(await suppressedFor(one)).toBeNull();
  });
});

describe("so much of it that the owner must look", () => {
  const paused = () =>
    rows<{ paused_why: string | null }>("SELECT paused_why FROM communication WHERE id = $1", [
      now.communicationId,
    ]);

  test.each([
    ["six of 120 gone for good", "5.1.1", 7, /7 of 120 messages came back for good/],
    [
      "twenty turned down for policy",
      "5.7.1",
      20,
      /20 messages came back because a mail system did not want them/,
    ],
  ])("%s pause it, once", async (_name, status, count, why) => {
    const sent = (await sendAll()).slice(20, 20 + count);
    const taken = await take(...sent.map((one) => said(one, status)));
    expect(taken.paused).toHaveLength(1);
    expect((await paused())[0]?.paused_why).toMatch(why);
    expect(taken.suppressed).toBe(status === "5.7.1" ? 0 : count);
    for (const one of sent) await free(one);
  });

  test("three complaints of 120 pause it; two do not, nor do nineteen refusals for policy", async () => {
    const sent = await sendAll();
    const complained = sent.slice(60, 63);
    const [first, second, third] = complained.map((one) => feedback(one, "abuse"));
    await take(...sent.slice(64, 83).map((one) => said(one, "5.7.1")));
    await take(first ?? Buffer.alloc(0), second ?? Buffer.alloc(0));
    expect((await paused())[0]?.paused_why).toBeNull();
    expect(await take(third ?? Buffer.alloc(0))).toMatchObject({ kinds: { complaint: 1 }, suppressed: 1 });
    expect((await paused())[0]?.paused_why).toMatch(/3 of 120 recipients called it unwanted/);
    expect(await suppressedFor(nth(complained, 0))).toBe("complaint");
    for (const one of complained) await free(one);
  });
});
