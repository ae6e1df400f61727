// /news: what the partnership has published, for everybody.
import type { FastifyInstance } from "fastify";
import { openNames } from "../models/names.ts";
import { ownPictures } from "../models/proof.ts";
import { nativeName } from "../models/public-form.ts";
import { directionOf, sayLanguage } from "../models/words.ts";
import { hasExpired, notHere } from "../query.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

const NEWEST = 50;
const SLUG = /^[a-z0-9-]{1,120}$/;

export function newsRoutes(app: FastifyInstance, deps: Pick<WebDeps, "store" | "settings">): void {
  app.get("/news", async (_request, reply) => {
    const [names, articles] = [await openNames(deps), await deps.store.site.newest(NEWEST)];
    const shown = articles.map(({ slug, title, summary, language, publishedAt }) => ({
      ...{ slug, title, summary, language, dir: directionOf(language) },
      languageName: language === "en" ? null : sayLanguage(language),
      day: names.day(publishedAt),
    }));
    return show(deps, reply, "news/list.njk", {
      section: "news",
      names,
      articles: shown,
      strapline: names.partnership?.strapline ?? null,
    });
  });

  app.get<{ Params: { slug: string } }>("/news/:slug", async ({ params }, reply) => {
    const article = SLUG.test(params.slug) ? await deps.store.site.bySlug(params.slug) : null;
    if (!article) throw notHere("There is no news page at this address. All our news is listed at /news.");
    const expired = await deps.store.site.expiredAt(article.reference);
    if (expired) throw hasExpired((await openNames(deps)).day(expired));
    const [names, siblings] = [await openNames(deps), await deps.store.site.byReference(article.reference)];
    return show(deps, reply, "news/article.njk", {
      ...{ section: "news", names, article, sensitive: article.sensitive, reference: article.reference },
      html: ownPictures(article.html, deps.settings.publicUrl),
      dir: directionOf(article.language),
      published: names.day(article.publishedAt),
      languages: siblings.map(({ slug, language }) => ({
        slug,
        language,
        name: nativeName(language),
        current: slug === article.slug,
      })),
      strategyLine: names.partnership?.strategyLine ?? null,
    });
  });
}
