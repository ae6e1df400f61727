// /decisions: every communication that waits for a person, and a page for each on which it goes on or ends.
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { DomainError } from "../../domain/errors.ts";
import { DECISIONS } from "../../domain/hold.ts";
import { decideWaiting } from "../../journey/hold.ts";
import { besideFields, type Fault, readForm } from "../answers.ts";
import { decisionViews } from "../models/decision.ts";
import { openNames } from "../models/names.ts";
import { capital, sentence } from "../models/words.ts";
import type { Fields } from "../plugins/forms.ts";
import { entryNumber, notHere, readQuery, searchText } from "../query.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";
import { readReference } from "./check.ts";
import { reason, who } from "./holds.ts";

type Needs = Pick<WebDeps, "store" | "secret" | "stopFile">;
type Request = { Params: { reference: string }; Body: Fields | undefined };

const form = z.object({
  decision: z.enum(DECISIONS, "Choose what becomes of it"),
  until: z.string().trim().max(40).default(""),
  ...{ reason, who },
});
const query = z.object({ released: entryNumber.optional(), decided: searchText });

export function decisionRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/decisions", async (request, reply) => {
    const { released = null, decided } = readQuery(query, request.query);
    const names = await openNames(deps);
    return show(deps, reply, "decisions/list.njk", {
      ...{ section: "holds", names, tab: "decisions", released },
      decided: decided === undefined ? null : readReference(decided),
      waiting: await decisionViews(deps, await deps.store.holds.undecided(), names),
    });
  });

  app.get<Request>("/decisions/:reference", ({ params }, reply) => one(deps, reply, params.reference));

  app.post<Request>("/decisions/:reference", async ({ params, body }, reply) => {
    const { reference } = params;
    const read = readForm(form, deps.secret, body);
    const again = (faults: readonly Fault[]) => one(deps, reply.code(422), reference, faults, body);
    if (!read.ok) return again(read.faults);
    const { decision, until, reason: why, who: by } = read.answers;
    try {
      await decideWaiting(deps, { reference, decision, until: until || null, by, why });
    } catch (error) {
      const about = error instanceof DomainError ? error : null;
      if (about?.code === "too-late") return again([{ text: TOO_LATE, href: "#until" }]);
      if (about?.code === "useful-until") return again([{ text: about.message, href: "#until" }]);
      throw error;
    }
    return reply.redirect(`/decisions?decided=${reference}`, 303);
  });
}
const TOO_LATE = "Its latest useful time has passed: say until when it is useful now";

async function one(
  deps: Needs,
  reply: FastifyReply,
  reference: string,
  faults: readonly Fault[] = [],
  typed: Fields = {},
): Promise<FastifyReply> {
  const row = readReference(reference) === reference ? await deps.store.holds.undecidedOne(reference) : null;
  if (!row)
    throw notHere(
      `${reference.slice(0, 40)} does not wait for a decision. The page Decisions lists what does.`,
    );
  const names = await openNames(deps);
  const [item] = await decisionViews(deps, [row], names);
  const stopped = await deps.store.holds.whyStopped(row.id);
  return show(deps, reply, "decisions/one.njk", {
    ...{ section: "holds", names, tab: "decisions", item, faults, typed },
    errors: besideFields(faults),
    people: names.everybody,
    // A decision lifts no hold: what is let go then still waits for that.
    stillHeld: stopped !== null && stopped !== row.why ? sentence(capital(stopped)) : null,
  });
}
