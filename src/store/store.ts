// Everything PostgreSQL knows, as one object of table groups. Opened once, in src/deps.ts.
import { openAudience } from "./audience.ts";
import { openBatches } from "./batches.ts";
import { openComplaints } from "./complaints.ts";
import { openBounces } from "./bounces.ts";
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
import { openLinks } from "./links.ts";
import { openListPages } from "./list-pages.ts";
import { openLetters } from "./letters.ts";
import { openLog } from "./log.ts";
import { openPages } from "./pages.ts";
import { openPartnership } from "./partnership.ts";
import { openPlan } from "./plan.ts";
import { openPreferences } from "./preferences.ts";
import { openRelease } from "./release.ts";
import { openRenditions } from "./renditions.ts";
import { openRestored } from "./restored.ts";
import { openRetention } from "./retention.ts";
import { openSegments } from "./segments.ts";
import { openSender } from "./sender.ts";
import { openSending } from "./sending.ts";
import { openSignUps } from "./sign-ups.ts";
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
    listPages: openListPages(database),
    signUps: openSignUps(database),
    preferences: openPreferences(database),
    letters: openLetters(database),
    complaints: openComplaints(database),
    segments: openSegments(database),
    bounces: openBounces(database),
    links: openLinks(database),
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
    retention: openRetention(database),
    sender: openSender(database),
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
