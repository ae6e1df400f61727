// bellman bounces read | fetch | list: takes in what mail systems send back, from a pipe, files or the mailbox, and shows what it came to.
import type { Command } from "commander";
import { REPORT_BATCH } from "../../config/audience-limits.ts";
import { fetchReports } from "../audience/bounces/fetch.ts";
import { beginningOf, messagesAt } from "../audience/bounces/message-files.ts";
import type { Came } from "../audience/bounces/read-report.ts";
import { takeIn } from "../audience/bounces/take.ts";
import { added, NOTHING_TAKEN } from "../audience/bounces/totals.ts";
import { type OpenHouse, visitHouse } from "../house.ts";
import { command, EXIT, inHouse } from "./context.ts";
import { note, say, sayJson, table } from "./print.ts";

type Options = { json?: true; recipient?: string };
type Totals = typeof NOTHING_TAKEN;

export function bouncesCommands(program: Command): void {
  const bounces = program.command("bounces").description("what came back of what was sent");
  bounces
    .command("read")
    .description("take in reports: one message from standard input, or files, mboxes and Maildirs")
    .argument("[paths...]", "files or folders; without one, standard input, as from Postfix’s pipe")
    .option("--recipient <address>", "whom the mail system says the message was for")
    .option("--json", "print one JSON object")
    .action((paths: string[], options: Options) =>
      paths.length > 0 ? readPaths(paths, options) : readPipe(options),
    );
  bounces
    .command("fetch")
    .description("take in what lies in the mailbox of BOUNCE_IMAP_URL; a running scheduler does so by itself")
    .option("--json", "print one JSON object")
    .action((options: Options) =>
      command((settings) => inHouse(visitHouse(settings), (house) => fetch(house, options))),
    );
  bounces
    .command("list")
    .description("how much came back in the last 30 days, and the newest")
    .option("--json", "print one JSON object")
    .action((options: Options) =>
      command((settings) => inHouse(visitHouse(settings), (house) => list(house, options))),
    );
}

/** Whatever goes wrong is passing, as far as the mail system is concerned: it keeps the message and comes again (EX_TEMPFAIL). */
async function readPipe(options: Options): Promise<void> {
  const bytes = await beginningOf(process.stdin);
  const envelope = options.recipient === undefined ? [] : [options.recipient];
  await command((settings) =>
    inHouse(visitHouse(settings), async ({ deps }) =>
      tell(await takeIn(deps, [{ bytes, envelope }]), options),
    ),
  );
  if (process.exitCode === EXIT.failed) process.exitCode = EXIT.tryLater;
}

const readPaths = (paths: readonly string[], options: Options): Promise<void> =>
  command((settings) =>
    inHouse(visitHouse(settings), async ({ deps }) => {
      let totals: Totals = NOTHING_TAKEN;
      let waiting: Came[] = [];
      const flush = async () => {
        totals = added(totals, await takeIn(deps, waiting));
        waiting = [];
      };
      for (const path of paths)
        for await (const bytes of messagesAt(path)) {
          waiting.push({ bytes });
          if (waiting.length >= REPORT_BATCH) await flush();
        }
      await flush();
      tell(totals, options);
    }),
  );

async function fetch({ deps }: OpenHouse, options: Options): Promise<void> {
  tell(await fetchReports(deps, deps.settings.bounceImapUrl), options);
}

function tell(taken: Totals, { json }: Options): void {
  const { read, kinds, suppressed, stopped, known, unproven, ignored, paused } = taken;
  if (json) return sayJson({ read, kinds, suppressed, stopped, known, unproven, ignored, paused });
  say(`${read} message(s) read.`);
  const rows: [string, number][] = [
    ["no such address (hard)", kinds.hard],
    ["not now (soft)", kinds.soft],
    ["turned down for policy", kinds.policy],
    ["complaints", kinds.complaint],
    ["delayed", kinds.delayed],
    ["arrived", kinds.delivered],
    ["asked to stop by mail", stopped],
    ["known before, or overtaken", known],
    ["not provably about a message of ours", unproven],
    ["automatic answers", ignored.automatic],
    ["no report", ignored.other],
    ["could not be read", ignored.unreadable],
  ];
  const some = rows.filter(([, count]) => count > 0);
  if (some.length > 0) say(table(["what", "how many"], some));
  if (suppressed > 0) say(`${suppressed} address(es) will not be written to any more.`);
  for (const reference of paused) note(`${reference} was paused: bellman decide list says why.`);
}

const DAYS = 30;
async function list({ deps }: OpenHouse, { json }: Options): Promise<void> {
  const [counts, recent] = await Promise.all([
    deps.store.bounces.summary(DAYS),
    deps.store.bounces.recent(20),
  ]);
  if (json)
    return sayJson({
      days: DAYS,
      counts: Object.fromEntries(counts.map((one) => [one.kind, one.count])),
      recent,
    });
  if (recent.length === 0) return say("Nothing has come back.");
  say(`In the last ${DAYS} days:`);
  say(
    table(
      ["kind", "reports"],
      counts.map(({ kind, count }) => [kind, count]),
    ),
  );
  say("\nThe newest:");
  const rows = recent.map(({ at, kind, status, source, reference, deliveryId }) => [
    ...[at.toISOString().slice(0, 16), kind, status, source, reference ?? "", String(deliveryId ?? "")],
  ]);
  say(table(["at (UTC)", "kind", "status", "from", "communication", "delivery"], rows));
}
