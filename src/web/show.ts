// Draws a page inside its frame: the partnership's name, the navigation and the nonce of its scripts.
import type { FastifyReply } from "fastify";
import { openNames, type Names } from "./models/names.ts";
import type { WebDeps } from "./web-deps.ts";

export type Section =
  "home" | "campaigns" | "year" | "outbox" | "timeline" | "log" | "news" | "check" | "stop";

/** A page that may be looked at again at once, so that progress is never old. */
export async function show(
  deps: Pick<WebDeps, "store">,
  reply: FastifyReply,
  template: string,
  { section, names: given, ...data }: { section: Section; names?: Names; [name: string]: unknown },
): Promise<FastifyReply> {
  const names = given ?? (await openNames(deps));
  void reply.header("cache-control", "no-store");
  return reply.view(template, {
    section,
    partnershipName: names.partnershipName,
    cspNonce: reply.cspNonce?.script,
    ...data,
  });
}
