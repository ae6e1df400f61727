// /imports: bringing a list in from a file in three steps (send it, look at it, see what came of it), and the imports there were.
import { randomUUID } from "node:crypto";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { z } from "zod";
import { IMPORT_LIMITS } from "../../../config/audience-limits.ts";
import { lookAt } from "../../audience/import/look.ts";
import { openUploads, type Uploads } from "../../audience/import/uploads.ts";
import { DomainError } from "../../domain/errors.ts";
import { besideFields, type Fault, readForm } from "../answers.ts";
import { importView } from "../models/imports.ts";
import { openNames } from "../models/names.ts";
import { saySize } from "../models/words.ts";
import type { Fields } from "../plugins/forms.ts";
import { receive, type Received, withUploads } from "../plugins/upload.ts";
import { show } from "../show.ts";
import type { ImportNeeds } from "../web-deps.ts";
import { who } from "./holds.ts";
import { importResultRoutes } from "./import-result.ts";
import { importStepRoutes } from "./import-step.ts";

const SHOWN = 100;
const form = z.object({ list: z.string("Choose a list").min(1, "Choose a list"), who });

export function importRoutes(app: FastifyInstance, deps: ImportNeeds): void {
  const uploads = openUploads(deps.settings.dataDir);
  app.get("/imports", (_request, reply) => list(deps, reply));
  withUploads(app, (scope) => {
    scope.post("/imports", (request, reply) => take(deps, uploads, request, reply));
  });
  importStepRoutes(app, deps, uploads);
  importResultRoutes(app, deps);
}

/** The file is on the disk before its fields are judged; what is at fault goes again. */
async function take(deps: ImportNeeds, uploads: Uploads, request: FastifyRequest, reply: FastifyReply) {
  const received = await receive(request, uploads, deps.secret);
  const { fields, file, id } = received;
  const read = readForm(form, deps.secret, fields);
  const faults = [
    ...(read.ok ? [] : read.faults),
    ...(file ? [] : [{ text: "Choose a CSV file", href: "#file" }]),
  ];
  if (!read.ok || !file || faults.length > 0) {
    if (file) await uploads.drop(file.half);
    return list(deps, reply.code(422), { faults, typed: fields });
  }
  const fault = await fileFault(file.half, uploads);
  if (fault !== null)
    return list(deps, reply.code(fault.code === "too-many-rows" ? 413 : 422), {
      faults: [{ text: fault.message, href: "#file" }],
      typed: fields,
    });
  await keep(uploads, received, { listKey: read.answers.list, by: read.answers.who });
  return reply.redirect(`/imports/files/${id}`, 303);
}

async function keep(
  uploads: Uploads,
  { id, file }: Received,
  about: { listKey: string; by: string },
): Promise<void> {
  const before = await uploads.find(id);
  // The same form once more, after its file became an import: the browser is led there.
  if (before?.importId) return uploads.drop(file?.half ?? "");
  await uploads.keep(file?.half ?? "", { id, ...about, fileName: file?.name ?? "", importId: null });
}

/** What is no table is told beside the field it was chosen in (H14). */
async function fileFault(half: string, uploads: Uploads): Promise<DomainError | null> {
  try {
    await lookAt(half);
    return null;
  } catch (error) {
    await uploads.drop(half);
    if (error instanceof DomainError) return error;
    throw error;
  }
}

async function list(
  deps: ImportNeeds,
  reply: FastifyReply,
  { faults = [], typed = {} }: { faults?: readonly Fault[]; typed?: Fields } = {},
) {
  const [names, { lists }] = [await openNames(deps), await deps.store.partnership.read()];
  const named = new Map(lists.map((one) => [one.key, deps.listNames.open(one)]));
  const imports = await deps.store.imports.list(SHOWN);
  return show(deps, reply, "imports/list.njk", {
    ...{ section: "audiences", names, tab: "import", faults, errors: besideFields(faults), typed },
    upload: randomUUID(),
    people: names.everybody,
    lists: lists.map(({ key }) => ({ value: key, text: named.get(key) ?? key })),
    imports: imports.map((one) => importView(one, named.get(one.listKey) ?? one.listKey, names)),
    most: { rows: IMPORT_LIMITS.rows, size: saySize(IMPORT_LIMITS.bytes).replace(".0 ", " ") },
  });
}
