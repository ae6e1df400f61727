// /imports/ID: the third step. How far an import is, then what came of it, row by row where something is to be said.
import { Readable } from "node:stream";
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { csvHead, csvLines } from "../../audience/csv.ts";
import type { ImportNote } from "../../store/imports.ts";
import { importView, noteView } from "../models/imports.ts";
import { openNames } from "../models/names.ts";
import { address } from "../models/paging.ts";
import { isId, notHere, readQuery } from "../query.ts";
import { show } from "../show.ts";
import type { ImportNeeds } from "../web-deps.ts";

const PAGE = 50;
const STRETCH = 5_000;
const CURSOR = /^(\d{1,9})\.([a-z_]{1,20})$/;
const query = z.object({
  after: z
    .string()
    .regex(CURSOR, "is no place in this list")
    .optional()
    .transform((text) => readCursor(text)),
  same: z.literal("yes").optional(),
});
type Request = { Params: { id: string } };

function readCursor(text: string | undefined): ImportNote | undefined {
  const [, rowNo, field] = CURSOR.exec(text ?? "") ?? [];
  return rowNo === undefined || field === undefined
    ? undefined
    : { rowNo: Number(rowNo), field, why: "", became: "" };
}

export function importResultRoutes(app: FastifyInstance, deps: ImportNeeds): void {
  app.get<Request>("/imports/:id", async ({ params, query: asked }, reply) => {
    const { after, same } = readQuery(query, asked);
    const { view, names } = await find(deps, params.id);
    const found =
      view.state === "done"
        ? await deps.store.imports.notes(view.id, { limit: PAGE + 1, ...(after ? { after } : {}) })
        : [];
    const last = found.length > PAGE ? found[PAGE - 1] : undefined;
    const path = `/imports/${view.id}`;
    return show(deps, reply, "imports/one.njk", {
      ...{ section: "audiences", names, tab: "import", one: view, going: view.going, same: same === "yes" },
      notes: found.slice(0, PAGE).map(noteView),
      liveUrl: `${path}/progress`,
      first: after ? path : null,
      next: last ? address(path, { after: `${last.rowNo}.${last.field}` }) : null,
    });
  });

  app.get<Request>("/imports/:id/progress", async ({ params }, reply) => {
    const { view, names } = await find(deps, params.id);
    return show(deps, reply, "imports/progress.njk", { section: "audiences", names, one: view });
  });

  /** Rows by number and column with the reason: nobody's name or address is in it. */
  app.get<Request>("/imports/:id/report.csv", async ({ params }, reply) => {
    const { view } = await find(deps, params.id);
    void reply.header("content-disposition", `attachment; filename="bellman-import-${view.id}.csv"`);
    void reply.header("cache-control", "no-store");
    return reply.type("text/csv; charset=utf-8").send(Readable.from(report(deps, view.id)));
  });
}

async function find(deps: ImportNeeds, id: string) {
  const record = isId(id) ? await deps.store.imports.one(id) : null;
  if (!record) throw notHere("There is no such import. All of them are listed under Audiences, Import.");
  const [names, { lists }] = [await openNames(deps), await deps.store.partnership.read()];
  const list = lists.find(({ key }) => key === record.listKey);
  return { names, view: importView(record, list ? deps.listNames.open(list) : record.listKey, names) };
}

async function* report({ store }: ImportNeeds, id: string): AsyncGenerator<string> {
  yield csvHead(["row", "column", "what_became_of_it", "why"]);
  for (let after: ImportNote | undefined; ;) {
    const notes = await store.imports.notes(id, { limit: STRETCH, ...(after ? { after } : {}) });
    yield csvLines(notes.map((one) => [String(one.rowNo), one.field, one.became, one.why]));
    after = notes.at(-1);
    if (notes.length < STRETCH) return;
  }
}
