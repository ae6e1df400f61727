// What the gate and the claim ask besides: every scope of a hold, quiet hours; what ends doubt nobody can look up; what a dead process knew.
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { OpenChannel } from "../../src/channels/channel.ts";
import { dispatch } from "../../src/journey/dispatch.ts";
import { openDispatching } from "../../src/dispatching.ts";
import type { ScopeKind } from "../../src/domain/hold.ts";
import { goOnDuty } from "../../src/journey/dispatch/duty.ts";
import { openHolding } from "../../src/journey/dispatch/holding.ts";
import { mustBeFit } from "../../src/journey/fit.ts";
import { hold, releaseHold } from "../../src/journey/hold.ts";
import { resolve } from "../../src/journey/resolve.ts";
import { openStore } from "../../src/store/store.ts";
import { report, withDesk } from "../support/desk.ts";
import { until } from "../support/waiting.ts";

const { deps, rows, now, states, worker, claim, pass, die, age } = withDesk();
const BY = "tom.ellery@council.example.org";
const one = async <T extends Record<string, unknown>>(sql: string, values: unknown[] = []): Promise<T> =>
  (await rows<T>(sql, values))[0] as T;
const campaign = () =>
  one<{ class: string; priority: string }>(
    "SELECT class, priority_key AS priority FROM campaign WHERE key = $1",
    [now.key],
  );

describe("a hold", () => {
  const SCOPES: [string, ScopeKind, () => Promise<string>][] = [
    ["everything", "everything", () => Promise.resolve("")],
    ["the leading agency", "agency", () => Promise.resolve("police")],
    ["an agency that contributes and owns the channel", "agency", () => Promise.resolve("council")],
    ["the channel", "channel", () => Promise.resolve("email")],
    ["the theme", "theme", async () => (await campaign()).priority],
    ["the campaign", "campaign", () => Promise.resolve(now.key)],
  ];
  test.each(SCOPES)(
    "of %s lets nothing pass, of what was claimed and of what could be",
    async (_name, kind, keyOf) => {
      const owner = await worker(600);
      const { waiting } = await claim(owner);
      const id = await hold(deps(), { scope: { kind, key: await keyOf() }, reason: "incident", by: BY });
      expect(await pass(owner, waiting)).toEqual(new Set());
      expect(await deps().store.batches.claim(owner, "email", "ordinary", [])).toBeNull();
      await releaseHold(deps(), { id, by: BY });
    },
  );

  test.each<[ScopeKind, string]>([
    ["agency", "voluntary"],
    ["channel", "social"],
    ["theme", "stand-together"],
  ])("of another %s, %s, stops nothing of it", async (kind, key) => {
    const owner = await worker(600);
    const { waiting } = await claim(owner);
    const id = await hold(deps(), { scope: { kind, key }, reason: "incident", by: BY });
    expect((await pass(owner, waiting)).size).toBe(waiting.length);
    await releaseHold(deps(), { id, by: BY });
  });
});

describe("quiet hours", () => {
  test("keep a batch from being claimed, but for what somebody gave a reason for", async () => {
    const owner = await worker(600);
    const resting = [(await campaign()).class];
    const { batches } = deps().store;
    expect(await batches.claim(owner, "email", "ordinary", resting)).toBeNull();
    await rows(
      "UPDATE communication SET quiet_override = true, quiet_override_why = 'a child is missing' WHERE id = $1",
      [now.communicationId],
    );
    expect(await batches.claim(owner, "email", "ordinary", resting)).not.toBeNull();
  });

  test("of the partnership are a worker's: every class rests but warnings", async () => {
    const SET = `UPDATE partnership SET quiet_from = to_char((now() AT TIME ZONE timezone) - interval '2 hours', 'HH24:MI'),
                                        quiet_to = to_char((now() AT TIME ZONE timezone) + interval '2 hours', 'HH24:MI')`;
    await rows(SET);
    const { store, logger } = deps();
    const duty = await goOnDuty({ store, logger, isStopped: () => false });
    expect(duty.resting()).toContain((await campaign()).class);
    expect(duty.resting()).not.toContain("emergency");
    await rows("UPDATE partnership SET quiet_from = NULL, quiet_to = NULL");
    await until(() => duty.resting().length === 0, 5_000);
    await duty.close();
  });
});

