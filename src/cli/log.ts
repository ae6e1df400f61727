// bellman log list | show | verify
import { type Command, InvalidArgumentError } from "commander";
import { DomainError } from "../domain/errors.ts";
import { faultIn, type StoredEntry } from "../domain/log-entry.ts";
import { type OpenHouse, visitHouse } from "../house.ts";
import { sha256 } from "../lib/hash.ts";
import { command, EXIT, inHouse } from "./context.ts";
import { note, say, sayJson, table } from "./print.ts";

export function logCommands(program: Command): void {
  const log = program.command("log").description("read and check the shared record");
  log
    .command("list")
    .description("the newest entries")
    .option("--campaign <key>", "only of one campaign")
    .option("--limit <n>", "how many", wholeNumber, 20)
    .option("--json", "print one JSON object")
    .action((options: ListOptions) =>
      command((settings) => inHouse(visitHouse(settings), (house) => list(house, options))),
    );
  log
    .command("show")
    .description("one entry, whole")
    .argument("<number>", "its number", wholeNumber)
    .action((seq: number) =>
      command((settings) => inHouse(visitHouse(settings), (house) => show(house, seq))),
    );
  log
    .command("verify")
    .description("check that no entry was changed, removed or put in between")
    .option("--json", "print one JSON object")
    .action((options: { json?: true }) =>
      command((settings) => inHouse(visitHouse(settings), (house) => verify(house, options))),
    );
}

type ListOptions = { campaign?: string; limit: number; json?: true };

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,14}$/.test(text)) throw new InvalidArgumentError("It must be a whole number from 1.");
  return Number(text);
}

const plain = ({ seq, at, body }: StoredEntry) => ({
  seq,
  at,
  ...(JSON.parse(body) as { kind: string; actor: string; campaign?: string; reference?: string }),
});

async function list({ deps }: OpenHouse, { campaign, limit, json }: ListOptions): Promise<void> {
  const entries = (await deps.store.log.list({ ...(campaign ? { campaign } : {}), limit })).map(plain);
  if (json) return sayJson({ entries });
  say(
    table(
      ["entry", "when", "what", "who", "campaign", "reference"],
      entries.map((e) => [e.seq, e.at.slice(0, 19), e.kind, e.actor, e.campaign ?? "", e.reference ?? ""]),
    ),
  );
}

async function show({ deps }: OpenHouse, seq: number): Promise<void> {
  const entry = await deps.store.log.entry(seq);
  if (!entry) throw new DomainError("no-such-entry", `There is no log entry ${seq}.`);
  say(JSON.stringify({ ...plain(entry), prevHash: entry.prevHash, hash: entry.hash }, null, 2));
}

/** Reads the whole chain; names the first entry at fault and fails. */
async function verify({ deps }: OpenHouse, { json }: { json?: true }): Promise<void> {
  const { head, fault } = await walk(deps.store.log.all());
  if (fault === null) {
    const { seq: entries = 0, hash = "none" } = head ?? {};
    if (json) return sayJson({ ok: true, entries, head: hash });
    return say(`The log is whole: ${entries} entries, each continuing from the one before. Head: ${hash}`);
  }
  if (json) sayJson({ ok: false, entry: fault.entry, fault: fault.sentence });
  note(`bellman: ${fault.sentence}`);
  process.exitCode = EXIT.failed;
}

async function walk(entries: AsyncIterable<StoredEntry>) {
  let head: StoredEntry | null = null;
  for await (const entry of entries) {
    const sentence = faultIn(entry, head, sha256);
    if (sentence !== null) return { head, fault: { entry: entry.seq, sentence } };
    head = entry;
  }
  return { head, fault: null };
}
