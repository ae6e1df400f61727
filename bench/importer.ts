// Our side of the import benchmark: one process that imports a file when it is told to, as `bellman subscribers import` does.
import { monitorEventLoopDelay } from "node:perf_hooks";
import { readSettings } from "../config/env.ts";
import { importList } from "../src/audience/import/import.ts";
import { joinHouse } from "../src/house.ts";
import { beChild } from "./child.ts";

const house = await joinHouse(readSettings());
const delay = monitorEventLoopDelay({ resolution: 5 });
beChild(
  { ready: true },
  {
    ask: async ({ file }: { file: string }) => {
      delay.enable();
      const began = performance.now();
      const list = { listKey: "community-safety-news", by: "bellman" };
      const result = await importList(house.deps, { path: file, fileName: "people.csv", ...list });
      const seconds = (performance.now() - began) / 1_000;
      const { joined = 0, refused = 0 } = result.kind === "same" ? {} : result;
      return { seconds, joined, refused, longestBlockMs: Math.round(delay.max / 1e6) };
    },
    stop: () => house.close(),
  },
);
