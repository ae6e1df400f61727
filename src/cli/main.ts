// The command line: one file per group of commands. docs/cli.md is held against it by a test.
import { Command, CommanderError } from "commander";
import { bouncesCommands } from "./bounces.ts";
import { areaCommands } from "./areas.ts";
import { campaignCommands } from "./campaign.ts";
import { complaintCommands } from "./complaints.ts";
import { EXIT } from "./context.ts";
import { decideCommands } from "./decide.ts";
import { holdCommands } from "./hold.ts";
import { inDoubtCommands } from "./in-doubt.ts";
import { listCommands } from "./lists.ts";
import { logCommands } from "./log.ts";
import { processCommands } from "./processes.ts";
import { restoredCommands } from "./restored.ts";
import { retentionCommands } from "./retention.ts";
import { senderCommands } from "./sender.ts";
import { segmentCommands } from "./segments.ts";
import { setUpCommands } from "./set-up.ts";
import { startCommand } from "./start.ts";
import { subscriberCommands } from "./subscribers.ts";

export function buildProgram(): Command {
  const program = new Command("bellman").description(
    "Plans, approves, schedules, renders, sends and records the public messages of a community safety partnership.",
  );
  program.exitOverride().showHelpAfterError("(add --help for what there is)");
  startCommand(program);
  processCommands(program);
  setUpCommands(program);
  areaCommands(program);
  subscriberCommands(program);
  campaignCommands(program);
  segmentCommands(program);
  holdCommands(program);
  decideCommands(program);
  inDoubtCommands(program);
  bouncesCommands(program);
  senderCommands(program);
  restoredCommands(program);
  listCommands(program);
  retentionCommands(program);
  complaintCommands(program);
  logCommands(program);
  return program;
}

/** Wrong use is exit code 2; asking for help is not wrong. */
export async function main(argv: readonly string[]): Promise<void> {
  try {
    await buildProgram().parseAsync([...argv]);
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    process.exitCode = error.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
  }
}
