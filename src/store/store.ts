// Everything PostgreSQL knows, as one object of table groups. Opened once, in src/deps.ts.
import { openAudience } from "./audience.ts";
import { openBatches } from "./batches.ts";
import { openDatabase } from "./database.ts";
import { openDoubts } from "./doubts.ts";
import { openEnvironment } from "./environment.ts";
import { openGateStore } from "./gate.ts";
import { openImports } from "./imports.ts";
import { openPersonData } from "./person-data.ts";
import { openPostcodes } from "./postcodes.ts";
import { openExports } from "./exports.ts";
import { openHolds } from "./holds.ts";
import { openLeader } from "./leader.ts";
import { openLog } from "./log.ts";
import { openPages } from "./pages.ts";
import { openPartnership } from "./partnership.ts";
import { openPlan } from "./plan.ts";
import { openRelease } from "./release.ts";
import { openRenditions } from "./renditions.ts";
import { openRestored } from "./restored.ts";
import { openSending } from "./sending.ts";
import { openSite } from "./site.ts";
import { openStanding } from "./standing.ts";
import { openSweeping } from "./sweeping.ts";
import { openWorkers } from "./workers.ts";
import { openTimes } from "./times.ts";

export type Store = ReturnType<typeof openStore>;

/** `connections` is the size of the one pool; a worker needs few, as its batches share commits. */
export function openStore(url: string, options: { connections: number } = { connections: 12 }) {
  const database = openDatabase(url, options);
  return {
    partnership: openPartnership(database),
    audience: openAudience(database),
    plan: openPlan(database),
    release: openRelease(database),
    renditions: openRenditions(database),
    batches: openBatches(database),
    gate: openGateStore(database),
    doubts: openDoubts(database),
    holds: openHolds(database),
    imports: openImports(database),
    exports: openExports(database),
    personData: openPersonData(database),
    postcodes: openPostcodes(database),
    standing: openStanding(database),
    workers: openWorkers(database),
    environment: openEnvironment(database),
    restored: openRestored(database),
    sending: openSending(database),
    sweeping: openSweeping(database),
    log: openLog(database),
    site: openSite(database),
    times: openTimes(database),
    pages: openPages(database),
    leader: openLeader(database),
    close: () => database.close(),
  };
}
