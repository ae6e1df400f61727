// /retention: what is kept for how long, what goes tonight, and what went in the last nights.
import type { FastifyInstance } from "fastify";
import { retentionNow } from "../../audience/retention.ts";
import { KEPT_ON, totalOf } from "../../domain/retention.ts";
import { openNames } from "../models/names.ts";
import { plural } from "../models/words.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

export function retentionRoutes(
  app: FastifyInstance,
  deps: Pick<WebDeps, "store" | "secret" | "stopFile">,
): void {
  app.get("/retention", async (_request, reply) => {
    const [names, view] = [await openNames(deps), await retentionNow(deps)];
    return show(deps, reply, "lists/retention.njk", {
      ...{ section: "audiences", names, tab: "lists", records: view.records, keptOn: KEPT_ON },
      runs: view.runs.map(({ id, madeBy, counts, startedAt, finishedAt }) => ({
        ...{ id, who: names.person(madeBy), when: names.when(startedAt) },
        said:
          finishedAt === null
            ? "Broken off; it is gone on with"
            : `${plural(totalOf(counts), "row")} deleted`,
      })),
    });
  });
}
