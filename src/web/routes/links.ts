// GET /l/:code: our own short links. Goes on to the address that was approved, counts that it was opened, and knows nobody.
import type { FastifyInstance, FastifyRequest } from "fastify";
import { openLinkCounts } from "../../audience/link-counts.ts";
import { LINK_CODE } from "../../domain/counted-links.ts";
import { notHere } from "../query.ts";
import type { WebDeps } from "../web-deps.ts";

/** A browser or a mail program that looks ahead: nobody has opened anything (Fetch Metadata; older ones say Purpose, X-Moz). */
const AHEAD = ["sec-purpose", "purpose", "x-purpose", "x-moz"] as const;
const looksAhead = ({ headers }: FastifyRequest): boolean =>
  AHEAD.some((name) => /prefetch|preview|prerender/i.test(String(headers[name] ?? "")));

export function linkRoutes(app: FastifyInstance, deps: Pick<WebDeps, "store" | "logger">): void {
  const counts = openLinkCounts(deps);
  app.addHook("onClose", () => counts.close());
  app.get<{ Params: { code: string } }>("/l/:code", async (request, reply) => {
    const { code } = request.params;
    const target = LINK_CODE.test(code) ? await deps.store.links.target(code) : null;
    if (target === null)
      throw notHere(
        "There is no link of ours at this address. If you typed it, check each letter; all our news is at /news.",
      );
    if (request.method === "GET" && !looksAhead(request)) counts.opened(code);
    return reply.header("cache-control", "no-store").redirect(target, 302);
  });
}
