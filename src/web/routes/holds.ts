// /holds: what is on hold, a form to stop something at once, and a page for each hold to lift it.
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { SCOPE_KINDS, type Scope } from "../../domain/hold.ts";
import { hold, releaseHold } from "../../journey/hold.ts";
import { besideFields, type Fault, readForm } from "../answers.ts";
import { type Names, openNames } from "../models/names.ts";
import { standingNow } from "../models/standing.ts";
import type { Fields } from "../plugins/forms.ts";
import { entryNumber, notHere, readQuery } from "../query.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

type Needs = Pick<WebDeps, "store" | "secret" | "stopFile">;
type Request = { Params: { id: string }; Body: Fields | undefined };

const KINDS = SCOPE_KINDS.filter((kind) => kind !== "everything");
const ASKED: Readonly<Record<(typeof KINDS)[number], string>> = {
  agency: "an agency",
  channel: "a channel",
  theme: "a priority",
  campaign: "a campaign",
};
export const who = z.email("Choose who you are");
export const reason = z
  .string("Say why")
  .trim()
  .min(1, "Say why: everybody who finds this has to know")
  .max(500, "Say why in at most 500 characters");
const key = z.string().trim().default("");
const form = z
  .object({
    scope: z.enum(SCOPE_KINDS, "Choose what is to stop"),
    ...{ agency: key, channel: key, theme: key, campaign: key, reason, who },
    confirm: z.literal("yes", "Tick the box to say that you mean it"),
  })
  .superRefine(({ scope, ...given }, check) => {
    if (scope !== "everything" && given[scope] === "")
      check.addIssue({ code: "custom", path: [scope], message: `Choose ${ASKED[scope]}` });
  })
  .transform(({ scope, ...given }) => ({
    scope: { kind: scope, key: scope === "everything" ? "" : given[scope] } satisfies Scope,
    ...{ reason: given.reason, by: given.who },
  }));
const query = z.object({ placed: entryNumber.optional() });

export function holdRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/holds", async (request, reply) => {
    const { placed } = readQuery(query, request.query);
    const kept = placed === undefined ? [] : await deps.store.standing.keptBack(placed);
    const isThere = placed !== undefined && (await deps.store.holds.one(placed)) !== null;
    return list(deps, reply, { placed: isThere ? { id: placed, kept } : null });
  });

  app.post<Request>("/holds", async ({ body }, reply) => {
    const read = readForm(form, deps.secret, body);
    if (!read.ok) return list(deps, reply.code(422), { faults: read.faults, typed: body ?? {} });
    const id = await hold(deps, read.answers);
    return reply.redirect(`/holds?placed=${id}`, 303);
  });

  app.get<Request>("/holds/:id", ({ params }, reply) => one(deps, reply, params.id));

  app.post<Request>("/holds/:id", async ({ params, body }, reply) => {
    const read = readForm(z.object({ who }), deps.secret, body);
    if (!read.ok) return one(deps, reply.code(422), params.id, read.faults);
    const id = numberOf(params.id);
    await releaseHold(deps, { id, by: read.answers.who });
    return reply.redirect(`/decisions?released=${id}`, 303);
  });
}

interface Shown {
  readonly faults?: readonly Fault[];
  readonly typed?: Fields;
  readonly placed?: { readonly id: number; readonly kept: readonly unknown[] } | null;
}

async function list(deps: Needs, reply: FastifyReply, { faults = [], typed = {}, placed = null }: Shown) {
  const names = await openNames(deps);
  return show(deps, reply, "holds/list.njk", {
    ...{ section: "holds", names, tab: "holds", faults, typed, placed },
    errors: besideFields(faults),
    people: names.everybody,
    choices: await choices(deps, names),
  });
}

/** What each kind of scope can name, in the names people know. */
async function choices(
  { store }: Needs,
  names: Names,
): Promise<Record<string, { value: string; text: string }[]>> {
  const lists = KINDS.map(async (kind) => {
    const named = await store.standing.named(kind);
    const said = named.map((row) => ({
      value: row.key,
      text: kind === "channel" ? names.channel(row.key) : row.name,
    }));
    return [kind, said] as const;
  });
  return Object.fromEntries(await Promise.all(lists));
}

const numberOf = (text: string): number => {
  const read = entryNumber.safeParse(text);
  if (!read.success) throw notHere("There is no hold of that number.");
  return read.data;
};

async function one(deps: Needs, reply: FastifyReply, given: string, faults: readonly Fault[] = []) {
  const id = numberOf(given);
  const names = await openNames(deps);
  const found = (await standingNow(deps, names)).holds.find((row) => row.id === id);
  if (!found) throw notHere(`Hold ${id} is not in force: it was lifted before, or never placed.`);
  return show(deps, reply, "holds/one.njk", {
    ...{ section: "holds", names, tab: "holds", hold: found, faults },
    errors: besideFields(faults),
    people: names.everybody,
    kept: await deps.store.standing.keptBack(id),
  });
}
