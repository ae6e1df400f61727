// /renditions/:id: a message as its channel will show it, before or after it was sent.
import type { FastifyInstance, FastifyReply } from "fastify";
import { z } from "zod";
import type { Rendered } from "../../render/types.ts";
import { renditionGroups } from "../models/communication.ts";
import { framed } from "../models/frame.ts";
import { type Names, openNames } from "../models/names.ts";
import { postCard } from "../models/post.ts";
import { ownPicture, ownPictures } from "../models/proof.ts";
import { renderedOf, type RenditionRow, sampleEmail } from "../models/rendition.ts";
import { communicationTag, directionOf, renditionTag, sayLanguage } from "../models/words.ts";
import { MESSAGE_BODY, PAGE_BODY, SHOWS_FRAME } from "../plugins/security.ts";
import { isId, notHere, readQuery } from "../query.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

type Needs = Pick<WebDeps, "store" | "settings" | "library">;
type Request = { Params: { id: string } };
const query = z.object({
  width: z.enum(["desktop", "phone"], "must be desktop or phone").default("desktop"),
});

export function renditionRoutes(app: FastifyInstance, deps: Needs): void {
  app.get<Request>("/renditions/:id", SHOWS_FRAME, async ({ params, query: given }, reply) => {
    const { width } = readQuery(query, given);
    const row = await find(deps, params.id);
    const [names, rendered] = [await openNames(deps), await renderedOf(deps, row)];
    const { communication } = row;
    return show(deps, reply, "renditions/one.njk", {
      ...{ section: "campaigns", names, width, id: row.id, form: rendered?.form ?? null },
      ...{
        channel: names.channel(row.channelKey),
        segment: names.segment(row.segmentKey),
        language: sayLanguage(row.language),
      },
      ...{ about: communication.title, reference: communication.reference },
      campaign: { key: communication.campaign.key, title: communication.campaign.title },
      // Of what was made: signed off, and the same. Of what is to be made: where its communication stands.
      tag:
        row.body === null && row.state !== "refused"
          ? communicationTag(communication.state)
          : renditionTag(row.state),
      refused: row.state === "refused",
      others: renditionGroups(communication.renditions, names),
      ...(rendered ? preview(deps, row, rendered, names) : {}),
    });
  });

  /** An email. */
  app.get<Request>("/renditions/:id/body", MESSAGE_BODY, async ({ params }, reply) => {
    const rendered = await renderedOf(deps, await find(deps, params.id));
    if (rendered?.form !== "email") throw notHere("This rendition is no email.");
    const { publicUrl } = deps.settings;
    void reply.header("cache-control", "no-store").type("text/html; charset=utf-8");
    return reply.send(framed(sampleEmail(rendered, publicUrl).html, publicUrl));
  });

  /** An article, on the public page it will have. */
  app.get<Request>("/renditions/:id/page", PAGE_BODY, async ({ params }, reply) => {
    const row = await find(deps, params.id);
    const rendered = await renderedOf(deps, row);
    if (rendered?.form !== "article") throw notHere("This rendition is no page.");
    return showPage(deps, reply, row, rendered);
  });
}

async function find({ store }: Needs, id: string): Promise<RenditionRow> {
  const row = isId(id) ? await store.pages.rendition(id) : null;
  if (!row) throw notHere("There is no such rendition. Each campaign’s page lists its own.");
  return row;
}

function preview({ settings: { publicUrl } }: Needs, row: RenditionRow, rendered: Rendered, names: Names) {
  switch (rendered.form) {
    case "email": {
      const { subject, preheader, text } = sampleEmail(rendered, publicUrl);
      return {
        email: { subject, preheader, text, from: names.partnershipName },
        frame: `/renditions/${row.id}/body`,
      };
    }
    case "article":
      return { article: { title: rendered.title }, frame: `/renditions/${row.id}/page` };
    case "post":
      return {
        post: postCard({
          account: names.account(row.channelKey) ?? names.partnershipName,
          text: rendered.text,
          language: rendered.language,
          image: ownPicture(rendered.image?.url, publicUrl),
          imageAlt: rendered.image?.alt ?? null,
          when: null,
        }),
      };
  }
}

async function showPage(
  deps: Needs,
  reply: FastifyReply,
  row: RenditionRow,
  rendered: Extract<Rendered, { form: "article" }>,
) {
  const names = await openNames(deps);
  const { communication } = row;
  const sensitive = communication.campaign.sensitivity === "sensitive";
  return show(deps, reply, "news/article.njk", {
    ...{ section: "news", names, framed: true, sensitive, reference: communication.reference, languages: [] },
    article: { ...rendered, language: row.language },
    html: ownPictures(rendered.html, deps.settings.publicUrl),
    dir: directionOf(row.language),
    published: names.day(communication.releasedAt ?? communication.dueAt),
    strategyLine: names.partnership?.strategyLine ?? null,
  });
}
