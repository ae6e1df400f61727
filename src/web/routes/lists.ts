// /lists: the lists with their owners, and a page for each with its words, its agreement and who came and went.
import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { listNow, listsNow } from "../../audience/lists.ts";
import { LIST_KINDS } from "../../domain/basis.ts";
import { KINDS, listWords, monthsOf } from "../models/lists.ts";
import { openNames } from "../models/names.ts";
import { readQuery, searchText } from "../query.ts";
import { show } from "../show.ts";
import type { WebDeps } from "../web-deps.ts";

type Needs = Pick<WebDeps, "store" | "listNames" | "stopFile">;
const choice = z.string().max(80, "must be at most 80 characters").optional();
const query = z.object({ name: searchText, agency: choice, kind: z.enum(["", ...LIST_KINDS]).optional() });

export function listRoutes(app: FastifyInstance, deps: Needs): void {
  app.get("/lists", async (request, reply) => {
    const { name = "", agency = "", kind = "" } = readQuery(query, request.query);
    const [names, all] = [await openNames(deps), await listsNow(deps)];
    const found = all.filter(
      (one) =>
        (agency === "" || one.agency.key === agency) &&
        (kind === "" || one.kind === kind) &&
        `${one.name}\n${one.key}`.toLowerCase().includes(name.toLowerCase()),
    );
    const agencies = [...new Map(all.map((one) => [one.agency.key, one.agency.name]))];
    return show(deps, reply, "lists/list.njk", {
      ...{ section: "audiences", names, tab: "lists", name, agency, kind },
      filtered: name !== "" || agency !== "" || kind !== "",
      lists: found.map((one) => listWords(one, names)),
      agencies: agencies.map(([value, text]) => ({ value, text, selected: value === agency })),
      kinds: LIST_KINDS.map((value) => ({ value, text: KINDS[value], selected: value === kind })),
    });
  });

  app.get<{ Params: { key: string } }>("/lists/:key", async ({ params }, reply) => {
    const { list, months } = await listNow(deps, params.key);
    const names = await openNames(deps);
    return show(deps, reply, "lists/one.njk", {
      ...{
        section: "audiences",
        names,
        tab: "lists",
        list: listWords(list, names),
        months: monthsOf(months),
      },
    });
  });
}
