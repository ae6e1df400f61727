// /doubts: deliveries of which nobody knows whether they arrived, and a page for each on which a person says what they found.
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { resolveByHand } from "../../journey/resolve.ts";
import type { Doubt } from "../../store/doubts.ts";
import { besideFields, type Fault, readForm } from "../answers.ts";
import { type Names, openNames } from "../models/names.ts";
import { plural } from "../models/words.ts";
import type { Fields } from "../plugins/forms.ts";
import { entryNumber, notHere, readQuery } from "../query.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";
import { who } from "./holds.ts";

type Needs = Pick<WebDeps, "store" | "secret" | "stopFile">;
type Request = { Params: { id: string }; Body: Fields | undefined };

const SHOWN = 200;
const form = z.object({
  sent: z.enum(["yes", "no"], "Press one of the two buttons"),
  how: z
    .string("Say how you know")
    .trim()
    .min(1, "Say how you know")
    .max(500, "Say it in at most 500 characters"),
  who,
});
const query = z.object({ ended: entryNumber.optional() });

export function doubtRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/doubts", async (request, reply) => {
    const { ended = null } = readQuery(query, request.query);
    const [names, doubts] = [await openNames(deps), await deps.store.doubts.list(SHOWN)];
    return show(deps, reply, "doubts/list.njk", {
      ...{ section: "holds", names, tab: "doubts", ended },
      doubts: doubts.map((doubt) => view(doubt, names)),
    });
  });

  app.get<Request>("/doubts/:id", ({ params }, reply) => one(deps, reply, params.id));

  app.post<Request>("/doubts/:id", async ({ params, body }, reply) => {
    const read = readForm(form, deps.secret, body);
    if (!read.ok) return one(deps, reply.code(422), params.id, read.faults, body);
    const { sent, how: why, who: by } = read.answers;
    const deliveryId = numberOf(params.id);
    await resolveByHand(deps, { deliveryId, sent: sent === "yes", by, why });
    return reply.redirect(`/doubts?ended=${deliveryId}`, 303);
  });
}

function numberOf(text: string): number {
  const read = entryNumber.safeParse(text);
  if (!read.success) throw notHere("There is no delivery of that number.");
  return read.data;
}

async function one(
  deps: Needs,
  reply: FastifyReply,
  given: string,
  faults: readonly Fault[] = [],
  typed: Fields = {},
): Promise<FastifyReply> {
  const id = numberOf(given);
  const doubt = await deps.store.doubts.one(id);
  if (!doubt)
    throw notHere(`Delivery ${id} is not in doubt, or no longer. The page Doubts lists those that are.`);
  const names = await openNames(deps);
  return show(deps, reply, "doubts/one.njk", {
    ...{ section: "holds", names, tab: "doubts", item: view(doubt, names), faults, typed },
    errors: besideFields(faults),
    people: names.everybody,
  });
}

/** Never whom it was for: the delivery's number leads those who may know to its address. */
const view = (doubt: Doubt, names: Names) => ({
  id: doubt.id,
  href: `/doubts/${doubt.id}`,
  title: doubt.title,
  reference: doubt.reference,
  campaignHref: `/campaigns/${doubt.campaignKey}#${doubt.reference}`,
  channel: names.channel(doubt.channelKey),
  since: names.when(doubt.since),
  asked:
    doubt.askedAt === null
      ? "The other side has not been asked yet"
      : `The other side was asked ${plural(doubt.asked, "time")}, last ${names.when(doubt.askedAt)}, and could not say`,
  repeated: doubt.repeated,
});
