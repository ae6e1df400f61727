// Holds against real PostgreSQL: acknowledged, nothing passes; lifted, each thing kept back asks for a decision.
import { expect, test } from "@jest/globals";
import { decideWaiting, hold, releaseHold } from "../../src/journey/hold.ts";
import { idsOf, line, withDesk } from "../support/desk.ts";

const { deps, now, states, worker, claim, canClaim, pass } = withDesk();

test("once a hold is acknowledged nothing passes; lifted, it asks, and a decision lets it go on", async () => {
  const owner = await worker();
  const { batch, waiting } = await claim(owner);
  const scope = { kind: "campaign", key: now.key } as const;
  const id = await hold(deps(), { scope, reason: "wrong date", by: "ada@council.example.org" });
  expect(await pass(owner, waiting)).toEqual(new Set());
  expect(await deps().store.gate.deny(owner, batch.fence, idsOf(waiting), line)).toEqual({});
  await deps().store.batches.finish(owner, batch, 0);
  expect(await canClaim(owner)).toBe(false);
  const asked = await releaseHold(deps(), { id, by: "ada@council.example.org" });
  expect(asked).toHaveLength(1);
  expect(await canClaim(owner)).toBe(false);
  const reference = asked[0] ?? "";
  await decideWaiting(deps(), { reference, decision: "go", by: "ada@council.example.org", why: "mended" });
  expect((await claim(owner)).waiting).toHaveLength(waiting.length);
});

test("what is cancelled after a hold never leaves", async () => {
  const id = await hold(deps(), {
    scope: { kind: "campaign", key: now.key },
    reason: "incident",
    by: "x@council.example.org",
  });
  const [reference = ""] = await releaseHold(deps(), { id, by: "x@council.example.org" });
  await decideWaiting(deps(), {
    reference,
    decision: "cancel",
    by: "x@council.example.org",
    why: "overtaken",
  });
  expect(await states()).toEqual({ cancelled: 120 });
  expect(await canClaim(await worker())).toBe(false);
});
