// /stop/:token: the way out of all messages, without a login or a cookie. GET shows a button and changes nothing; POST stops.
import type { FastifyInstance } from "fastify";
import { stop } from "../../audience/stop.ts";
import { subscriberOf } from "../../audience/stop-token.ts";
import type { Fields } from "../plugins/forms.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

type Request = { Params: { token: string }; Body: Fields | undefined };
/** RFC 8058 section 3.1: what a mailbox sends when its own button is pressed. */
const isOneClick = (body: Fields): boolean => body["List-Unsubscribe"] === "One-Click";

export function stopRoutes(app: FastifyInstance, deps: Pick<WebDeps, "store" | "secret">): void {
  // The page is the same for every token: looking tells nobody whether a token is right (H94).
  app.get<Request>("/stop/:token", (_request, reply) =>
    show(deps, reply, "stop/ask.njk", { section: "stop" }),
  );

  app.post<Request>("/stop/:token", async ({ params, body }, reply) => {
    const fields = body ?? {};
    const oneClick = isOneClick(fields);
    if (!oneClick && fields.stop !== "yes") return show(deps, reply, "stop/ask.njk", { section: "stop" });
    const subscriberId = subscriberOf(deps.secret, params.token);
    if (subscriberId) await stop(deps, { subscriberId, how: oneClick ? "one-click" : "page" });
    void reply.header("cache-control", "no-store");
    // RFC 8058: no redirect, no cookie, and nobody reads the answer.
    if (oneClick) return reply.type("text/plain; charset=utf-8").send("Done.\n");
    return show(deps, reply, subscriberId ? "stop/done.njk" : "stop/not-ours.njk", { section: "stop" });
  });
}
