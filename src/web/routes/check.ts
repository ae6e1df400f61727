// /check: was this message really from us? Anyone may ask, with the reference printed on it.
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { type Names, openNames } from "../models/names.ts";
import { sayLanguage, sayList } from "../models/words.ts";
import { readQuery, searchText } from "../query.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

type Needs = Pick<WebDeps, "store">;
type Issued = NonNullable<Awaited<ReturnType<WebDeps["store"]["pages"]["issued"]>>>;

const query = z.object({ reference: searchText });
const SHAPE = /^BM([2-9A-Z]{4})([2-9A-Z]{4})$/;

/** As people type it: small letters, spaces, other dashes, none at all. Null where it cannot be one of ours. */
export function readReference(typed: string): string | null {
  const [, first, second] = SHAPE.exec(typed.toUpperCase().replace(/[^0-9A-Z]/g, "")) ?? [];
  return first && second ? `BM-${first}-${second}` : null;
}

export function checkRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/check", async (request, reply) => {
    const asked = "reference" in (request.query as object);
    const { reference: typed } = readQuery(query, request.query);
    const reference = typed === undefined ? null : readReference(typed);
    if (reference !== null) return reply.redirect(`/check/${reference}`, 303);
    const fault = typed === undefined ? "Enter a reference" : "Enter a reference such as BM-7F3K-2QXR";
    return show(deps, reply, "check/form.njk", {
      section: "check",
      fault: asked ? fault : null,
      typed: typed ?? "",
    });
  });

  app.get<{ Params: { reference: string } }>("/check/:reference", async ({ params }, reply) => {
    const reference = readReference(params.reference);
    const issued = reference === null ? null : await deps.store.pages.issued(reference);
    const names = await openNames(deps);
    const shown = reference ?? params.reference.slice(0, 40);
    if (!issued)
      return show(deps, reply, "check/not-ours.njk", { section: "check", names, reference: shown });
    return show(deps, reply, "check/ours.njk", {
      section: "check",
      names,
      ...(await ours(deps, issued, names)),
    });
  });
}

async function ours({ store }: Needs, issued: Issued, names: Names) {
  const { campaign, reference } = issued;
  const lead = campaign.leadAgency.name;
  const others = campaign.contributing.map(({ agency }) => agency.name).filter((name) => name !== lead);
  const articles = await store.site.byReference(reference);
  const sensitive = campaign.sensitivity === "sensitive";
  return {
    ...{ reference, sensitive, lead, others: sayList(others) },
    // A sensitive subject is not named on a page that stays in somebody's history (LAW6).
    message: sensitive ? null : issued.title,
    sent: names.when(issued.releasedAt ?? issued.dueAt),
    channels: issued.channels.map(names.channel),
    articles: articles.map(({ slug, title, language }) => ({
      ...{ slug, title, language },
      languageName: sayLanguage(language),
    })),
  };
}
