// /class-helper: six questions that find the class of a message, with the reason and the lines for the campaign's file. Keeps nothing.
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { type Answers, answersOf, findClass, helperBlock, QUESTIONS } from "../../domain/class-helper.ts";
import { besideFields, type Fault, readForm } from "../answers.ts";
import { openNames } from "../models/names.ts";
import { sayClass } from "../models/words.ts";
import type { Fields } from "../plugins/forms.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";
import { who } from "./holds.ts";

type Needs = Pick<WebDeps, "store" | "secret" | "stopFile">;

const answer = z.enum(["yes", "no"], "Answer yes or no");
const form = z.object({
  ...(Object.fromEntries(QUESTIONS.map(({ key }) => [key, answer])) as Record<keyof Answers, typeof answer>),
  who,
});

export function classHelperRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/class-helper", (_request, reply) => page(deps, reply, {}));
  app.post<{ Body: Fields | undefined }>("/class-helper", ({ body = {} }, reply) => {
    const read = readForm(form, deps.secret, body);
    if (!read.ok) return page(deps, reply.code(422), body, { faults: read.faults });
    const answers = answersOf.parse(read.answers);
    const found = findClass(answers);
    return page(deps, reply, body, {
      ...{ said: sayClass(found.class), why: found.why, block: helperBlock(answers, read.answers.who) },
    });
  });
}

interface Shown {
  readonly faults?: readonly Fault[];
  readonly said?: string;
  readonly why?: string;
  readonly block?: string;
}

async function page(deps: Needs, reply: FastifyReply, typed: Fields, { faults = [], ...found }: Shown = {}) {
  const names = await openNames(deps);
  return show(deps, reply, "class-helper.njk", {
    ...{ section: "campaigns", names, faults, typed, questions: QUESTIONS, ...found },
    errors: besideFields(faults),
    people: names.everybody,
  });
}
