// Draws a page inside its frame: the partnership's name, the navigation and the nonce of its scripts.
import type { FastifyReply } from "fastify";
import { openNames, type Names } from "./models/names.ts";
import { type StandingDeps, standingNow } from "./models/standing.ts";

export type Section =
  | "home"
  | "campaigns"
  | "year"
  | "outbox"
  | "timeline"
  | "holds"
  | "log"
  | "news"
  | "check"
  | "stop"
  | "join"
  | "preferences"
  | "complain"
  | "audiences";

/** Pages for everybody say nothing of what is on hold. */
const FOR_EVERYBODY: ReadonlySet<Section> = new Set([
  "news",
  "check",
  "stop",
  "join",
  "preferences",
  "complain",
]);

/** A page that may be looked at again at once, so that progress is never old. */
export async function show(
  deps: StandingDeps,
  reply: FastifyReply,
  template: string,
  { section, names: given, ...data }: { section: Section; names?: Names; [name: string]: unknown },
): Promise<FastifyReply> {
  const names = given ?? (await openNames(deps));
  const standing = FOR_EVERYBODY.has(section) ? null : await standingNow(deps, names);
  void reply.header("cache-control", "no-store");
  return reply.view(template, {
    section,
    standing,
    partnershipName: names.partnershipName,
    cspNonce: reply.cspNonce?.script,
    ...data,
  });
}
