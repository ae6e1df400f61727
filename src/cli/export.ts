// bellman subscribers export | export-request | export-agree: a list as a file, and the two people a sensitive one takes.
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { agreeExport, exportList, requestExport } from "../audience/export.ts";
import { DomainError } from "../domain/errors.ts";
import type { OpenHouse } from "../house.ts";
import { note, say, sayJson, table } from "./print.ts";

export interface ExportOptions {
  readonly list: string;
  readonly by: string;
  readonly out?: string;
  readonly request?: string;
  readonly json?: true;
}

/** The file is there whole or not at all, and only its owner reads it. */
export async function exportTo(
  { deps }: OpenHouse,
  { list, by, out, request, json }: ExportOptions,
): Promise<void> {
  const order = { listKey: list, by, requestId: request ?? null };
  if (out === undefined) {
    const people = await exportList(deps, order, async (text) => {
      if (!process.stdout.write(text)) await once(process.stdout, "drain");
    });
    return note(`${people} people of "${list}".`);
  }
  const half = `${out}.${process.pid}.part`;
  const file = createWriteStream(half, { mode: 0o600, flags: "wx" });
  try {
    await once(file, "open");
    const people = await exportList(deps, order, async (text) => {
      if (!file.write(text)) await once(file, "drain");
    });
    file.end();
    await once(file, "close");
    await rename(half, out);
    if (json) return sayJson({ list, people, file: out });
    say(
      `${people} people of "${list}" are in ${out}. It is on record that you took them out; delete the file when you no longer need it.`,
    );
  } catch (error) {
    file.destroy();
    await rm(half, { force: true });
    throw error;
  }
}

export interface AskOptions {
  readonly list: string;
  readonly by: string;
  readonly reason: string;
  readonly json?: true;
}
export async function askForExport(
  { deps }: OpenHouse,
  { list, by, reason, json }: AskOptions,
): Promise<void> {
  const id = await requestExport(deps, { listKey: list, by, why: reason });
  if (json) return sayJson({ request: id });
  say(`Request ${id} waits for a second person, an approver:`);
  say(`  bellman subscribers export-agree ${id} --by EMAIL`);
}

export interface AgreeOptions {
  readonly by?: string;
  readonly json?: true;
}
export async function agreeToExport(
  { deps }: OpenHouse,
  id: string | undefined,
  { by, json }: AgreeOptions,
): Promise<void> {
  if (id === undefined) return listRequests({ deps } as OpenHouse, json);
  if (by === undefined)
    throw new DomainError("second-person", "Say who agrees with --by EMAIL: an approver, and not who asked.");
  const { listKey } = await agreeExport(deps, { id, by });
  if (json) return sayJson({ request: id, list: listKey, agreedBy: by });
  say(`Agreed. Who asked can take "${listKey}" out once:`);
  say(`  bellman subscribers export --list ${listKey} --by EMAIL --request ${id} --out FILE`);
}

async function listRequests({ deps }: OpenHouse, json: true | undefined): Promise<void> {
  const requests = await deps.store.exports.open();
  if (json) return sayJson({ requests });
  if (requests.length === 0) return say("No request waits.");
  const rows = requests.map((one) => [
    one.id,
    one.listKey,
    one.askedBy,
    one.askedAt.toISOString().slice(0, 16),
    one.agreedBy ?? "waits",
    one.why,
  ]);
  say(table(["request", "list", "asked by", "when (UTC)", "agreed by", "what for"], rows));
}
