// /timeline: what the sandbox's social account has posted.
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { openNames, type Names } from "../models/names.ts";
import { pagerOf } from "../models/paging.ts";
import { postCard } from "../models/post.ts";
import { ownPicture } from "../models/proof.ts";
import { notHere, pageNumber, readQuery } from "../query.ts";
import { show } from "../show.ts";
import type { TimelinePost, WebDeps } from "../web-deps.ts";

const PAGE = 20;
const query = z.object({ page: pageNumber });
type Needs = Pick<WebDeps, "store" | "settings" | "timeline">;

export function timelineRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/timeline", async (request, reply) => {
    const { page } = readQuery(query, request.query);
    const names = await openNames(deps);
    const found = deps.timeline?.list({ offset: (page - 1) * PAGE, limit: PAGE + 1 }) ?? [];
    return show(deps, reply, "timeline/list.njk", {
      ...{
        section: "timeline",
        names,
        here: deps.timeline !== null,
        total: deps.timeline?.count() ?? 0,
        page,
      },
      posts: found.slice(0, PAGE).map((post) => card(deps, post, names)),
      pager: pagerOf("/timeline", page, found.length > PAGE),
    });
  });

  app.get<{ Params: { id: string } }>("/timeline/:id", async ({ params }, reply) => {
    const count = deps.timeline?.count() ?? 0;
    const post = deps.timeline?.list({ offset: 0, limit: count }).find((one) => one.id === params.id);
    if (!post) throw notHere("There is no such post on the sandbox’s timeline.");
    const names = await openNames(deps);
    return show(deps, reply, "timeline/one.njk", {
      section: "timeline",
      names,
      post: card(deps, post, names),
    });
  });
}

const card = ({ settings }: Needs, post: TimelinePost, names: Names) => ({
  id: post.id,
  ...postCard({
    account: post.account,
    text: post.text,
    language: post.language,
    image: ownPicture(post.imageUrl, settings.publicUrl),
    imageAlt: post.imageAlt,
    length: post.length,
    limit: post.limit,
    when: names.when(post.postedAt),
  }),
});