describe("doubt that nobody can look up", () => {
  const lookup = () => Promise.resolve({ found: "unknown" as const });
  const ask = async () => {
    await age();
    return resolve({
      store: deps().store,
      channel: () => Promise.resolve({ lookup } as unknown as OpenChannel),
    });
  };
  /** One delivery of the first batch passes the gate, and its worker dies. */
  const doubt = async () => {
    const owner = await worker();
    const { waiting } = await claim(owner);
    await pass(owner, waiting.slice(0, 1));
    await die(owner);
    return waiting[0]?.id ?? 0;
  };
  const stateOf = async (id: number) =>
    (await one<{ state: string }>("SELECT state FROM delivery WHERE id = $1", [id])).state;

  test("is a person's, and stays on their list, however often it is asked about", async () => {
    const id = await doubt();
    for (let times = 0; times < 3; times += 1) expect(await ask()).toBe(0);
    expect(await stateOf(id)).toBe("in_doubt");
    expect((await deps().store.doubts.list(10)).map((found) => found.id)).toContain(id);
    await rows("DELETE FROM doubt");
  });

  test("is repeated once where it is urgent, which the log says; the second time it is a person's", async () => {
    await rows("UPDATE campaign SET class = 'emergency' WHERE key = $1", [now.key]);
    const id = await doubt();
    expect(await ask()).toBe(1);
    expect(await stateOf(id)).toBe("queued");
    const line = await one<{ body: string }>(
      "SELECT body FROM log_entry WHERE kind = 'deliveries.resolved' AND campaign_key = $1",
      [now.key],
    );
    expect(line.body).toContain("it may arrive twice");
    expect(await doubt()).toBe(id);
    expect(await ask()).toBe(0);
    expect(await stateOf(id)).toBe("in_doubt");
    expect((await deps().store.doubts.list(10)).find((found) => found.id === id)).toMatchObject({
      repeated: true,
    });
    await rows("DELETE FROM doubt");
  });
});

test("a batch that is late only by a clock that has just jumped does not expire, and goes when the clock is right (S5)", async () => {
  const { store, logger } = deps();
  const databaseIs = (days: number) =>
    rows(
      `CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE AS 'SELECT now() + interval ''${days} days'''`,
    );
  const duty = await goOnDuty({ store, logger, isStopped: () => false });
  const never = () => Promise.reject(new Error("nothing may be sent here"));
  const idle = () => Promise.resolve();
  let claims = 1;
  try {
    await databaseIs(60);
    await dispatch(
      {
        ...deps(),
        // It claims before its next beat has seen what the clock did.
        duty: { ...duty, mayClaim: () => claims-- > 0 },
        holding: openHolding({ store, owner: duty.owner }),
        gate: { pass: never, tell: never },
        ...{ allowance: never, review: idle, pause: idle, block: idle },
      },
      { channelKey: "email", lane: "ordinary", signal: new AbortController().signal },
    );
    expect(await states()).toEqual({ queued: 120 });
    expect(await rows("SELECT 1 FROM batch WHERE ring_at > now() + interval '1 day'")).toHaveLength(1);
  } finally {
    await databaseIs(0);
  }
  await until(duty.mayClaim, 5_000);
  expect(await rows("SELECT 1 FROM batch WHERE ring_at > now() + interval '1 day'")).toEqual([]);
  await duty.close();
});

test("what a dead process could not tell is told by the next one: a known acceptance is no doubt (C1)", async () => {
  const owner = await worker();
  const { waiting } = await claim(owner);
  await pass(owner, waiting);
  await die(owner);
  expect((await states())["in_doubt"]).toBe(waiting.length);
  // A number no process can have.
  const file = join(deps().settings.dataDir, "untold-999999999-gone.ndjson");
  writeFileSync(file, waiting.map((ticket) => `${JSON.stringify(report(ticket, "accepted"))}\n`).join(""));
  const stopped = AbortSignal.abort();
  const lanes = await openDispatching(deps(), stopped);
  await until(async () => (await states())["accepted"] === waiting.length);
  await until(() => !existsSync(file), 5_000);
  await lanes.close();
  expect(await deps().store.doubts.count()).toBe(0);
});

test("a database that may forget is not worked on outside the sandbox (C2)", async () => {
  const { databaseUrl } = deps().services;
  const name = new URL(databaseUrl).pathname.slice(1);
  await rows(`ALTER DATABASE "${name}" SET synchronous_commit = off`);
  const store = openStore(databaseUrl, { connections: 1 }); // connections made before do not know of it
  try {
    await mustBeFit({ store }, "sandbox");
    await rows("UPDATE environment SET name = 'live'");
    await expect(mustBeFit({ store }, "live")).rejects.toMatchObject({ code: "database-forgets" });
  } finally {
    await rows("UPDATE environment SET name = 'sandbox'");
    await rows(`ALTER DATABASE "${name}" RESET synchronous_commit`);
    await store.close();
  }
});
