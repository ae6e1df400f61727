// Our own public site over the real database, with the two ways a commit of our own can go wrong.
import { openPublicSite } from "../../src/public-site.ts";
import { openStore } from "../../src/store/store.ts";
import { openTestDatabase } from "./database.ts";
import type { Fault, StandIn } from "./stand-in.ts";

const FAULTS: readonly Fault[] = [
  { name: "fails before it commits", kind: "unknown", taken: false },
  { name: "fails after it committed", kind: "unknown", taken: true },
];

export async function siteStandIn(): Promise<StandIn> {
  const database = await openTestDatabase();
  const store = openStore(database.url);
  const site = openPublicSite(store.site, "http://127.0.0.1:3000");
  let fault: Fault | undefined;
  let heard = 0;
  return {
    tools: {
      site: {
        find: (id) => site.find(id),
        publish: async (...page) => {
          heard += 1;
          if (fault && !fault.taken) throw new Error("the connection was lost");
          const address = await site.publish(...page);
          if (fault) throw new Error("the connection was lost");
          return address;
        },
      },
    },
    faults: FAULTS,
    lookups: [],
    behave: (name) => {
      fault = FAULTS.find((one) => one.name === name);
      return Promise.resolve();
    },
    look: () => Promise.resolve(),
    arrived: async () => (await store.site.newest(1_000)).map(({ id, html }) => ({ id, to: [], body: html })),
    heard: () => heard,
    asked: () => heard,
    stop: async () => {
      await store.close();
      await database.close();
    },
  };
}
