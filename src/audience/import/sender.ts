// Between reading a file and the database: what was read goes there in pieces, and whoever waits is told how far it is.
import { DomainError } from "../../domain/errors.ts";
import type { ImportNote, ImportSession } from "../../store/imports.ts";
import type { Look } from "./look.ts";
import type { ReadCounts } from "./read.ts";
import type { ImportRequest } from "./request.ts";

/** How many notes a dry run gives back; an import keeps all of them. */
const NOTES_SHOWN = 1_000;
const PROGRESS_MS = 500;
/** Rows and notes go to the database in pieces of about this. */
const SEND_CHARACTERS = 131_072;

/** Gathers what was read into pieces worth sending; one piece is on its way while the next is read. */
export function openSender(session: ImportSession, request: ImportRequest, look: Look) {
  const shown: ImportNote[] = [];
  let [lines, notes]: [string, ImportNote[]] = ["", []];
  let sending: Promise<unknown> = Promise.resolve();
  let toldAt = 0;
  const send = async (): Promise<void> => {
    await sending;
    const [rows, told] = [lines, notes];
    [lines, notes] = ["", []];
    const noted = request.dryRun ? [] : told;
    sending = Promise.all([rows === "" ? null : session.write(rows), session.note(noted)]);
    // Told where it is waited for next.
    sending.catch(() => undefined);
  };
  return {
    shown,
    take: async (fresh: string, told: readonly ImportNote[], counts: Readonly<ReadCounts>): Promise<void> => {
      if (request.signal?.aborted)
        throw new DomainError(
          "import-stopped",
          "Bellman was stopped while it read this file. Nothing was taken in; import it again.",
        );
      lines += fresh;
      notes.push(...told);
      shown.push(...told.slice(0, Math.max(0, NOTES_SHOWN - shown.length)));
      if (lines.length + notes.length * 100 > SEND_CHARACTERS) await send();
      if (performance.now() - toldAt < PROGRESS_MS) return;
      toldAt = performance.now();
      request.onProgress?.(counts.bytes, look.survey.bytes);
      await session.progress({ ...counts, of: look.survey.bytes });
    },
    flush: async (): Promise<void> => {
      await send();
      await sending;
    },
  };
}
