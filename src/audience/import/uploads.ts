// Files that somebody sent us and has not yet said what to do with: in the data folder, read by nobody else, gone after the import or a day.
import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { UPLOAD_HOURS } from "../../../config/audience-limits.ts";

export interface Upload {
  /** Chosen by the page that asked for the file, so that a browser that sends it twice sends the same one (H12). */
  readonly id: string;
  readonly listKey: string;
  readonly fileName: string;
  readonly by: string;
  /** Of the import it became; null until then. */
  readonly importId: string | null;
}
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export type Uploads = ReturnType<typeof openUploads>;

/** `dataDir` is the data folder. Nothing of what a person typed is ever part of a path. */
export function openUploads(dataDir: string) {
  const folder = join(dataDir, "uploads");
  const place = (id: string): string => {
    if (!ID.test(id)) throw new Error("an upload's id is not one of ours");
    return join(folder, id);
  };
  const note = async (upload: Upload): Promise<void> => {
    const path = `${place(upload.id)}.json`;
    await writeFile(`${path}.new`, JSON.stringify(upload), { mode: 0o600 });
    await rename(`${path}.new`, path);
  };
  return {
    isId: (id: string): boolean => ID.test(id),
    path: (id: string): string => `${place(id)}.csv`,
    note,
    // Each try has a half of its own: a browser that sends the same form again must not lose what it sends to the end of the first.
    receive: (id: string, bytes: Readable): Promise<string> =>
      receive(folder, `${place(id)}.${randomUUID()}.part`, bytes),
    /** What was received is whole and wanted. */
    keep: async (half: string, upload: Upload): Promise<void> => {
      await rename(half, `${place(upload.id)}.csv`);
      await note(upload);
    },
    drop: (half: string): Promise<void> => rm(half, { force: true }),
    find: async (id: string): Promise<Upload | null> =>
      ID.test(id)
        ? readFile(`${place(id)}.json`, "utf8").then(
            (text) => JSON.parse(text) as Upload,
            () => null,
          )
        : null,
    /** The file goes; what it became is remembered for a day, for the browser that asks again. */
    forgetFile: (id: string): Promise<void> => rm(`${place(id)}.csv`, { force: true }),
    remove: async (id: string): Promise<void> => {
      for (const ending of ["csv", "json"]) await rm(`${place(id)}.${ending}`, { force: true });
    },
    /** Whatever is older than a day goes, whether it became an import or not. */
    sweep: (now: number): Promise<void> => sweep(folder, now - UPLOAD_HOURS * 3_600_000),
  };
}

/** Streams to the disk; what is broken off, by the sender or by a limit, leaves nothing. */
async function receive(folder: string, half: string, bytes: Readable): Promise<string> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  try {
    await pipeline(bytes, createWriteStream(half, { mode: 0o600 }));
    return half;
  } catch (error) {
    await rm(half, { force: true });
    throw error;
  }
}

async function sweep(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const found = await stat(join(folder, name)).catch(() => null);
    if (found && found.mtimeMs < before) await rm(join(folder, name), { force: true });
  }
}
