// /imports/files/ID: the second step. The first rows as they read, which column is what, and what is said of everybody's consent.
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { ENCODINGS } from "../../audience/import/encoding.ts";
import { type Look, lookAt } from "../../audience/import/look.ts";
import type { ImportRequest } from "../../audience/import/request.ts";
import { openRunningImports } from "../../audience/import/running.ts";
import type { Upload, Uploads } from "../../audience/import/uploads.ts";
import { BASES } from "../../domain/basis.ts";
import { DomainError } from "../../domain/errors.ts";
import { besideFields, type Fault, readForm } from "../answers.ts";
import { lookView } from "../models/imports.ts";
import { openNames } from "../models/names.ts";
import type { Fields } from "../plugins/forms.ts";
import { notHere, readQuery } from "../query.ts";
import { show } from "../show.ts";
import type { ImportNeeds } from "../web-deps.ts";

type Request = { Params: { id: string }; Body: Fields | undefined };
const encoding = z.enum(ENCODINGS).optional().catch(undefined);
const query = z.object({ encoding });
const text = z.string().trim().max(200, "Use at most 200 characters").default("");
const form = z.looseObject({
  encoding,
  basis: z.enum(["", ...BASES]).default(""),
  ...{ wording: text, source: text, givenAt: text },
  take: z.enum(["good", "all"]).default("good"),
  flagged: z.string().default(""),
  confirm: z.literal("yes", "Say that you have looked at the rows and that the names in them are right"),
});
type Answers = z.infer<typeof form>;

export function importStepRoutes(app: FastifyInstance, deps: ImportNeeds, uploads: Uploads): void {
  const running = openRunningImports(deps, uploads);
  app.addHook("onClose", () => running.end());

  app.get<Request>("/imports/files/:id", async ({ params, query: asked }, reply) => {
    const upload = await find(uploads, params.id);
    if (upload.importId) return reply.redirect(`/imports/${upload.importId}`, 303);
    return step(deps, uploads, reply, { upload, encoding: readQuery(query, asked).encoding });
  });

  app.post<Request>("/imports/files/:id", async ({ params, body = {} }, reply) => {
    const upload = await find(uploads, params.id);
    if (upload.importId) return reply.redirect(`/imports/${upload.importId}`, 303);
    const read = readForm(form, deps.secret, body);
    const again = (faults: readonly Fault[]) =>
      step(deps, uploads, reply.code(422), {
        upload,
        encoding: encoding.parse(body.encoding),
        faults,
        typed: body,
      });
    if (!read.ok) return again(read.faults);
    try {
      const { importId, same } = await running.start(upload, requestOf(upload, read.answers, body));
      return await reply.redirect(`/imports/${importId}${same ? "?same=yes" : ""}`, 303);
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      const said = error.faults.length > 0 ? error.faults : [error.message];
      return again(said.map((one) => ({ text: one, href: "#columns" })));
    }
  });

  app.post<Request>("/imports/files/:id/discard", async ({ params, body = {} }, reply) => {
    readForm(z.object({}), deps.secret, body);
    await uploads.remove((await find(uploads, params.id)).id);
    return reply.redirect("/imports", 303);
  });
}

async function find(uploads: Uploads, id: string): Promise<Upload> {
  const upload = await uploads.find(id);
  if (!upload)
    throw notHere(
      "This file is no longer here: it was imported or deleted, or a day has passed. Send it again.",
    );
  return upload;
}

function requestOf(upload: Upload, answers: Answers, body: Fields): Omit<ImportRequest, "path"> {
  const chosen = Object.entries(body).flatMap(([name, field]) => {
    const place = /^column-(\d{1,3})$/.exec(name)?.[1];
    return place === undefined ? [] : [[`#${Number(place) + 1}`, field] as const];
  });
  const { basis, wording, source, givenAt } = answers;
  return {
    ...{ fileName: upload.fileName, listKey: upload.listKey, by: upload.by, columns: new Map(chosen) },
    consent: { basis, wording, source, givenAt },
    ...{ strict: answers.take === "all", takeFlagged: answers.flagged === "yes", confirmed: true },
    ...(answers.encoding ? { encoding: answers.encoding } : {}),
  };
}

interface Stepping {
  readonly upload: Upload;
  readonly encoding: z.infer<typeof encoding>;
  readonly faults?: readonly Fault[];
  readonly typed?: Fields;
}

async function step(
  deps: ImportNeeds,
  uploads: Uploads,
  reply: FastifyReply,
  { upload, encoding: named, faults = [], typed = {} }: Stepping,
) {
  const { look, fault } = await lookOr(uploads.path(upload.id), named);
  const [names, { lists }] = [await openNames(deps), await deps.store.partnership.read()];
  const list = lists.find(({ key }) => key === upload.listKey);
  const all = fault === null ? faults : [...faults, { text: fault, href: "#encoding" }];
  return show(deps, reply, "imports/look.njk", {
    ...{ section: "audiences", names, tab: "import", faults: all, errors: besideFields(all), typed, upload },
    look: lookView(look, typed),
    list: list ? deps.listNames.open(list) : upload.listKey,
    wording: list?.wording.version ?? "",
    bases: BASES,
    encodings: ENCODINGS.map((value) => ({
      value,
      text: value.toUpperCase(),
      selected: value === look.encoding,
    })),
  });
}

/** An encoding the file cannot be in is told, and the file is shown as it was found. */
async function lookOr(
  path: string,
  named: Stepping["encoding"],
): Promise<{ look: Look; fault: string | null }> {
  try {
    return { look: await lookAt(path, named), fault: null };
  } catch (error) {
    if (!(error instanceof DomainError) || named === undefined) throw error;
    return { look: await lookAt(path), fault: error.message };
  }
}
