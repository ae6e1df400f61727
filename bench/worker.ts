// Our side: one worker process exactly as `bellman worker` starts it, but told by its parent when to end.
import { readSettings } from "../config/env.ts";
import { joinHouse } from "../src/house.ts";
import { startWorkers } from "../workers/main.ts";
import { beChild } from "./child.ts";

const house = await joinHouse(readSettings());
const workers = startWorkers(house.deps);
beChild(
  { ready: true },
  {
    stop: async () => {
      await workers.close();
      await house.close();
    },
  },
);
