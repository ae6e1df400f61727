// Our side: one worker process exactly as `bellman worker` starts it, but told by its parent what to say and when to end.
import { readSettings } from "../config/env.ts";
import { joinHouse } from "../src/house.ts";
import { startWorkers } from "../workers/main.ts";
import { beChild } from "./child.ts";

const house = await joinHouse(readSettings());
const workers = startWorkers(house.deps);
const MB = 1_048_576;
beChild(
  { ready: true },
  {
    /** What it holds just now, in MB, and the processor time it has taken, in ms. */
    ask: () => {
      const { rss, heapUsed, external } = process.memoryUsage();
      const { user, system } = process.cpuUsage();
      return Promise.resolve({
        rssMb: Math.round(rss / MB),
        heapMb: Math.round(heapUsed / MB),
        externalMb: Math.round(external / MB),
        cpuMs: (user + system) / 1_000,
      });
    },
    stop: async () => {
      await workers.close();
      await house.close();
    },
  },
);
