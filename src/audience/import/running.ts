// Imports that go on after the page has answered: one of each file, however often it is asked for (H12), and all ended with the process.
import { DomainError } from "../../domain/errors.ts";
import type { Logger } from "../../lib/logger.ts";
import { importList } from "./import.ts";
import type { ImportDeps, ImportRequest } from "./request.ts";
import type { Upload, Uploads } from "./uploads.ts";

export interface Begun {
  readonly importId: string;
  /** This very file was brought into that list before. */
  readonly same: boolean;
}
type Order = Omit<ImportRequest, "path">;

export function openRunningImports(deps: ImportDeps & { readonly logger: Logger }, uploads: Uploads) {
  const begun = new Map<string, Promise<Begun>>();
  const going = new Set<Promise<unknown>>();
  const stopping = new AbortController();
  const begin = (upload: Upload, order: Order): Promise<Begun> =>
    new Promise((resolve, reject) => {
      const { work } = run(deps, uploads, {
        upload,
        order: { ...order, signal: stopping.signal },
        resolve,
        reject,
      });
      going.add(work);
      void work.finally(() => going.delete(work));
    });
  return {
    /** Resolves once the import is on record; rejects with what is wrong before that. */
    start: (upload: Upload, order: Order): Promise<Begun> => {
      const found = begun.get(upload.id) ?? begin(upload, order);
      begun.set(upload.id, found);
      found.catch(() => begun.delete(upload.id));
      return found;
    },
    end: async (): Promise<void> => {
      stopping.abort();
      await Promise.allSettled(going);
    },
  };
}

interface Run {
  readonly upload: Upload;
  readonly order: Order;
  readonly resolve: (begun: Begun) => void;
  readonly reject: (error: Error) => void;
}

function run(
  deps: ImportDeps & { readonly logger: Logger },
  uploads: Uploads,
  { upload, order, resolve, reject }: Run,
) {
  let noted: Promise<void> | null = null;
  const began = (importId: string, same: boolean): void => {
    noted = uploads.note({ ...upload, importId });
    noted.then(() => resolve({ importId, same }), reject);
  };
  const work = importList(deps, {
    ...order,
    path: uploads.path(upload.id),
    onBegin: (id) => began(id, false),
  })
    .then((result) => {
      if (result.kind === "same") began(result.importId, true);
    })
    .catch((error: unknown) => {
      reject(error as Error);
      if (!(error instanceof DomainError)) deps.logger.error({ err: error }, "an import failed");
    })
    // The file has done its duty; where nothing was begun, the person may still say something else about it.
    .finally(async () => {
      if (noted === null) return;
      await noted.catch(() => undefined);
      await uploads.forgetFile(upload.id);
    });
  return { work };
}
