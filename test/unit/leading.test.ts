// One thing after the other: what is asked for while something is under way is done after it, and nothing of it is lost.
import { expect, test } from "@jest/globals";
import type { Deps } from "../../src/deps.ts";
import { openLeading } from "../../src/leading.ts";
import { later, until } from "../support/waiting.ts";

test("two rounds that wait for the same work are both done", async () => {
  const lead = async (work: () => Promise<void>): Promise<boolean> => {
    await work();
    return true;
  };
  const deps = {
    watch: { look: () => Promise.resolve(true) },
    store: { leader: { lead } },
    settings: {},
    logger: { error: () => undefined, info: () => undefined },
  } as unknown as Deps;
  const leading = openLeading(deps);
  const [underWay, done] = [later(), [] as string[]];
  leading.beat(() => underWay.promise);
  leading.next(() => Promise.resolve(void done.push("reconfirm")));
  leading.next(() => Promise.resolve(void done.push("retention")));
  underWay.resolve();
  await until(() => done.length === 2, 2_000);
  expect(done).toEqual(["reconfirm", "retention"]);
  await leading.ended();
});
