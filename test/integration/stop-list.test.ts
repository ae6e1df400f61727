// One list stopped, at the gate: what waits on its channels ends in that moment, and what another list sends goes on (LAW4, I5).
import { expect, test } from "@jest/globals";
import { stopList } from "../../src/audience/stop.ts";
import { withDesk } from "../support/desk.ts";

const { deps, rows, worker, claim, pass } = withDesk();

test("stopped: what waits on its channels ends there, another list's message goes", async () => {
  const owner = await worker();
  const { waiting } = await claim(owner);
  const [mine, other] = waiting;
  if (!mine?.subscriberId || !other?.subscriberId) throw new Error("nobody waits");
  await rows(
    "INSERT INTO consent (subscriber_id, list_key, basis, wording, source, given_at) SELECT id, 'warnings', 'consent', '1', 'test', now() FROM subscriber",
  );
  await stopList(deps(), {
    subscriberId: mine.subscriberId,
    listKey: "community-safety-news",
    how: "page",
  });
  await stopList(deps(), { subscriberId: other.subscriberId, listKey: "warnings", how: "page" });
  const passed = await pass(owner, waiting);
  expect([...passed].sort()).toEqual(
    waiting
      .map(({ id }) => id)
      .filter((id) => id !== mine.id)
      .sort(),
  );
  const [state] = await rows<{ state: string }>("SELECT state FROM delivery WHERE id = $1", [mine.id]);
  expect(state?.state).toBe("suppressed");
  // The same channel now carries the list they are still on.
  await rows("UPDATE channel SET list_key = 'warnings' WHERE key = 'email'");
  await rows("UPDATE delivery SET state = 'queued', settled_at = NULL WHERE id = $1", [mine.id]);
  expect([...(await pass(owner, [mine]))]).toEqual([mine.id]);
  await rows("UPDATE channel SET list_key = 'community-safety-news' WHERE key = 'email'");
});
