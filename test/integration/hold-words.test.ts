// What the command line says of holds and decisions: what it did, the command that comes next, and every refusal in words.
import { beforeAll, expect, test } from "@jest/globals";
import { decideWaiting, hold, releaseHold } from "../../src/journey/hold.ts";
import { type Ran, bellman } from "../support/command.ts";
import { withDesk } from "../support/desk.ts";

const { house, deps, rows, now } = withDesk();
const BY = "tom.ellery@council.example.org";
let cli: (...args: string[]) => Promise<Ran>;
beforeAll(() => {
  const { dataDir, databaseUrl = "" } = house().deps.settings;
  cli = (...args) => bellman(args, { BELLMAN_DATA_DIR: dataDir, DATABASE_URL: databaseUrl });
});
const referenceOf = async (): Promise<string> =>
  (
    await rows<{ reference: string }>("SELECT reference FROM communication WHERE id = $1", [
      now.communicationId,
    ])
  )[0]?.reference ?? "";
const everything = { scope: { kind: "everything", key: "" }, reason: "incident", by: BY } as const;

test("a hold says what it keeps back, its release the command that decides each, and that command works", async () => {
  const placed = await cli("hold", "--scope", `campaign:${now.key}`, "--reason", "wrong date", "--by", BY);
  expect(placed).toMatchObject({ code: 0, err: "" });
  const id = /Hold (\d+) is in force: campaign/.exec(placed.out)?.[1] ?? "";
  const reference = await referenceOf();
  expect(placed.out).toContain("keeps back 1 communication(s)");
  expect(placed.out).toContain(reference);
  const released = await cli("release-hold", id, "--by", BY);
  expect(released.out).toContain(`bellman decide ${reference} --as go --by ${BY} --why`);
  const waiting = JSON.parse((await cli("decide", "list", "--json")).out) as {
    waiting: { reference: string }[];
  };
  expect(waiting.waiting.map((one) => one.reference)).toContain(reference);
  const decided = await cli(
    "decide",
    reference,
    "--as",
    "cancel",
    "--by",
    BY,
    "--why",
    "overtaken",
    "--json",
  );
  expect(JSON.parse(decided.out)).toEqual({ reference, decision: "cancel" });
}, 180_000);

test("a decision that is not whole is wrong use, and nothing was begun", async () => {
  const answer = await cli("decide", "BM-AAAA-2222", "--as", "go");
  expect(answer.code).toBe(2);
  expect(answer.err).toContain("bellman decide REFERENCE --as go|cancel --by EMAIL");
}, 60_000);

test("a scope nobody has is refused with the nearest names", async () => {
  const of = (kind: "agency" | "channel" | "theme" | "campaign", key: string) =>
    hold(deps(), { ...everything, scope: { kind, key } });
  await expect(of("agency", "polise")).rejects.toThrow(
    'There is no agency "polise", so nothing was held. Did you mean agency:police',
  );
  await expect(of("channel", "emial")).rejects.toThrow("channel:email");
  await expect(of("theme", "neighbourhoods")).rejects.toThrow("theme:safer-neighbourhoods");
  await expect(of("campaign", `${now.key}x`)).rejects.toMatchObject({ code: "no-such-scope" });
  expect(await deps().store.holds.active()).toEqual([]);
});

test("a hold and a decision without a reason are refused", async () => {
  await expect(hold(deps(), { ...everything, reason: " " })).rejects.toMatchObject({ code: "no-reason" });
  const decision = { reference: await referenceOf(), decision: "go", by: BY, why: "" } as const;
  await expect(decideWaiting(deps(), decision)).rejects.toMatchObject({ code: "no-reason" });
});

test("a hold is lifted once; the second time is told so", async () => {
  const id = await hold(deps(), everything);
  await releaseHold(deps(), { id, by: BY });
  await expect(releaseHold(deps(), { id, by: BY })).rejects.toThrow(
    `There is no hold ${id} in force: it was lifted before`,
  );
});

test("a decision is about the one it names, however many wait", async () => {
  await releaseHold(deps(), { id: await hold(deps(), everything), by: BY });
  const reference = await referenceOf();
  await decideWaiting(deps(), { reference, decision: "cancel", by: BY, why: "overtaken" });
  const [mine] = await rows("SELECT state FROM communication WHERE id = $1", [now.communicationId]);
  expect(mine).toEqual({ state: "cancelled" });
  const again = decideWaiting(deps(), { reference, decision: "cancel", by: BY, why: "overtaken" });
  await expect(again).rejects.toMatchObject({ code: "nothing-to-decide" });
});

test("what does not wait is not decided, and what is too late does not go without a new time", async () => {
  const reference = await referenceOf();
  const go = { reference, decision: "go", by: BY, why: "worth it" } as const;
  await expect(decideWaiting(deps(), go)).rejects.toMatchObject({ code: "nothing-to-decide" });
  await rows(
    "UPDATE communication SET state = 'needs_decision', due_at = now() - interval '2 hours', latest_useful_at = now() - interval '1 hour' WHERE id = $1",
    [now.communicationId],
  );
  await expect(decideWaiting(deps(), go)).rejects.toMatchObject({ code: "too-late" });
  await expect(decideWaiting(deps(), { ...go, until: "soon" })).rejects.toMatchObject({
    code: "useful-until",
  });
  await expect(decideWaiting(deps(), { ...go, until: "2020-01-01 10:00" })).rejects.toThrow(
    "has passed: it is now",
  );
  await expect(decideWaiting(deps(), { ...go, until: "2199-01-01 10:00" })).rejects.toThrow("2 years");
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 16);
  await decideWaiting(deps(), { ...go, until: tomorrow });
  await expect(decideWaiting(deps(), { ...go, until: tomorrow })).rejects.toMatchObject({
    code: "nothing-to-decide",
  });
});
