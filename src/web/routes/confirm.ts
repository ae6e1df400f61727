// /confirm/:token: the link of a confirming letter. GET shows a button and changes nothing, however often a scanner looks; POST confirms.
import type { FastifyInstance } from "fastify";
import { PUBLIC_RATES } from "../../../config/audience-limits.ts";
import { confirm } from "../../audience/confirm.ts";
import { linkToken } from "../../audience/link-token.ts";
import type { Fields } from "../plugins/forms.ts";
import { perToken } from "../plugins/limits.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

type Request = { Params: { token: string }; Body: Fields | undefined };

export function confirmRoutes(app: FastifyInstance, deps: Pick<WebDeps, "store" | "secret">): void {
  // The same for every token: looking tells nobody whether one is right.
  app.get<Request>("/confirm/:token", (_request, reply) =>
    show(deps, reply, "confirm/ask.njk", { section: "join" }),
  );

  app.post<Request>(
    "/confirm/:token",
    perToken(PUBLIC_RATES.changePerToken),
    async ({ params, body }, reply) => {
      if (body?.confirm !== "yes") return show(deps, reply, "confirm/ask.njk", { section: "join" });
      const confirmed = await confirm(deps, params.token);
      const preferences =
        "subscriberId" in confirmed
          ? `/preferences/${linkToken(deps.secret, "preferences", confirmed.subscriberId)}`
          : null;
      return show(deps, reply, "confirm/done.njk", { section: "join", outcome: confirmed.kind, preferences });
    },
  );
}
