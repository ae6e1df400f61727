// /sender: whether mail in our name would be believed, what to publish where it would not, and what came back lately.
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import { COMPLAINTS_AIM, RETURNED_AT } from "../../../config/audience-limits.ts";
import { checkSender, senderOf } from "../../audience/sender/check.ts";
import { BOUNCE_KINDS } from "../../domain/bounce-kind.ts";
import type { Finding } from "../../domain/sender.ts";
import { readForm } from "../answers.ts";
import { openNames } from "../models/names.ts";
import { RETURNED_HEADINGS } from "../models/returned.ts";
import type { Fields } from "../plugins/forms.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

type Needs = Pick<WebDeps, "store" | "secret" | "settings" | "stopFile">;

const HEADINGS: Readonly<Record<Finding["about"], string>> = {
  spf: "SPF: who may send",
  dkim: "DKIM: our signature",
  dmarc: "DMARC: what becomes of forgeries",
  alignment: "Alignment: is it about the name people see?",
  bounces: "Where reports come back to",
};
const TAGS = {
  right: { text: "Right", colour: "green" },
  better: { text: "Could be better", colour: "yellow" },
  wrong: { text: "Wrong", colour: "red" },
  unknown: { text: "Not answered", colour: "grey" },
} as const;
const DAYS = 30;

export function senderRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/sender", (_request, reply) => page(deps, reply));
  app.post<{ Body: Fields | undefined }>("/sender", async ({ body }, reply) => {
    readForm(z.object({}), deps.secret, body);
    await checkSender(deps);
    return reply.redirect("/sender", 303);
  });
}

async function page(deps: Needs, reply: FastifyReply): Promise<FastifyReply> {
  const { settings, store } = deps;
  const sender = senderOf(settings);
  const [names, last, came] = await Promise.all([
    openNames(deps),
    store.sender.last(sender.domain),
    store.bounces.summary(DAYS),
  ]);
  const counts = [...BOUNCE_KINDS].reverse().map((kind) => ({
    heading: RETURNED_HEADINGS[kind],
    count: came.find((one) => one.kind === kind)?.count ?? 0,
  }));
  const looks = settings.sending !== "sandbox";
  return show(deps, reply, "sender/one.njk", {
    ...{ section: "audiences", names, sender, looks, counts },
    ...{ days: DAYS, most: RETURNED_AT.complaints * 100, aim: COMPLAINTS_AIM * 100 },
    checked: looks && last ? { ...last, when: names.when(last.checkedAt) } : null,
    findings: looks ? (last?.findings ?? []).map(shown) : [],
  });
}

const shown = (one: Finding) => ({ ...one, heading: HEADINGS[one.about], tag: TAGS[one.rating] });
