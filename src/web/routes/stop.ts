// /stop/:token: the way out of messages, without a login or a cookie. GET shows buttons and changes nothing; POST stops.
import type { FastifyInstance, FastifyReply } from "fastify";
import { PUBLIC_RATES } from "../../../config/audience-limits.ts";
import { openStopping, stopList } from "../../audience/stop.ts";
import { readStopToken, type StopsWhom } from "../../audience/stop-token.ts";
import { linkToken } from "../../audience/link-token.ts";
import type { Fields } from "../plugins/forms.ts";
import { perToken } from "../plugins/limits.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";
import { showPreferences } from "./preferences.ts";

type Request = { Params: { token: string }; Body: Fields | undefined };
type Needs = Pick<WebDeps, "store" | "secret" | "settings" | "library" | "listNames">;
/** RFC 8058 section 3.1: what a mailbox sends when its own button is pressed. */
const isOneClick = (body: Fields): boolean => body["List-Unsubscribe"] === "One-Click";

export function stopRoutes(app: FastifyInstance, deps: Needs): void {
  const stop = openStopping(deps);

  // The page is the same for every token: looking tells nobody whether a token is right (H94).
  app.get<Request>("/stop/:token", (_request, reply) => page(deps, reply, "ask"));

  app.post<Request>("/stop/:token", perToken(PUBLIC_RATES.stopPerToken), async ({ params, body }, reply) => {
    const fields = body ?? {};
    const whom = readStopToken(deps.secret, params.token);
    if (isOneClick(fields)) {
      if (whom) await stop({ subscriberId: whom.subscriberId, how: "one-click" });
      // RFC 8058: no redirect, no cookie, and nobody reads the answer.
      void reply.header("cache-control", "no-store").type("text/plain; charset=utf-8");
      return reply.send("Done.\n");
    }
    return byHand(deps, reply, { pressed: fields.stop, whom, stop });
  });
}

interface Pressed {
  readonly pressed: string | undefined;
  readonly whom: StopsWhom | null;
  readonly stop: ReturnType<typeof openStopping>;
}

async function byHand(deps: Needs, reply: FastifyReply, { pressed, whom, stop }: Pressed) {
  if (pressed === undefined || !["yes", "list", "choose"].includes(pressed)) return page(deps, reply, "ask");
  if (!whom) return page(deps, reply, "not-ours");
  const { subscriberId, listKey } = whom;
  if (pressed === "yes") {
    await stop({ subscriberId, how: "page" });
    return page(deps, reply, "done", subscriberId);
  }
  if (pressed === "list" && listKey !== null) {
    await stopList(deps, { subscriberId, listKey, how: "page" });
    return page(deps, reply, "done-list", subscriberId);
  }
  // Whoever holds this link holds the message, which has the other link beside it. A link of before names no list: they choose.
  return showPreferences(
    deps,
    reply,
    { subscriberId, everything: false },
    preferencesToken(deps, subscriberId),
  );
}

const preferencesToken = ({ secret }: Needs, subscriberId: string): string =>
  linkToken(secret, "preferences", subscriberId);

const page = (deps: Needs, reply: FastifyReply, name: string, subscriberId?: string) =>
  show(deps, reply, `stop/${name}.njk`, {
    section: "stop",
    ...(subscriberId ? { preferences: `/preferences/${preferencesToken(deps, subscriberId)}` } : {}),
  });
