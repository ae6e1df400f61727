// /complaints: the register for staff, with its 30-day clock; take one up, record its outcome, and the whole of it as a table.
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { acknowledgeComplaint, answerComplaint, complaintOf } from "../../audience/complaints.ts";
import { complaintsCsv } from "../../audience/complaints-csv.ts";
import { DomainError } from "../../domain/errors.ts";
import { besideFields, type Fault, readForm } from "../answers.ts";
import { complaintView, receiptWords } from "../models/complaint.ts";
import { openNames } from "../models/names.ts";
import type { Fields } from "../plugins/forms.ts";
import { LONG_TEXT } from "../plugins/limits.ts";
import { notHere } from "../query.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";
import { who } from "./holds.ts";

type Needs = Pick<WebDeps, "store" | "secret" | "settings" | "stopFile">;
type Request = { Params: { reference: string }; Body: Fields | undefined };

const outcome = z
  .string("Say what you found and did")
  .trim()
  .min(1, "Say what you found and did")
  .max(4_000, "Say it in at most 4,000 characters");
const form = z.discriminatedUnion("do", [
  z.object({ do: z.literal("acknowledge"), taker: who }),
  z.object({ do: z.literal("answer"), outcome, who }),
]);

export function complaintRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/complaints", async (_request, reply) => {
    const [names, rows] = [await openNames(deps), await deps.store.complaints.list()];
    const views = rows.map((row) => complaintView(row, names, Date.now()));
    return show(deps, reply, "complaints/list.njk", {
      ...{ section: "audiences", names, tab: "complaints" },
      open: views.filter(({ answered }) => answered === null),
      answered: views.filter(({ answered }) => answered !== null),
    });
  });

  app.get("/complaints.csv", async (_request, reply) => {
    void reply
      .type("text/csv; charset=utf-8")
      .header("cache-control", "no-store")
      .header("content-disposition", 'attachment; filename="complaints.csv"');
    return reply.send(complaintsCsv(await deps.store.complaints.all()));
  });

  app.get<Request>("/complaints/:reference", ({ params }, reply) => one(deps, reply, params.reference));

  app.post<Request>("/complaints/:reference", LONG_TEXT, async ({ params, body }, reply) => {
    const read = readForm(form, deps.secret, body);
    if (!read.ok) return one(deps, reply.code(422), params.reference, read.faults, body);
    const { answers } = read;
    const { reference } = params;
    if (answers.do === "acknowledge") await acknowledgeComplaint(deps, { reference, by: answers.taker });
    else await answerComplaint(deps, { reference, outcome: answers.outcome, by: answers.who });
    return reply.redirect(`/complaints/${encodeURIComponent(reference)}`, 303);
  });
}

async function one(
  deps: Needs,
  reply: FastifyReply,
  reference: string,
  faults: readonly Fault[] = [],
  typed: Fields = {},
) {
  const row = await complaintOf(deps, reference).catch((error: unknown) => {
    throw error instanceof DomainError ? notHere("There is no complaint of this reference.") : error;
  });
  const names = await openNames(deps);
  return show(deps, reply, "complaints/one.njk", {
    ...{ section: "audiences", names, tab: "complaints", faults, typed, errors: besideFields(faults) },
    complaint: complaintView(row, names, Date.now()),
    ...{ words: row.words, email: row.email, outcome: row.outcome, state: row.state },
    receipt: receiptWords(await deps.store.complaints.receiptOf(row.id)),
    people: names.everybody,
  });
}
