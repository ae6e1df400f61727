// bellman campaign run | list | show | status
import { readFile } from "node:fs/promises";
import type { Command } from "commander";
import { sayShown } from "../domain/small-count.ts";
import { discreetly, type Hidden, type TallyRow } from "../domain/tally.ts";
import { visitHouse, type OpenHouse } from "../house.ts";
import { mustBeFit } from "../journey/fit.ts";
import startScheduler from "../../workers/scheduler.ts";
import { startWorkers } from "../../workers/main.ts";
import { command, EXIT, inHouse, stopSignal } from "./context.ts";
import { linksOf, printLinks } from "./counted-links.ts";
import { note, say, sayJson, table } from "./print.ts";
import { leftOutLines, nextReach } from "./reach.ts";
import { type Finished, standing, startCampaign, watch } from "./run-campaign.ts";
import { windowOf, windowTable } from "./window.ts";

export function campaignCommands(program: Command): void {
  const campaign = program.command("campaign").description("plan, send and look up campaigns");
  campaign
    .command("run")
    .description("plan a campaign file, approve it (sandbox only), schedule it, and send what is due")
    .argument("<file>", "a campaign file (YAML)")
    .option("--now", "send at once, whatever due time the file gives")
    .option("--wait", "wait until everything due has been sent")
    .option("--json", "print one JSON object at the end")
    .action((file: string, options: RunOptions) =>
      command((settings) => inHouse(visitHouse(settings), (house) => run(house, file, options))),
    );
  campaign
    .command("list")
    .description("every campaign, newest first")
    .option("--json", "print one JSON object")
    .action((options: { json?: true }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => list(house, options))),
    );
  campaign
    .command("show")
    .description("one campaign with its communications")
    .argument("<key>")
    .option("--json", "print one JSON object")
    .action((key: string, options: { json?: true }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => show(house, key, options))),
    );
  campaign
    .command("status")
    .description("how far the sending of a campaign is")
    .argument("<key>")
    .option("--watch", "stay until nothing waits any more")
    .option("--json", "print one JSON object")
    .action((key: string, options: { watch?: true; json?: true }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => status(house, key, options))),
    );
}

type RunOptions = { now?: true; wait?: true; json?: true };

async function run(house: OpenHouse, file: string, { now, wait, json }: RunOptions): Promise<void> {
  const { deps } = house;
  const signal = stopSignal();
  const key = await startCampaign(deps, {
    text: await readFile(file, "utf8"),
    name: file,
    now: now === true,
  });
  if (!wait)
    return json ? sayJson({ campaign: key }) : say(`Planned and scheduled: ${key}. ${laterHint(house)}`);
  const finished = await withWorkers(house, () => watch(deps, key, signal));
  if (json) sayJson(printable(finished));
  else printFinished(finished, deps.settings.publicUrl);
  if (finished.waiting + finished.inDoubt + finished.held > 0) process.exitCode = EXIT.failed;
}

const laterHint = (house: OpenHouse) =>
  house.visiting
    ? "The running Bellman sends what is due."
    : "It is sent when Bellman runs: npm start (or give --wait).";

/** Our own workers, unless the house we visit has its own. */
async function withWorkers<T>(house: OpenHouse, work: () => Promise<T>): Promise<T> {
  if (house.visiting) return work();
  await mustBeFit(house.deps, house.deps.settings.environment);
  const workers = startWorkers(house.deps);
  const scheduler = startScheduler(house.deps);
  try {
    return await work();
  } finally {
    await scheduler.close();
    await workers.close();
  }
}

/** Small numbers of a sensitive subject are printed nowhere, for programs neither (LAW6). */
function printable(finished: Finished) {
  if (!finished.sensitive) return finished;
  const { rows, sum } = discreetly(finished.rows, finished);
  return { ...finished, ...sum, rows, acceptedInLog: sum.accepted === null ? null : finished.acceptedInLog };
}

const otherOf = ({ waiting, inDoubt, held, stopped }: Hidden<TallyRow>): number | string =>
  waiting === null || inDoubt === null || held === null || stopped === null
    ? ""
    : waiting + inDoubt + held + stopped;

/** The short table that ends the main job. */
export function printFinished(finished: Finished, publicUrl: string): void {
  const rows = printable(finished).rows.map((row) => [
    row.segmentKey === "*" ? "all groups together" : row.segmentKey || "everyone",
    row.channelKey,
    row.recipients ?? sayShown(null),
    row.accepted ?? "",
    row.refused ?? "",
    otherOf(row),
  ]);
  say();
  say(table(["segment", "channel", "recipients", "accepted", "refused", "other"], rows));
  say();
  say(`posts        ${finished.posts.length}`);
  say(`pages        ${finished.pages.join("  ") || 0}`);
  say(`log entries  ${finished.logEntries}`);
  say(`look at      ${publicUrl}/campaigns/${finished.campaign}`);
  if (finished.inDoubt > 0) note(`${finished.inDoubt} are in doubt; see: bellman in-doubt list`);
}

async function list({ deps }: OpenHouse, { json }: { json?: true }): Promise<void> {
  const campaigns = await deps.store.pages.campaigns();
  const rows = campaigns.map(({ key, title, leadAgency, communications }) => ({
    key,
    title,
    lead: leadAgency.name,
    due: communications[0]?.dueAt.toISOString() ?? null,
    states: [...new Set(communications.map((communication) => communication.state))],
  }));
  if (json) return sayJson({ campaigns: rows });
  if (rows.length === 0) return say("No campaigns yet. Plan one with: bellman campaign run FILE.yaml");
  say(
    table(
      ["key", "title", "lead agency", "first due", "state"],
      rows.map((r) => [r.key, r.title, r.lead, r.due?.slice(0, 16) ?? "", r.states.join(", ")]),
    ),
  );
}

async function show({ deps }: OpenHouse, key: string, { json }: { json?: true }): Promise<void> {
  const finished = await standing(deps, key);
  // It is there: whoever asks where a nameless one stands is told so.
  const campaign = await deps.store.pages.campaign(key);
  if (!campaign) return;
  const communications = campaign.communications.map((c) => ({
    reference: c.reference,
    title: c.title,
    state: c.state,
    due: c.dueAt.toISOString(),
    ...windowOf(c),
    approvedBy: c.signOffs.map((signOff) => signOff.decidedBy),
    renditions: c.renditions.length,
    leftOut: Object.fromEntries(c.dispatches.map((one) => [one.channelKey, one.leftOut])),
  }));
  const { title, repeats, skips } = campaign;
  const next = await nextReach(deps, campaign);
  const links = await linksOf(deps, campaign.communications);
  if (json) return sayJson({ ...printable(finished), links, title, repeats, skips, communications, next });
  say(title);
  for (const line of [repeats ?? [], skips].flat()) say(line);
  say(
    table(
      ["reference", "communication", "state", "due", "signed off by"],
      communications.map((c) => [c.reference, c.title, c.state, c.dueInWords, c.approvedBy.join(", ")]),
    ),
  );
  say();
  say(windowTable(communications));
  for (const line of [...(next?.lines ?? []), ...leftOutLines(communications, campaign.sensitivity)])
    say(line);
  printLinks(links);
  printFinished(finished, deps.settings.publicUrl);
}

async function status(house: OpenHouse, key: string, options: { watch?: true; json?: true }): Promise<void> {
  const finished = options.watch
    ? await watch(house.deps, key, stopSignal())
    : await standing(house.deps, key);
  if (options.json) sayJson(printable(finished));
  else printFinished(finished, house.deps.settings.publicUrl);
}
